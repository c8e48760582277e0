//! Go's `path.Match`: `*` and `?` stop at a slash, `[a-z]` is a class, `\` escapes.

/// The pattern cannot be read; Go says `syntax error in pattern`.
#[derive(Debug, PartialEq, Eq)]
pub struct BadPattern;

/// Whether `name` matches `pattern` as a whole. Like Go's, a bad pattern is noticed only where matching gets to it.
pub fn matches(pattern: &str, name: &str) -> Result<bool, BadPattern> {
    let pattern: Vec<char> = pattern.chars().collect();
    let name: Vec<char> = name.chars().collect();
    match_here(&pattern, &name)
}

/// Whether a listing's pattern lets a name through: an empty one lets all, a bad one none.
pub fn lets_through(pattern: &str, name: &str) -> bool {
    pattern.is_empty() || matches(pattern, name) == Ok(true)
}

/// Checks the whole pattern, as matching against nothing does not.
pub fn check(pattern: &str) -> Result<(), BadPattern> {
    let mut rest: Vec<char> = pattern.chars().collect();
    while let Some(first) = rest.first() {
        let used = match first {
            '[' => class(&rest, None)?.1,
            '\\' if rest.len() < 2 => return Err(BadPattern),
            '\\' => 2,
            _ => 1,
        };
        rest.drain(..used);
    }
    Ok(())
}

fn match_here(pattern: &[char], name: &[char]) -> Result<bool, BadPattern> {
    let Some(first) = pattern.first() else {
        return Ok(name.is_empty());
    };
    match first {
        '*' => {
            let reach = name.iter().position(|letter| *letter == '/').unwrap_or(name.len());
            for skipped in 0..=reach {
                if match_here(&pattern[1..], &name[skipped..])? {
                    return Ok(true);
                }
            }
            Ok(false)
        }
        '?' => match name.first() {
            Some(letter) if *letter != '/' => match_here(&pattern[1..], &name[1..]),
            _ => Ok(false),
        },
        '[' => {
            let (inside, used) = class(pattern, name.first().copied())?;
            if inside {
                match_here(&pattern[used..], &name[1..])
            } else {
                Ok(false)
            }
        }
        '\\' => {
            let escaped = pattern.get(1).ok_or(BadPattern)?;
            if name.first() == Some(escaped) {
                match_here(&pattern[2..], &name[1..])
            } else {
                Ok(false)
            }
        }
        literal => {
            if name.first() == Some(literal) {
                match_here(&pattern[1..], &name[1..])
            } else {
                Ok(false)
            }
        }
    }
}

/// Reads the class at the start of the pattern: whether the letter is in it, and its length.
fn class(pattern: &[char], letter: Option<char>) -> Result<(bool, usize), BadPattern> {
    let negated = pattern.get(1) == Some(&'^');
    let mut at = if negated { 2 } else { 1 };
    let (mut inside, mut ranges) = (false, 0);
    loop {
        if pattern.get(at) == Some(&']') && ranges > 0 {
            return Ok((letter.is_some() && inside != negated, at + 1));
        }
        let low = class_letter(pattern, &mut at)?;
        let high = if pattern.get(at) == Some(&'-') {
            at += 1;
            class_letter(pattern, &mut at)?
        } else {
            low
        };
        inside |= letter.is_some_and(|letter| low <= letter && letter <= high);
        ranges += 1;
    }
}

fn class_letter(pattern: &[char], at: &mut usize) -> Result<char, BadPattern> {
    let mut letter = *pattern.get(*at).ok_or(BadPattern)?;
    if letter == '-' || letter == ']' {
        return Err(BadPattern);
    }
    if letter == '\\' {
        *at += 1;
        letter = *pattern.get(*at).ok_or(BadPattern)?;
    }
    *at += 1;
    Ok(letter)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_stop_at_slashes() {
        assert_eq!(matches("a*", "a b"), Ok(true));
        assert_eq!(matches("a*", "a b/c"), Ok(false));
        assert_eq!(matches("*-v1-*", "chronograf-v1-0001"), Ok(true));
    }

    #[test]
    fn classes_and_escapes() {
        assert_eq!(matches("[ab]", "b"), Ok(true));
        assert_eq!(matches("[^a]", "a"), Ok(false));
        assert_eq!(matches("\\*", "*"), Ok(true));
        assert_eq!(matches("[a", "a"), Err(BadPattern));
        assert_eq!(check("["), Err(BadPattern));
        assert_eq!(check("http*"), Ok(()));
    }
}
