//! A text as it reads once its encodings are taken off, with the place in the text that each byte comes from.
//!
//! A secret may come back in percent-encoding, in the escapes of JSON, of Go's `%q` or of HTML, in base64 or in hexadecimal,
//! and in several of these at once. Taking the encodings off the text finds it in any mixture, which a list of encoded
//! secrets would not.

/// Runs of letters and digits shorter than this are not taken for base64 or hexadecimal.
const SHORTEST_RUN: usize = 8;

/// Bytes, each with the range of bytes of the text that it comes from.
pub(super) struct View {
    pub bytes: Vec<u8>,
    from: Vec<(usize, usize)>,
}

impl View {
    /// The text itself.
    pub(super) fn of(text: &str) -> Self {
        let mut view = View::with_capacity(text.len());
        for (start, character) in text.char_indices() {
            let end = start + character.len_utf8();
            for byte in &text.as_bytes()[start..end] {
                view.push(*byte, (start, end));
            }
        }
        view
    }

    /// Where in the text the bytes from `start` to `end` come from.
    pub(super) fn source(&self, start: usize, end: usize) -> (usize, usize) {
        let first = self.from.get(start).map_or(0, |(start, _)| *start);
        let last = end.checked_sub(1).and_then(|last| self.from.get(last));
        (first, last.map_or(first, |(_, end)| *end))
    }

    /// Without the difference of upper and lower case, and with the blank that a query writes as `+`.
    pub(super) fn folded(&self) -> View {
        let mut folded = View::with_capacity(self.bytes.len());
        let mut position = 0;
        for chunk in self.bytes.utf8_chunks() {
            for character in chunk.valid().chars() {
                let from = self.source(position, position + character.len_utf8());
                position += character.len_utf8();
                for lower in character.to_lowercase() {
                    let lower = if lower == '+' { ' ' } else { lower };
                    folded.extend(lower.encode_utf8(&mut [0; 4]).as_bytes(), from);
                }
            }
            for byte in chunk.invalid() {
                folded.push(*byte, self.source(position, position + 1));
                position += 1;
            }
        }
        folded
    }

    /// Without percent-encoding, backslashes and HTML entities; none if there are none.
    pub(super) fn decoded(&self) -> Option<View> {
        let mut decoded = View::with_capacity(self.bytes.len());
        let mut position = 0;
        let mut changed = false;
        while let Some(byte) = self.bytes.get(position) {
            match escape_at(&self.bytes[position..]) {
                Some((meant, length)) => {
                    decoded.extend(&meant, self.source(position, position + length));
                    position += length;
                    changed = true;
                }
                None => {
                    decoded.push(*byte, self.from[position]);
                    position += 1;
                }
            }
        }
        changed.then_some(decoded)
    }

    /// What its runs of letters and digits say as base64 and as hexadecimal, from each place where a group may begin.
    pub(super) fn unpacked(&self) -> Vec<View> {
        let mut views = Vec::new();
        for (start, end) in self.runs(|byte| sextet(byte).is_some()) {
            views.extend((0..4).filter_map(|offset| self.of_digits((start + offset, end), 6, sextet)));
        }
        for (start, end) in self.runs(|byte| byte.is_ascii_hexdigit()) {
            views.extend((0..2).filter_map(|offset| self.of_digits((start + offset, end), 4, nibble)));
        }
        views
    }

    fn runs(&self, belongs: impl Fn(u8) -> bool) -> Vec<(usize, usize)> {
        let mut runs = Vec::new();
        let mut start = 0;
        for (position, byte) in self.bytes.iter().chain(b" ").enumerate() {
            if belongs(*byte) {
                continue;
            }
            if position - start >= SHORTEST_RUN {
                runs.push((start, position));
            }
            start = position + 1;
        }
        runs
    }

    /// The bytes that digits of so many bits make.
    fn of_digits(&self, (start, end): (usize, usize), bits: u32, digit: impl Fn(u8) -> Option<u32>) -> Option<View> {
        let mut view = View::with_capacity(end.checked_sub(start)?);
        let (mut value, mut have) = (0u32, 0);
        let mut first = start;
        for position in start..end {
            if have == 0 {
                first = position;
            }
            value = (value << bits | digit(self.bytes[position])?) & 0xffff;
            have += bits;
            if have >= 8 {
                have -= 8;
                view.push((value >> have) as u8, self.source(first, position + 1));
                first = position;
            }
        }
        Some(view)
    }

