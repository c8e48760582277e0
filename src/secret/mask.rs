//! Takes secrets out of text, in whatever form they stand there.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};

use super::view::View;
use super::{Secret, MASK};

/// A piece of a secret of this many bytes is masked also if the rest of it was cut off, as Kapacitor's parser does.
const PIECE: usize = 10;
/// In words of our own, such as a path of Kapacitor's API, only a piece of this many bytes is not there by chance.
const OWN_PIECE: usize = 28;
/// A secret shorter than this is masked only if it stands alone, or nothing of the message would be left.
const SHORTEST_INSIDE_WORDS: usize = 4;
/// A secret shorter than this is not looked for in words of our own.
const SHORTEST_OWN: usize = 6;
/// How many encodings are taken off, one after the other.
const ENCODINGS: usize = 3;
/// How much of a webhook's path has to be there besides its host, which is not secret.
const BEYOND_ORIGIN: usize = 5;

/// What every server says and every request names, though a webhook may begin like it.
const HARMLESS: &[&str] = &[
    "/kapacitor/v1/tasks/",
    "/kapacitor/v1/config/httppost/",
    "/kapacitor/v1/alerts/topics",
    "/kapacitor/v1/service-tests/httppost",
    "/chronograf/v1/sources/",
    "application/json; charset=utf-8",
];

/// The ways of an `Authorization` header, before what is secret in it.
const SCHEMES: &[&str] = &["Bearer", "Basic", "Token", "CHRONOGRAF-SHA256"];

/// Who wrote a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Author {
    /// A server, or anybody else: it may hold any piece of a secret.
    Others,
    /// This program, which quotes values as a whole.
    Ourselves,
}

/// The secrets that are known so far. It only ever grows: an old webhook's URL is a secret too.
#[derive(Default)]
pub(crate) struct Known(Mutex<Secrets>);

#[derive(Default)]
struct Secrets {
    all: HashSet<Secret>,
    /// Those that are not in the index yet. Most processes never need it.
    waiting: Vec<Secret>,
    index: Index,
}

/// The secrets that anything in this process has got to know, for what is shown whoever wrote it: diagnostics and logs.
pub(crate) fn of_the_process() -> &'static Known {
    static KNOWN: LazyLock<Known> = LazyLock::new(Known::default);
    &KNOWN
}

impl Known {
    /// Masks these too from now on.
    pub(crate) fn remember<'a>(&self, secrets: impl IntoIterator<Item = &'a Secret>) {
        let mut known = self.lock();
        for secret in secrets {
            if !secret.is_empty() && !known.all.contains(secret) {
                known.all.insert(secret.clone());
                known.waiting.push(secret.clone());
            }
        }
    }

    /// The text without any of the secrets, any longer piece of one, and what URLs carry before an `@`.
    pub(crate) fn mask(&self, text: &str, author: Author) -> String {
        let text = mask_user_info(text);
        let mut known = self.lock();
        for secret in std::mem::take(&mut known.waiting) {
            known.index.add(&secret);
        }
        known.index.mask(&text, author)
    }

    fn lock(&self) -> MutexGuard<'_, Secrets> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// `text` with the user and password of each URL in it masked, whoever's they are.
pub(crate) fn mask_user_info(text: &str) -> String {
    let mut result = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find("://") {
        let (before, after) = rest.split_at(start + "://".len());
        result.push_str(before);
        let authority_end = after
            .find(|c: char| matches!(c, '/' | '?' | '#' | '"' | '\'' | '\\' | '<' | '>') || c.is_whitespace())
            .unwrap_or(after.len());
        rest = match after[..authority_end].rfind('@') {
            Some(at) => {
                result.push_str(MASK);
                &after[at..]
            }
            None => after,
        };
    }
    result.push_str(rest);
    result
}

/// All pieces of all secrets.
#[derive(Default)]
struct Index {
    pieces: HashMap<[u8; PIECE], Piece>,
    /// Whether a piece begins with these two bytes: most of a text is passed over by that.
    beginnings: Beginnings,
    /// Secrets that are shorter than a piece, by their length.
    short: BTreeMap<usize, HashSet<Vec<u8>>>,
}

struct Beginnings(Vec<bool>);

impl Default for Beginnings {
    fn default() -> Self {
        Beginnings(vec![false; 1 << 16])
    }
}

impl Beginnings {
    fn add(&mut self, piece: &[u8]) {
        if let Some(is_one) = self.0.get_mut(Self::place(piece)) {
            *is_one = true;
        }
    }

    fn may_begin(&self, window: &[u8]) -> bool {
        self.0.get(Self::place(window)) == Some(&true)
    }

    fn place(bytes: &[u8]) -> usize {
        let byte = |position: usize| bytes.get(position).map_or(0, |byte| usize::from(*byte));
        byte(0) << 8 | byte(1)
    }
}

#[derive(Clone, Copy)]
struct Piece {
    /// The length of the shortest secret that it is of.
    of: usize,
    /// Whether it alone gives something away.
    is_secret: bool,
}

impl Index {
    fn add(&mut self, secret: &Secret) {
        for part in parts(secret.expose()) {
            let view = View::of(&part);
            let origin = origin_length(&part);
            self.add_form(&view.folded().bytes, origin);
            if let Some(decoded) = view.decoded() {
                self.add_form(&decoded.folded().bytes, origin);
            }
        }
    }

    fn add_form(&mut self, form: &[u8], origin: usize) {
        if form.len() < PIECE {
            if !form.is_empty() {
                self.short.entry(form.len()).or_default().insert(form.to_vec());
            }
            return;
        }
        for (start, window) in form.windows(PIECE).enumerate() {
            let piece = Piece {
                of: form.len(),
                is_secret: origin == 0 || start + PIECE >= origin + BEYOND_ORIGIN.min(form.len() - origin),
            };
            if let Ok(window) = <[u8; PIECE]>::try_from(window) {
                self.beginnings.add(&window);
                let known = self.pieces.entry(window).or_insert(piece);
                known.of = known.of.min(piece.of);
                known.is_secret |= piece.is_secret;
            }
        }
    }

