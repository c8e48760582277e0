//! Certificates and keys in the forms in which people keep them: a file, PEM text, or its base64.

use std::path::PathBuf;

use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use base64::engine::DecodePaddingMode;
use base64::{alphabet, Engine};

use crate::kapacitor::error::SetupError;
use crate::secret::Secret;

const BEGIN: &str = "-----BEGIN ";
const END: &str = "-----END ";
const DASHES: &str = "-----";

/// The length of a line of PEM text (RFC 7468).
const LINE: usize = 64;

/// Base64 with or without padding.
const BASE64: GeneralPurpose = lenient(&alphabet::STANDARD);
const BASE64_URL: GeneralPurpose = lenient(&alphabet::URL_SAFE);

const fn lenient(alphabet: &alphabet::Alphabet) -> GeneralPurpose {
    let config = GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    GeneralPurpose::new(alphabet, config)
}

/// A certificate or key in PEM form. A path is opened with the first request, not before.
///
/// Neither the text nor the path is ever shown: what was meant as a key and does not look like one would be taken for a path.
#[derive(Clone, PartialEq, Eq)]
pub enum PemSource {
    /// The path of a PEM file.
    Path(PathBuf),
    /// The PEM text itself.
    Pem(Secret),
}

impl PemSource {
    /// Takes a setting for PEM text if it is one or the base64 of one, and for a path otherwise.
    pub fn from_setting(setting: &str) -> Self {
        match pem_text(setting) {
            Some(text) => PemSource::Pem(Secret::new(text)),
            None => PemSource::Path(PathBuf::from(setting)),
        }
    }

    /// The PEM text; `setting` is its name in errors.
    pub(in crate::kapacitor) fn read(&self, setting: &'static str) -> Result<Secret, SetupError> {
        match self {
            PemSource::Pem(text) => Ok(text.clone()),
            PemSource::Path(path) => {
                let content = std::fs::read_to_string(path).map_err(|error| SetupError::Unreadable {
                    setting,
                    reason: error.to_string(),
                })?;
                Ok(Secret::new(pem_text(&content).unwrap_or_default()))
            }
        }
    }
}

impl std::fmt::Debug for PemSource {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            PemSource::Path(_) => "PemSource::Path",
            PemSource::Pem(_) => "PemSource::Pem",
        })
    }
}

/// The PEM text in `given`, one line feed after each line; `None` if there is none.
fn pem_text(given: &str) -> Option<String> {
    if given.contains(BEGIN) {
        return Some(normalised(given));
    }
    let compact: String = given.chars().filter(|c| !c.is_whitespace()).collect();
    let decoded = BASE64.decode(&compact).or_else(|_| BASE64_URL.decode(&compact)).ok()?;
    let decoded = String::from_utf8(decoded).ok()?;
    decoded.contains(BEGIN).then(|| normalised(&decoded))
}

/// Writes each block of `text` anew, so that it does not matter whether it was indented, on one line, or had its line breaks
/// written as `\n`. Text between the blocks is left out.
fn normalised(text: &str) -> String {
    let text = text.replace("\\r", "").replace("\\n", "\n");
    let mut rest = text.as_str();
    let mut blocks = String::new();
    while let Some((label, content, after)) = next_block(rest) {
        rest = after;
        blocks.push_str(&block(label, content));
    }
    blocks
}

/// The label and content of the first block that has an end, and what follows it.
fn next_block(text: &str) -> Option<(&str, &str, &str)> {
    let (_, after) = text.split_once(BEGIN)?;
    let (label, after) = after.split_once(DASHES)?;
    let (content, after) = after.split_once(&format!("{END}{label}{DASHES}"))?;
    Some((label, content, after))
}

fn block(label: &str, content: &str) -> String {
    // The headers of an encrypted key stand in lines of their own. It cannot be used, and whoever reads it says so.
    if content.contains(':') {
        return format!("{BEGIN}{label}{DASHES}\n{}\n{END}{label}{DASHES}\n", content.trim());
    }
    let base64: Vec<char> = content.chars().filter(|c| !c.is_whitespace()).collect();
    let lines: String = base64
        .chunks(LINE)
        .map(|line| line.iter().collect::<String>() + "\n")
        .collect();
    format!("{BEGIN}{label}{DASHES}\n{lines}{END}{label}{DASHES}\n")
}

