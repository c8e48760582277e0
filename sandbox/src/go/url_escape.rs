//! Escapes in the parts of a URL.

use crate::go::quote::quote;

/// Which part of a URL is escaped; the parts allow different letters.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Part {
    Path,
    Host,
    Zone,
    User,
    Fragment,
}

pub fn unescaped_text(text: &str, part: Part) -> Result<String, String> {
    Ok(String::from_utf8_lossy(&unescape(text, part)?).into_owned())
}

pub fn unescape(text: &str, part: Part) -> Result<Vec<u8>, String> {
    let bytes = text.as_bytes();
    let mut plain = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(byte) = bytes.get(at).copied() {
        if byte != b'%' {
            if matches!(part, Part::Host | Part::Zone) && byte < 0x80 && needs_escape(byte, part) {
                let letter = char::from(byte).to_string();
                return Err(format!("invalid character {} in host name", quote(&letter)));
            }
            plain.push(byte);
            at += 1;
            continue;
        }
        let digits = bytes.get(at + 1..at + 3).and_then(|digits| {
            let text = std::str::from_utf8(digits).ok()?;
            u8::from_str_radix(text, 16)
                .ok()
                .filter(|_| digits.iter().all(u8::is_ascii_hexdigit))
        });
        let allowed = digits.filter(|value| match part {
            // In a host only letters beyond ASCII may be escaped.
            Part::Host => *value >= 0x80 || *value == b'%',
            Part::Zone => *value == b'%' || *value == b' ' || !needs_escape(*value, Part::Host),
            _ => true,
        });
        let Some(value) = allowed else {
            let escape = String::from_utf8_lossy(&bytes[at..bytes.len().min(at + 3)]).into_owned();
            return Err(format!("invalid URL escape {}", quote(&escape)));
        };
        plain.push(value);
        at += 3;
    }
    Ok(plain)
}

pub fn escape(bytes: &[u8], part: Part) -> String {
    let mut escaped = String::with_capacity(bytes.len());
    for byte in bytes {
        if needs_escape(*byte, part) {
            escaped.push_str(&format!("%{byte:02X}"));
        } else {
            escaped.push(char::from(*byte));
        }
    }
    escaped
}

fn needs_escape(byte: u8, part: Part) -> bool {
    if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
        return false;
    }
    match part {
        Part::Host | Part::Zone => !b"!$&'()*+,;=:[]<>\"".contains(&byte),
        Part::Path => !b"$&+,/:;=@".contains(&byte),
        Part::User => !b"$&+,;=".contains(&byte),
        Part::Fragment => !b"$&+,/:;=?@!()*".contains(&byte),
    }
}

/// Whether a byte may stand in a path that is already escaped.
pub fn is_valid_encoded(byte: u8, part: Part) -> bool {
    b"!$&'()*+,;=:@[]%".contains(&byte) || !needs_escape(byte, part)
}
