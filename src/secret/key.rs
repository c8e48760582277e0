//! Fingerprints of secrets: they show that a text changed, and not what it is.
//!
//! A plain hash of a short secret is found by hashing the words of a list. So fingerprints are keyed, and the key is kept
//! where no plan shows it: in the private part of a resource's state.

use std::collections::HashMap;
use std::fmt;
use std::num::NonZeroU32;
use std::sync::{Mutex, PoisonError};

use ring::rand::{SecureRandom, SystemRandom};
use ring::{digest, hmac, pbkdf2};
use serde::{Deserialize, Serialize};

/// How many rounds it takes to make a key out of secrets: some 10 ms, for each word that somebody would try.
const ROUNDS: NonZeroU32 = NonZeroU32::new(50_000).unwrap();

/// What a key that is made out of secrets is for, so that it is of no use for anything else.
const PURPOSE: &[u8] = b"terraform-provider-squadcast: key of fingerprints";

/// How many bytes of a fingerprint are shown: enough to see a change.
const SHOWN: usize = 4;

/// How many keys that were made out of secrets are remembered.
const REMEMBERED: usize = 1_000;

type Bytes = [u8; 32];

/// What fingerprints are keyed with.
#[derive(Clone, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Key {
    bytes: Bytes,
    hmac: hmac::Key,
}

impl Key {
    /// A key that nobody can guess.
    pub fn random() -> Self {
        let mut bytes = Bytes::default();
        if SystemRandom::new().fill(&mut bytes).is_err() {
            // Without randomness of the system there is still what nobody else knows of this process.
            bytes.iter_mut().for_each(|byte| *byte = fastrand::u8(..));
        }
        Key::of(bytes)
    }

    /// The key that follows from `secrets`, slowly, and from `texts` beside them, of which some may be secret too.
    ///
    /// Terraform plans a creation twice, for the plan and again for the apply, and gives the provider nothing that the two
    /// share but the configuration. So the key of a new resource is made of what the configuration holds and no plan shows.
    /// Whoever guesses a secret has to make the key for each guess, which also takes all other secrets.
    pub fn derived<'a>(secrets: impl IntoIterator<Item = &'a str>, texts: impl IntoIterator<Item = &'a str>) -> Self {
        let (strong, weak): (Vec<&str>, Vec<&str>) = secrets.into_iter().partition(|secret| is_unguessable(secret));
        let others = weak.into_iter().chain(texts);
        if strong.is_empty() {
            return Key::of(slow(&joined(others)));
        }
        // Many rules share a webhook, so that what is slow is done once for all of them.
        let base = hmac::Key::new(hmac::HMAC_SHA256, &slow(&joined(strong)));
        Key::of(bytes_of(hmac::sign(&base, &joined(others)).as_ref()))
    }

    /// What stands for `text` where it must not be shown, such as `hmac:1a2b3c4d`.
    pub fn fingerprint(&self, text: &str) -> String {
        let tag = hmac::sign(&self.hmac, text.as_bytes());
        format!("hmac:{}", hex(&tag.as_ref()[..SHOWN]))
    }

    fn of(bytes: Bytes) -> Self {
        Key {
            bytes,
            hmac: hmac::Key::new(hmac::HMAC_SHA256, &bytes),
        }
    }
}

impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        self.bytes == other.bytes
    }
}

impl Eq for Key {}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key")
    }
}

impl From<Key> for String {
    fn from(key: Key) -> Self {
        hex(&key.bytes)
    }
}

impl TryFrom<String> for Key {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let digits = text.as_bytes().chunks(2).map(|pair| {
            let pair = std::str::from_utf8(pair).ok()?;
            u8::from_str_radix(pair, 16).ok()
        });
        let bytes: Option<Vec<u8>> = digits.collect();
        bytes
            .and_then(|bytes| Bytes::try_from(bytes).ok())
            .map(Key::of)
            .ok_or("the private state of the resource holds no key of fingerprints")
    }
}

/// Whether the text holds a token such as those of webhooks: a long run of letters and digits, mixed. No list has it.
fn is_unguessable(text: &str) -> bool {
    text.split(|character: char| !character.is_ascii_alphanumeric() && !matches!(character, '-' | '_'))
        .any(|run| {
            let digits = run.bytes().filter(u8::is_ascii_digit).count();
            let letters = run.bytes().filter(u8::is_ascii_alphabetic).count();
            run.len() >= 20 && digits >= 4 && letters >= 4
        })
}

