//! Words of Chronograf.

/// Stands for the missing URL of a post, which Chronograf writes and a rule of ours cannot have.
pub const NO_URL: &str = "http://no-url.invalid/";

/// Chronograf's words for operators, and TICKscript's.
pub const OPERATORS: [(&str, &str); 8] = [
    ("greater than", ">"),
    ("less than", "<"),
    ("equal to or less than", "<="),
    ("equal to or greater", ">="),
    ("equal to", "=="),
    ("not equal to", "!="),
    ("inside range", "inside"),
    ("outside range", "outside"),
];