#[cfg(test)]
pub(in crate::kapacitor) mod tests {
    use super::*;
    use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};

    /// The ways in which a PEM text arrives in a setting, by name.
    pub(in crate::kapacitor) fn spellings(pem: &str) -> Vec<(&'static str, String)> {
        let wrapped = |text: &str| {
            let lines: Vec<&str> = text
                .as_bytes()
                .chunks(76)
                .map(|line| std::str::from_utf8(line).unwrap())
                .collect();
            lines.join("\n")
        };
        let base64 = STANDARD.encode(pem);
        vec![
            ("as it is", pem.to_owned()),
            ("with CRLF", pem.replace('\n', "\r\n")),
            ("indented", pem.lines().map(|line| format!("    {line}\n")).collect()),
            (
                "indented by tabs",
                pem.lines().map(|line| format!("\t{line}\n")).collect(),
            ),
            ("with \\n", pem.replace('\n', "\\n")),
            ("with \\r\\n", pem.replace('\n', "\\r\\n")),
            ("on one line, with blanks", pem.replace('\n', " ")),
            ("on one line, without", pem.replace('\n', "")),
            ("in quotes", format!("\"{}\"", pem.trim_end())),
            ("without the last line break", pem.trim_end().to_owned()),
            ("after a text", format!("Bag Attributes\n    friendlyName: k\n{pem}")),
            ("in base64", base64.clone()),
            ("in base64 with a line break", format!("{base64}\n")),
            ("in base64 of several lines", wrapped(&base64)),
            ("in base64 without padding", STANDARD_NO_PAD.encode(pem)),
            (
                "in base64 of an indented one",
                STANDARD.encode(pem.replace('\n', "\n  ")),
            ),
        ]
    }

    const PEM: &str = "-----BEGIN CERTIFICATE-----\nMIIBszCCAVmgAwIBAgIUQ0MzM0Z1c2lvbkV4YW1wbGVDZXJ0aWZpY2F0ZTAKBggq\nhkjOPQQDAjAA\n-----END CERTIFICATE-----\n";

    #[test]
    fn every_spelling_comes_to_the_same_text() {
        for text in [PEM.to_owned(), PEM.repeat(2)] {
            for (name, spelled) in spellings(&text) {
                assert_eq!(
                    PemSource::from_setting(&spelled),
                    PemSource::Pem(Secret::new(&text)),
                    "{name}"
                );
            }
        }
    }

    #[test]
    fn every_spelling_may_stand_in_a_file() {
        let folder = tempfile::tempdir().unwrap();
        for (name, spelled) in spellings(PEM) {
            let path = folder.path().join("pem");
            std::fs::write(&path, spelled).unwrap();
            let source = PemSource::from_setting(path.to_str().unwrap());
            assert_eq!(source.read("certificate").unwrap().expose(), PEM, "{name}");
        }
    }

    #[test]
    fn a_key_that_is_taken_for_a_path_is_never_shown() {
        for key in [
            "LS0tLS1CRUdJTiBQUklWQVRFIEtFWS0tLS0tCk1JSQ%%",
            "MC4CAQAwBQYDK2VwBCIEIHunter2",
            "/etc/hunter2.pem",
        ] {
            let source = PemSource::from_setting(key);
            let told = format!("{source:?} {}", source.read("client key (`client_key`)").unwrap_err());
            assert!(!told.contains(key) && told.contains("client_key"), "{told}");
        }
    }

    #[test]
    fn the_headers_of_an_encrypted_key_are_kept() {
        let key = "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\nAAAA\n-----END RSA PRIVATE KEY-----\n";
        let PemSource::Pem(text) = PemSource::from_setting(key) else {
            panic!("taken for a path");
        };
        assert!(text.expose().contains("ENCRYPTED"));
    }
}
