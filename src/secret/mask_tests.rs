use super::*;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use base64::Engine;

const URL: &str = "https://api.squadcast.com/v2/incidents/kapacitor/0123456789abcdef";

fn known(secrets: &[&str]) -> Known {
    let known = Known::default();
    let secrets: Vec<Secret> = secrets.iter().map(|secret| Secret::new(*secret)).collect();
    known.remember(&secrets);
    known
}

fn masked(secrets: &[&str], text: &str) -> String {
    known(secrets).mask(text, Author::Others)
}

fn masked_of_ours(secrets: &[&str], text: &str) -> String {
    known(secrets).mask(text, Author::Ourselves)
}

fn percent(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

fn go_quoted(text: &str) -> String {
    text.chars()
        .map(|character| match character {
            '"' | '\\' => format!("\\{character}"),
            ' '..='~' => character.to_string(),
            '\u{80}'..='\u{ffff}' => format!("\\u{:04x}", character as u32),
            '\u{10000}'.. => format!("\\U{:08x}", character as u32),
            control => format!("\\x{:02x}", control as u32),
        })
        .collect()
}

fn json_escaped(text: &str) -> String {
    let mut units = [0; 2];
    let escaped = text
        .chars()
        .flat_map(|character| character.encode_utf16(&mut units).to_vec());
    escaped.map(|unit| format!("\\u{unit:04x}")).collect()
}

fn html(text: &str) -> String {
    text.chars()
        .map(|character| format!("&#{};", character as u32))
        .collect()
}

/// Every form in which a secret comes back, by name.
pub(crate) fn forms(secret: &str) -> Vec<(&'static str, String)> {
    let plain_json = serde_json::Value::from(secret).to_string().replace('/', "\\/");
    vec![
        ("raw", secret.to_owned()),
        ("upper case", secret.to_uppercase()),
        ("percent", percent(secret)),
        ("percent twice", percent(&percent(secret))),
        (
            "query",
            url::form_urlencoded::byte_serialize(secret.as_bytes()).collect(),
        ),
        ("JSON", plain_json),
        ("JSON escapes", json_escaped(secret)),
        (
            "JSON in JSON",
            serde_json::Value::from(json_escaped(secret)).to_string(),
        ),
        ("Go's %q", go_quoted(secret)),
        ("HTML", html(secret)),
        ("base64", STANDARD.encode(secret)),
        ("base64 of a URL", URL_SAFE_NO_PAD.encode(secret)),
        ("base64 behind a user", STANDARD.encode(format!("user:{secret}"))),
        ("base64 behind two letters", STANDARD.encode(format!("ab{secret}"))),
        ("base64 in percent", percent(&STANDARD.encode(secret))),
        ("base64 of percent", STANDARD.encode(percent(secret))),
        (
            "hexadecimal",
            secret.bytes().map(|byte| format!("{byte:02x}")).collect(),
        ),
        ("HTML of percent", html(&percent(secret))),
    ]
}

#[test]
fn a_secret_is_masked_in_every_form() {
    let secrets = [
        URL,
        "summer24-and-more",
        "pässwörd with blanks & \"quotes\" \\ 日本🔥",
        "https://h/k?token=a+b%2Fc&x='y'",
        "Bearer eyJhbGciOiJIUzI1NiJ9.eyJ1IjoidSJ9.c2lnbmF0dXJl",
    ];
    for secret in secrets {
        for (form, echoed) in forms(secret) {
            let told = masked(&[secret], &format!("cannot do it: <{echoed}> is wrong"));
            let rest = told
                .replace(MASK, "")
                .replace("cannot do it: <", "")
                .replace("> is wrong", "");
            // Quotes, padding and the letters of another text within the same group of base64 may stay.
            assert!(told.contains(MASK) && rest.len() <= 8, "{form} of {secret}: {told}");
        }
    }
}

#[test]
fn a_short_secret_is_masked_in_every_form_that_is_its_own() {
    for (form, echoed) in forms("summer24") {
        let told = masked(&["summer24"], &format!("cannot: {echoed}"));
        assert!(told.contains(MASK), "{form}: {told}");
    }
}

#[test]
fn the_whole_secret_becomes_one_mask() {
    assert_eq!(
        masked(&[URL], &format!("Post \"{URL}\": refused")),
        format!("Post \"{MASK}\": refused")
    );
}

#[test]
fn a_piece_that_a_parser_error_quotes_is_masked() {
    let told = masked(
        &[URL],
        "unexpected ' in \"itor/0123456789abcdef')\". expected: \"number\"",
    );
    assert_eq!(told, format!("unexpected ' in \"{MASK}')\". expected: \"number\""));
}

#[test]
fn the_longer_of_two_secrets_that_begin_alike_is_masked_as_a_whole() {
    let longer = format!("{URL}/and-the-rest");
    for secrets in [[URL, &longer], [&longer, URL]] {
        assert_eq!(masked(&secrets, &format!("at {longer}.")), format!("at {MASK}."));
    }
}

#[test]
fn a_short_secret_is_masked_if_it_stands_alone() {
    assert_eq!(
        masked(&["no"], "unknown user \"no\""),
        format!("unknown user \"{MASK}\"")
    );
}

#[test]
fn what_a_header_or_url_holds_is_masked_by_itself() {
    assert_eq!(
        masked(&["Bearer t0k3n"], "token t0k3n is bad"),
        format!("token {MASK} is bad")
    );
    let told = masked(&["http://u:s3cr3t@h/path"], "password s3cr3t is bad");
    assert_eq!(told, format!("password {MASK} is bad"));
}

#[test]
fn the_password_in_anybodys_url_is_masked() {
    for scheme in ["http", "tcp", "mqtt", "ws", "ftp"] {
        let told = masked(
            &[],
            &format!("Get \"{scheme}://user:pw@k:9092/x\": refused, see http://help/a@b"),
        );
        assert_eq!(
            told,
            format!("Get \"{scheme}://{MASK}@k:9092/x\": refused, see http://help/a@b")
        );
    }
}

#[test]
fn text_without_secrets_stays_as_it_is() {
    let text = "no task exists; 100% \\ & <b> é 🔥 aGVsbG8gd29ybGQh fedcba9876543210";
    assert_eq!(masked(&["", "hunter2", URL], text), text);
}

#[test]
fn the_host_of_a_webhook_is_no_secret() {
    let hook = "http://127.0.0.1:4000/hooks/0123";
    let text = "nobody listens at http://127.0.0.1:4000";
    for author in [Author::Others, Author::Ourselves] {
        assert_eq!(known(&[hook]).mask(text, author), text);
    }
    assert_eq!(masked(&[hook], &format!("no {hook}")), format!("no {MASK}"));
}

#[test]
fn our_own_words_lose_whole_secrets_and_keep_what_only_sounds_alike() {
    let text =
        "While reading the task: GET /kapacitor/v1/tasks/a: Kapacitor at http://api.squadcast.com answered 500 no";
    assert_eq!(masked_of_ours(&[URL, "no", "500"], text), text);
    assert_eq!(
        masked_of_ours(&[URL], &format!("value {URL:?}")),
        format!("value \"{MASK}\"")
    );
    assert_eq!(
        masked_of_ours(&["hunter2"], "value \"hunter2\""),
        format!("value \"{MASK}\"")
    );
}

#[test]
fn what_is_learnt_later_is_masked_too() {
    let known = known(&[URL]);
    assert_eq!(known.mask("t0k3n-2", Author::Others), "t0k3n-2");
    known.remember([&Secret::new("t0k3n-2")]);
    assert_eq!(
        known.mask(&format!("t0k3n-2 {URL}"), Author::Others),
        format!("{MASK} {MASK}")
    );
}
