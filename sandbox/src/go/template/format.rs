//! Go's `fmt`, as far as templates use it.

use crate::go::quote::quote;
use crate::go::template::value::{exponent, Value};

/// `fmt.Sprint`: a blank between two operands that are both no texts.
pub fn sprint(arguments: &[Value]) -> String {
    let is_text = |value: &Value| matches!(value.held(), Value::String(_));
    let mut output = String::new();
    for (place, argument) in arguments.iter().enumerate() {
        if place > 0 && !is_text(argument) && !is_text(&arguments[place - 1]) {
            output.push(' ');
        }
        output.push_str(&argument.inside());
    }
    output
}

/// `fmt.Sprintln`.
pub fn sprintln(arguments: &[Value]) -> String {
    let printed: Vec<String> = arguments.iter().map(Value::inside).collect();
    format!("{}\n", printed.join(" "))
}

/// A verb with its flags.
#[derive(Default)]
struct Verb {
    left: bool,
    zero: bool,
    plus: bool,
    width: usize,
    precision: Option<usize>,
}

/// `fmt.Sprintf`.
pub fn sprintf(pattern: &str, arguments: &[Value]) -> String {
    let mut output = String::new();
    let mut left = arguments.iter();
    let mut letters = pattern.chars().peekable();
    while let Some(letter) = letters.next() {
        if letter != '%' {
            output.push(letter);
            continue;
        }
        let mut verb = Verb::default();
        while let Some(flag) = letters.next_if(|flag| "-+# 0".contains(*flag)) {
            verb.left |= flag == '-';
            verb.plus |= flag == '+';
            verb.zero |= flag == '0';
        }
        let number = |letters: &mut std::iter::Peekable<std::str::Chars>| {
            let mut digits = String::new();
            while let Some(digit) = letters.next_if(char::is_ascii_digit) {
                digits.push(digit);
            }
            digits.parse().unwrap_or(0)
        };
        verb.width = number(&mut letters);
        if letters.next_if_eq(&'.').is_some() {
            verb.precision = Some(number(&mut letters));
        }
        match letters.next() {
            None => output.push_str("%!(NOVERB)"),
            Some('%') => output.push('%'),
            Some(name) => match left.next() {
                None => output.push_str(&format!("%!{name}(MISSING)")),
                Some(value) => output.push_str(&verb.show(name, value.held())),
            },
        }
    }
    let extra: Vec<String> = left.map(typed).collect();
    if !extra.is_empty() {
        output.push_str(&format!("%!(EXTRA {})", extra.join(", ")));
    }
    output
}

fn typed(value: &Value) -> String {
    match value.held() {
        Value::Nil => "<nil>".to_owned(),
        held => format!("{}={}", held.type_name(), held.inside()),
    }
}

impl Verb {
    fn show(&self, name: char, value: &Value) -> String {
        let numeric = value.as_int();
        let shown = match (name, value) {
            ('v', value) => value.inside(),
            ('T', value) => value.type_name().to_owned(),
            ('s' | 'q' | 'x', Value::String(text)) => self.text(name, text),
            ('s' | 'q', value @ (Value::Time(_) | Value::Named { .. })) => self.text(name, &value.inside()),
            ('t', Value::Bool(value)) => value.to_string(),
            ('f' | 'F', Value::Float(value)) => format!("{value:.*}", self.precision.unwrap_or(6)),
            ('e', Value::Float(value)) => exponent(&format!("{value:.*e}", self.precision.unwrap_or(6))),
            ('g', value @ Value::Float(_)) if self.precision.is_none() => value.inside(),
            ('d', _) if numeric.is_some() => numeric.unwrap_or_default().to_string(),
            ('x', _) if numeric.is_some() => format!("{:x}", numeric.unwrap_or_default()),
            ('c', _) if numeric.is_some() => u32::try_from(numeric.unwrap_or_default())
                .ok()
                .and_then(char::from_u32)
                .unwrap_or('\u{fffd}')
                .to_string(),
            (name, Value::Nil) => return format!("%!{name}(<nil>)"),
            (name, value) => {
                // The value inside is shown with the same flags, as a value.
                let inner = self.pad(value.inside(), value.kind() != super::value::Kind::String);
                return format!("%!{name}({}={inner})", value.type_name());
            }
        };
        let is_number = !matches!(name, 's' | 'q' | 'v' | 'T' | 't') || value.as_int().is_some();
        let shown = if self.plus && is_number && !shown.starts_with('-') {
            format!("+{shown}")
        } else {
            shown
        };
        self.pad(shown, is_number)
    }

    fn text(&self, name: char, text: &str) -> String {
        let cut: String = match self.precision {
            Some(precision) => text.chars().take(precision).collect(),
            None => text.to_owned(),
        };
        match name {
            'q' => quote(&cut),
            'x' => cut.bytes().map(|byte| format!("{byte:02x}")).collect(),
            _ => cut,
        }
    }

    fn pad(&self, text: String, is_number: bool) -> String {
        let missing = self.width.saturating_sub(text.chars().count());
        if self.left {
            return text + &" ".repeat(missing);
        }
        if !self.zero || !is_number {
            return " ".repeat(missing) + &text;
        }
        let (sign, digits) = match text.strip_prefix(['-', '+']) {
            Some(digits) => (&text[..1], digits),
            None => ("", text.as_str()),
        };
        format!("{sign}{}{digits}", "0".repeat(missing))
    }
}