/// All texts as one, and different ones for different texts.
fn joined<'a>(texts: impl IntoIterator<Item = &'a str>) -> Vec<u8> {
    let mut joined = Vec::new();
    for text in texts {
        joined.extend(text.len().to_le_bytes());
        joined.extend(text.as_bytes());
    }
    joined
}

fn slow(input: &[u8]) -> Bytes {
    static KNOWN: Mutex<Option<HashMap<Bytes, Bytes>>> = Mutex::new(None);
    let question = bytes_of(digest::digest(&digest::SHA256, input).as_ref());
    let lock = || KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(answer) = lock().as_ref().and_then(|known| known.get(&question)) {
        return *answer;
    }
    let mut answer = Bytes::default();
    pbkdf2::derive(pbkdf2::PBKDF2_HMAC_SHA256, ROUNDS, PURPOSE, input, &mut answer);
    let mut known = lock();
    let known = known.get_or_insert_default();
    if known.len() >= REMEMBERED {
        known.clear();
    }
    known.insert(question, answer);
    answer
}

fn bytes_of(digest: &[u8]) -> Bytes {
    let mut bytes = Bytes::default();
    for (byte, from) in bytes.iter_mut().zip(digest) {
        *byte = *from;
    }
    bytes
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOOK: &str = "https://api.squadcast.com/v2/incidents/kapacitor/0123456789abcdef0123";

    #[test]
    fn a_fingerprint_shows_a_change_and_is_the_same_from_plan_to_plan() {
        let key = Key::random();
        assert_eq!(key.fingerprint("summer24"), key.fingerprint("summer24"));
        assert_ne!(key.fingerprint("summer24"), key.fingerprint("summer25"));
        assert_eq!(key.fingerprint("x").len(), "hmac:".len() + 2 * SHOWN);
    }

    /// The word list of somebody who reads plans: with another key, no word gives the fingerprint that a plan shows.
    #[test]
    fn a_word_list_does_not_find_a_short_secret() {
        let shown = Key::random().fingerprint("summer24");
        let words = ["summer24", "summer25", "password", "letmein"];
        let without_a_key = |word: &str| {
            format!(
                "hmac:{}",
                &hex(digest::digest(&digest::SHA256, word.as_bytes()).as_ref())[..2 * SHOWN]
            )
        };
        assert!(words.iter().all(|word| without_a_key(word) != shown));
        assert!(words.iter().all(|word| Key::random().fingerprint(word) != shown));
        assert!(words
            .iter()
            .all(|word| Key::derived([], [*word, "name"]).fingerprint(word) != shown));
    }

    #[test]
    fn a_key_out_of_secrets_depends_on_each_of_them_and_comes_again() {
        let key = || Key::derived([HOOK, "summer24"], ["cpu high"]);
        assert_eq!(key(), key());
        for other in [
            Key::derived([HOOK, "summer25"], ["cpu high"]),
            Key::derived([&HOOK[1..], "summer24"], ["cpu high"]),
            Key::derived([HOOK, "summer24"], ["cpu low"]),
            Key::derived([HOOK, "summer2"], ["4cpu high"]),
            Key::derived(["summer24"], ["cpu high"]),
        ] {
            assert_ne!(key(), other);
        }
    }

    #[test]
    fn a_key_survives_the_private_state() {
        let key = Key::random();
        let kept = serde_json::to_string(&key).unwrap();
        assert_eq!(serde_json::from_str::<Key>(&kept).unwrap(), key);
        assert!(serde_json::from_str::<Key>("\"abc\"").is_err());
        assert!(!format!("{key:?}").contains(&kept[1..9]));
    }

    #[test]
    fn a_webhook_is_unguessable_and_a_word_is_not() {
        assert!(is_unguessable(HOOK));
        assert!(is_unguessable("https://h/123e4567-e89b-12d3-a456-426614174000"));
        for text in [
            "summer24",
            "https://alerts.example.com/kapacitor/notify",
            "correct horse battery staple",
        ] {
            assert!(!is_unguessable(text), "{text}");
        }
    }
}
