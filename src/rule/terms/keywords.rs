//! The closed lists of words that a rule's attributes take, each word with its documentation, defined once.

use std::fmt;

/// A word that an attribute does not know.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{given:?} is not allowed here; the allowed values are {}", quoted_list(.allowed))]
pub struct UnknownWord {
    /// The word that was given.
    pub given: String,
    /// The words that would have been allowed, in the order of the documentation.
    pub allowed: Vec<&'static str>,
}

/// Writes words as a list for a sentence: `"a", "b" and "c"`.
pub(in crate::rule) fn quoted_list(words: &[&str]) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("{word:?}")).collect();
    match quoted.split_last() {
        None => "none".to_owned(),
        Some((only, [])) => only.clone(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
    }
}

macro_rules! words {
    ($(#[$docs:meta])* $kind:ident { $($variant:ident = $word:literal: $meaning:literal,)+ }) => {
        $(#[$docs])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $kind {
            $(#[doc = $meaning] $variant,)+
        }

        impl $kind {
            /// Every value, in the order of the documentation.
            pub const ALL: &'static [$kind] = &[$($kind::$variant,)+];

            /// Every value's word, in the same order.
            pub const WORDS: &'static [&'static str] = &[$($word,)+];

            /// The word that the Terraform attribute takes.
            pub fn name(self) -> &'static str {
                match self {
                    $($kind::$variant => $word,)+
                }
            }

            /// What the value does, in one sentence.
            pub fn documentation(self) -> &'static str {
                match self {
                    $($kind::$variant => $meaning,)+
                }
            }
        }

        impl std::str::FromStr for $kind {
            type Err = UnknownWord;

            fn from_str(given: &str) -> Result<Self, UnknownWord> {
                match given {
                    $($word => Ok($kind::$variant),)+
                    _ => Err(UnknownWord { given: given.to_owned(), allowed: $kind::WORDS.to_vec() }),
                }
            }
        }

        impl fmt::Display for $kind {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(self.name())
            }
        }
    };
}

words! {
    /// What makes a rule go critical.
    TriggerKind {
        Threshold = "threshold": "Critical while the value compares with `value` as `operator` says.",
        Range = "range": "Critical while the value is inside or outside the range from `lower` to `upper`.",
        Relative = "relative": "Critical when the value changed, compared with `shift` earlier, as `operator` and `value` say.",
        Deadman = "deadman": "Critical when no point arrived for `period`.",
    }
}

words! {
    /// How a value is compared with a threshold.
    Operator {
        GreaterThan = ">": "Greater than the value.",
        GreaterThanOrEqual = ">=": "Greater than the value or equal to it.",
        LessThanOrEqual = "<=": "Less than the value or equal to it.",
        LessThan = "<": "Less than the value.",
        Equal = "==": "Equal to the value.",
        NotEqual = "!=": "Not equal to the value.",
    }
}

words! {
    /// On which side of a range's bounds a value is critical.
    RangeOperator {
        Inside = "inside": "Between `lower` and `upper`, the bounds included.",
        Outside = "outside": "Less than `lower` or greater than `upper`.",
    }
}

words! {
    /// How a change over time is measured.
    ChangeKind {
        Amount = "amount": "The current value minus the past one (Chronograf's `change`).",
        Percent = "percent": "The size of the change in per cent of the past value, without its sign (Chronograf's `% change`).",
    }
}

words! {
    /// The function that makes one value of a window of points.
    ///
    /// The list is that of Chronograf's builder, and what else its server accepts: Kapacitor's functions of one field.
    Aggregate {
        Mean = "mean": "The arithmetic mean.",
        Median = "median": "The middle value.",
        Count = "count": "The number of points.",
        Min = "min": "The smallest value.",
        Max = "max": "The greatest value.",
        Sum = "sum": "The sum of the values.",
        First = "first": "The oldest value.",
        Last = "last": "The newest value.",
        Spread = "spread": "The difference between the greatest and the smallest value.",
        Stddev = "stddev": "The standard deviation.",
        Mode = "mode": "The most frequent value (Chronograf keeps it but does not offer it).",
        Distinct = "distinct": "Each value once (Chronograf keeps it but does not offer it).",
        Difference = "difference": "The difference between a value and the one before (Chronograf keeps it but does not offer it).",
        CumulativeSum = "cumulativeSum": "The sum of a value and all before it (Chronograf keeps it but does not offer it).",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_reads_back_to_its_value() {
        for aggregate in Aggregate::ALL {
            assert_eq!(aggregate.name().parse(), Ok(*aggregate));
        }
        for operator in Operator::ALL {
            assert_eq!(operator.name().parse(), Ok(*operator));
        }
    }

    #[test]
    fn an_unknown_word_is_answered_with_the_list_of_the_known_ones() {
        let error = "between".parse::<RangeOperator>().unwrap_err();
        assert_eq!(
            error.to_string(),
            "\"between\" is not allowed here; the allowed values are \"inside\" and \"outside\""
        );
    }
}
