//! The classes of characters that Kapacitor asks Go's `unicode` and `strconv` packages for.

use unicode_general_category::{get_general_category, GeneralCategory as Category};

/// Go's `unicode.IsLetter`.
pub fn is_letter(c: char) -> bool {
    c.is_ascii_alphabetic() || (!c.is_ascii() && is_letter_category(get_general_category(c)))
}

/// Go's `unicode.IsDigit`: decimal digits, not only ASCII's.
pub(crate) fn is_digit(c: char) -> bool {
    c.is_ascii_digit() || (!c.is_ascii() && get_general_category(c) == Category::DecimalNumber)
}

/// Whether the character can stand in an identifier, behind the letter that begins it.
pub(crate) fn is_identifier(c: char) -> bool {
    c == '_' || is_letter(c) || is_digit(c)
}

/// A character in single quotes as Go's `%q` prints it.
pub(crate) fn quote(c: char) -> String {
    match c {
        '\x07' => r"'\a'".to_owned(),
        '\x08' => r"'\b'".to_owned(),
        '\\' => r"'\\'".to_owned(),
        '\'' => r"'\''".to_owned(),
        c if is_printable(c) => format!("'{c}'"),
        c if c.is_ascii() => format!(r"'\x{:02x}'", u32::from(c)),
        c if u32::from(c) <= 0xffff => format!(r"'\u{:04x}'", u32::from(c)),
        c => format!(r"'\U{:08x}'", u32::from(c)),
    }
}

/// Go's `strconv.IsPrint`.
fn is_printable(c: char) -> bool {
    use Category::{
        ClosePunctuation, ConnectorPunctuation, CurrencySymbol, DashPunctuation, DecimalNumber, EnclosingMark,
        FinalPunctuation, InitialPunctuation, LetterNumber, MathSymbol, ModifierSymbol, NonspacingMark,
        OpenPunctuation, OtherNumber, OtherPunctuation, OtherSymbol, SpacingMark,
    };
    let category = get_general_category(c);
    c == ' '
        || is_letter_category(category)
        || matches!(category, NonspacingMark | EnclosingMark | SpacingMark)
        || matches!(category, DecimalNumber | LetterNumber | OtherNumber)
        || matches!(category, CurrencySymbol | MathSymbol | ModifierSymbol | OtherSymbol)
        || matches!(
            category,
            ConnectorPunctuation | DashPunctuation | OpenPunctuation | ClosePunctuation
        )
        || matches!(category, InitialPunctuation | FinalPunctuation | OtherPunctuation)
}

fn is_letter_category(category: Category) -> bool {
    matches!(
        category,
        Category::UppercaseLetter
            | Category::LowercaseLetter
            | Category::TitlecaseLetter
            | Category::ModifierLetter
            | Category::OtherLetter
    )
}
