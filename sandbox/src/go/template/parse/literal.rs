//! Numbers and texts as Go writes them.

use crate::go::quote::quote;
use crate::go::template::node::Number;

/// The number that a text stands for, or what Go says of it.
pub fn number(text: &str) -> Result<Number, String> {
    let value = |int: Option<i64>, float: Option<f64>| Number {
        text: text.to_owned(),
        int,
        float,
    };
    if let Some(inner) = text.strip_prefix('\'') {
        let inner = inner.strip_suffix('\'').and_then(unquote);
        let mut letters = inner.as_deref().unwrap_or_default().chars();
        return match (letters.next(), letters.next()) {
            (Some(letter), None) => Ok(value(Some(i64::from(letter as u32)), Some(f64::from(letter as u32)))),
            _ => Err(format!("malformed character constant: {text}")),
        };
    }
    let plain = text.replace('_', "");
    let unsigned = plain.trim_start_matches(['+', '-']);
    let sign = if plain.starts_with('-') { -1 } else { 1 };
    let based = |digits: &str, base: u32| i64::from_str_radix(digits, base).ok();
    let int = match unsigned.get(..2).map(str::to_lowercase).as_deref() {
        Some("0x") => based(&unsigned[2..], 16),
        Some("0o") => based(&unsigned[2..], 8),
        Some("0b") => based(&unsigned[2..], 2),
        _ if unsigned.len() > 1 && unsigned.starts_with('0') => based(&unsigned[1..], 8),
        _ => based(unsigned, 10),
    };
    if let Some(int) = int.map(|int| int * sign) {
        return Ok(value(Some(int), Some(int as f64)));
    }
    let float = unsigned.parse::<f64>().ok().map(|float| float * sign as f64);
    match float {
        Some(_) if unsigned.bytes().all(|byte| byte.is_ascii_digit()) => {
            Err(format!("integer overflow: {}", quote(text)))
        }
        Some(float) => {
            // A float that is whole may stand for an integer too, where one is wanted.
            let int = Some(float as i64).filter(|int| *int as f64 == float);
            Ok(value(int, Some(float)))
        }
        None => Err(format!("illegal number syntax: {}", quote(text))),
    }
}

/// The text between Go's quotes.
pub fn unquote(text: &str) -> Option<String> {
    let mut plain = String::new();
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        if letter != '\\' {
            plain.push(letter);
            continue;
        }
        let hex = |letters: &mut std::str::Chars, count: usize| {
            let digits: String = letters.by_ref().take(count).collect();
            u32::from_str_radix(&digits, 16).ok().and_then(char::from_u32)
        };
        plain.push(match letters.next()? {
            'n' => '\n',
            't' => '\t',
            'r' => '\r',
            'a' => '\u{7}',
            'b' => '\u{8}',
            'f' => '\u{c}',
            'v' => '\u{b}',
            'x' => hex(&mut letters, 2)?,
            'u' => hex(&mut letters, 4)?,
            'U' => hex(&mut letters, 8)?,
            same @ ('\\' | '"' | '\'') => same,
            _ => return None,
        });
    }
    Some(plain)
}