    fn mask(&self, text: &str, author: Author) -> String {
        if self.pieces.is_empty() && self.short.is_empty() {
            return text.to_owned();
        }
        let mut masked = vec![false; text.len()];
        self.search(&View::of(text), author, ENCODINGS, &mut masked);
        replace_marked(text, &masked)
    }

    /// Marks what the view shows of a secret, and what it shows with one more encoding taken off.
    fn search(&self, view: &View, author: Author, encodings: usize, masked: &mut [bool]) {
        let folded = view.folded();
        for (start, end) in self.found(&folded, author, encodings == ENCODINGS) {
            let (start, end) = folded.source(start, end);
            masked[start..end].fill(true);
        }
        if encodings == 0 {
            return;
        }
        if let Some(decoded) = view.decoded() {
            self.search(&decoded, author, encodings - 1, masked);
        }
        for unpacked in view.unpacked() {
            let deeper = if unpacked.reads() { encodings - 1 } else { 0 };
            self.search(&unpacked, author, deeper, masked);
        }
    }

    /// Where secrets stand.
    fn found(&self, view: &View, author: Author, is_text: bool) -> Vec<(usize, usize)> {
        let mut found = self.runs(&view.bytes, author);
        for (length, secrets) in &self.short {
            for (start, window) in view.bytes.windows(*length).enumerate() {
                let end = start + length;
                if secrets.contains(window) && self.counts(&view.bytes, start, end, author, is_text) {
                    found.push((start, end));
                }
            }
        }
        found
    }

    fn counts(&self, bytes: &[u8], start: usize, end: usize, author: Author, is_text: bool) -> bool {
        match (author, end - start) {
            (Author::Others, SHORTEST_INSIDE_WORDS..) => true,
            (Author::Others, _) => is_text && stands_alone(bytes, start, end),
            (Author::Ourselves, SHORTEST_OWN..) => stands_alone(bytes, start, end),
            (Author::Ourselves, _) => false,
        }
    }

    /// The longest stretches that are made of pieces.
    fn runs(&self, bytes: &[u8], author: Author) -> Vec<(usize, usize)> {
        let mut runs: Vec<Run> = Vec::new();
        for (start, window) in bytes.windows(PIECE).enumerate() {
            if !self.beginnings.may_begin(window) {
                continue;
            }
            let Some(piece) = self.pieces.get(window) else {
                continue;
            };
            let is_secret = piece.is_secret && !is_harmless(window);
            match runs.last_mut().filter(|run| start <= run.end) {
                Some(run) => run.grow(start + PIECE, piece.of, is_secret),
                None => runs.push(Run {
                    start,
                    end: start + PIECE,
                    of: piece.of,
                    is_secret,
                }),
            }
        }
        let shortest = match author {
            Author::Others => PIECE,
            Author::Ourselves => OWN_PIECE,
        };
        runs.into_iter()
            .filter(|run| run.is_secret && run.end - run.start >= shortest.min(run.of))
            .map(|run| (run.start, run.end))
            .collect()
    }
}

struct Run {
    start: usize,
    end: usize,
    of: usize,
    is_secret: bool,
}

impl Run {
    fn grow(&mut self, end: usize, of: usize, is_secret: bool) {
        self.end = end;
        self.of = self.of.min(of);
        self.is_secret |= is_secret;
    }
}

fn is_harmless(window: &[u8]) -> bool {
    HARMLESS
        .iter()
        .any(|text| text.as_bytes().windows(PIECE).any(|harmless| harmless == window))
}

/// The secret itself, and what in it is secret by itself.
fn parts(secret: &str) -> Vec<String> {
    let whole = secret.trim();
    let mut parts = vec![whole.to_owned()];
    if let Some((scheme, credentials)) = whole.split_once(' ') {
        if SCHEMES.iter().any(|known| known.eq_ignore_ascii_case(scheme)) {
            parts.push(credentials.trim().to_owned());
        }
    }
    if let Ok(url) = url::Url::parse(whole) {
        if let Some(password) = url.password().filter(|_| url.has_host()) {
            parts.push(password.to_owned());
        }
    }
    parts
}

/// The length of scheme, host and port of a URL; 0 for anything else.
fn origin_length(secret: &str) -> usize {
    let Some(authority) = secret.find("://").map(|colon| colon + "://".len()) else {
        return 0;
    };
    let rest = &secret[authority..];
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    if rest[..end].contains('@') {
        return 0;
    }
    authority + end
}

fn stands_alone(bytes: &[u8], start: usize, end: usize) -> bool {
    let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || !byte.is_ascii();
    let before = start.checked_sub(1).and_then(|before| bytes.get(before));
    !before.is_some_and(is_word) && !bytes.get(end).is_some_and(is_word)
}

/// A character goes if any of its bytes is marked; each run of them becomes one [`MASK`].
fn replace_marked(text: &str, masked: &[bool]) -> String {
    if !masked.contains(&true) {
        return text.to_owned();
    }
    let mut result = String::with_capacity(text.len());
    let mut inside = false;
    for (start, character) in text.char_indices() {
        let hidden = masked[start..start + character.len_utf8()].contains(&true);
        if !hidden {
            result.push(character);
        } else if !inside {
            result.push_str(MASK);
        }
        inside = hidden;
    }
    result
}

#[cfg(test)]
#[path = "mask_tests.rs"]
pub(crate) mod tests;
