//! Classes by Unicode's general categories and scripts: `\pL`, `\p{Greek}`, `\P{^Lu}`.

use super::{Checker, Fault, RegexError};

impl Checker<'_> {
    pub(super) fn unicode_class(&mut self) -> Result<(), RegexError> {
        let rest = self.rest();
        let name_start = 2;
        let name = match rest[name_start..].chars().next() {
            None => return Err(Fault::CharacterRange.at(rest)),
            Some('{') => match rest.find('}') {
                None => return Err(Fault::CharacterRange.at(rest)),
                Some(end) => {
                    self.position += end + 1;
                    &rest[name_start + 1..end]
                }
            },
            Some(c) => {
                self.position += name_start + c.len_utf8();
                &rest[name_start..name_start + c.len_utf8()]
            }
        };
        if is_known(name.strip_prefix('^').unwrap_or(name)) {
            return Ok(());
        }
        let end = self.position;
        Err(Fault::CharacterRange.at(&self.pattern[end - (rest.len() - self.rest().len())..end]))
    }
}

/// Go leaves case, underscores, hyphens and spaces out of account, and by the same step loses the scripts that have an
/// underscore in their own name.
fn is_known(name: &str) -> bool {
    // Longer names are not in the tables, and a pattern could hold very long ones.
    if name.len() > 64 {
        return false;
    }
    let plain: String = name.chars().filter(|c| !matches!(c, '_' | '-' | ' ')).collect();
    let plain = plain.to_ascii_lowercase();
    [SPECIAL, CATEGORIES, CATEGORY_NAMES, SCRIPTS]
        .iter()
        .any(|table| table.contains(&plain.as_str()))
}

const SPECIAL: &[&str] = &["any", "ascii", "assigned"];

/// The general categories of Unicode 15, and their groups.
const CATEGORIES: &[&str] = &[
    "c", "cc", "cf", "cn", "co", "cs", "l", "lc", "ll", "lm", "lo", "lt", "lu", "m", "mc", "me", "mn", "n", "nd", "nl",
    "no", "p", "pc", "pd", "pe", "pf", "pi", "po", "ps", "s", "sc", "sk", "sm", "so", "z", "zl", "zp", "zs",
];

/// Their long names.
const CATEGORY_NAMES: &[&str] = &[
    "casedletter",
    "closepunctuation",
    "cntrl",
    "combiningmark",
    "connectorpunctuation",
    "control",
    "currencysymbol",
    "dashpunctuation",
    "decimalnumber",
    "digit",
    "enclosingmark",
    "finalpunctuation",
    "format",
    "initialpunctuation",
    "letter",
    "letternumber",
    "lineseparator",
    "lowercaseletter",
    "mark",
    "mathsymbol",
    "modifierletter",
    "modifiersymbol",
    "nonspacingmark",
    "number",
    "openpunctuation",
    "other",
    "otherletter",
    "othernumber",
    "otherpunctuation",
    "othersymbol",
    "paragraphseparator",
    "privateuse",
    "punct",
    "punctuation",
    "separator",
    "spaceseparator",
    "spacingmark",
    "surrogate",
    "symbol",
    "titlecaseletter",
    "unassigned",
    "uppercaseletter",
];

/// The scripts of Unicode 15 whose name is one word.
const SCRIPTS: &[&str] = &[
    "adlam",
    "ahom",
    "arabic",
    "armenian",
    "avestan",
    "balinese",
    "bamum",
    "batak",
    "bengali",
    "bhaiksuki",
    "bopomofo",
    "brahmi",
    "braille",
    "buginese",
    "buhid",
    "carian",
    "chakma",
    "cham",
    "cherokee",
    "chorasmian",
    "common",
    "coptic",
    "cuneiform",
    "cypriot",
    "cyrillic",
    "deseret",
    "devanagari",
    "dogra",
    "duployan",
    "elbasan",
    "elymaic",
    "ethiopic",
    "georgian",
    "glagolitic",
    "gothic",
    "grantha",
    "greek",
    "gujarati",
    "gurmukhi",
    "han",
    "hangul",
    "hanunoo",
    "hatran",
    "hebrew",
    "hiragana",
    "inherited",
    "javanese",
    "kaithi",
    "kannada",
    "katakana",
    "kawi",
    "kharoshthi",
    "khmer",
    "khojki",
    "khudawadi",
    "lao",
    "latin",
    "lepcha",
    "limbu",
    "lisu",
    "lycian",
    "lydian",
    "mahajani",
    "makasar",
    "malayalam",
    "mandaic",
    "manichaean",
    "marchen",
    "medefaidrin",
    "miao",
    "modi",
    "mongolian",
    "mro",
    "multani",
    "myanmar",
    "nabataean",
    "nandinagari",
    "newa",
    "nko",
    "nushu",
    "ogham",
    "oriya",
    "osage",
    "osmanya",
    "palmyrene",
    "phoenician",
    "rejang",
    "runic",
    "samaritan",
    "saurashtra",
    "sharada",
    "shavian",
    "siddham",
    "sinhala",
    "sogdian",
    "soyombo",
    "sundanese",
    "syriac",
    "tagalog",
    "tagbanwa",
    "takri",
    "tamil",
    "tangsa",
    "tangut",
    "telugu",
    "thaana",
    "thai",
    "tibetan",
    "tifinagh",
    "tirhuta",
    "toto",
    "ugaritic",
    "vai",
    "vithkuqi",
    "wancho",
    "yezidi",
    "yi",
];