    /// Whether most of it could be read, as chance would not make it.
    pub(super) fn reads(&self) -> bool {
        let readable = self.bytes.iter().filter(|byte| matches!(byte, b' '..=b'~')).count();
        readable * 10 >= self.bytes.len() * 8
    }

    fn with_capacity(capacity: usize) -> Self {
        View {
            bytes: Vec::with_capacity(capacity),
            from: Vec::with_capacity(capacity),
        }
    }

    fn push(&mut self, byte: u8, from: (usize, usize)) {
        self.bytes.push(byte);
        self.from.push(from);
    }

    fn extend(&mut self, bytes: &[u8], from: (usize, usize)) {
        bytes.iter().for_each(|byte| self.push(*byte, from));
    }
}

/// What the escape that begins here means, and how long it is.
fn escape_at(bytes: &[u8]) -> Option<(Vec<u8>, usize)> {
    match bytes.first()? {
        b'%' => Some((vec![number(bytes.get(1..3)?, 16)? as u8], 3)),
        b'\\' => backslash(bytes),
        b'&' => entity(bytes),
        _ => None,
    }
}

fn backslash(bytes: &[u8]) -> Option<(Vec<u8>, usize)> {
    let letter = *bytes.get(1)?;
    let hex = |length: usize| number(bytes.get(2..2 + length)?, 16);
    let escaped = match letter {
        b'x' => hex(2).map(|byte| (vec![byte as u8], 4)),
        b'u' => hex(4).and_then(|unit| utf16(unit, bytes)),
        b'U' => hex(8).and_then(|code| Some((utf8(code)?, 10))),
        _ => None,
    };
    let control = match letter {
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        other => other,
    };
    escaped.or(Some((vec![control], 2)))
}

/// A character beyond the first 65,536 is two units in JSON.
fn utf16(unit: u32, bytes: &[u8]) -> Option<(Vec<u8>, usize)> {
    if !(0xd800..0xdc00).contains(&unit) {
        return Some((utf8(unit)?, 6));
    }
    let second = bytes.get(6..12)?.strip_prefix(b"\\u")?;
    let second = number(second, 16)?.checked_sub(0xdc00)?;
    Some((utf8(0x10000 + ((unit - 0xd800) << 10) + second)?, 12))
}

fn entity(bytes: &[u8]) -> Option<(Vec<u8>, usize)> {
    let end = bytes.iter().take(10).position(|byte| *byte == b';')?;
    let meant = match &bytes[1..end] {
        b"amp" => vec![b'&'],
        b"lt" => vec![b'<'],
        b"gt" => vec![b'>'],
        b"quot" => vec![b'"'],
        b"apos" => vec![b'\''],
        [b'#', b'x' | b'X', digits @ ..] => utf8(number(digits, 16)?)?,
        [b'#', digits @ ..] => utf8(number(digits, 10)?)?,
        _ => return None,
    };
    Some((meant, end + 1))
}

fn number(digits: &[u8], base: u32) -> Option<u32> {
    if digits.is_empty() || !digits.iter().all(|digit| char::from(*digit).is_digit(base)) {
        return None;
    }
    u32::from_str_radix(std::str::from_utf8(digits).ok()?, base).ok()
}

fn utf8(code: u32) -> Option<Vec<u8>> {
    Some(char::from_u32(code)?.to_string().into_bytes())
}

/// The value of a digit of base64, of either alphabet.
fn sextet(digit: u8) -> Option<u32> {
    Some(u32::from(match digit {
        b'A'..=b'Z' => digit - b'A',
        b'a'..=b'z' => digit - b'a' + 26,
        b'0'..=b'9' => digit - b'0' + 52,
        b'+' | b'-' => 62,
        b'/' | b'_' => 63,
        _ => return None,
    }))
}

fn nibble(digit: u8) -> Option<u32> {
    char::from(digit).to_digit(16)
}
