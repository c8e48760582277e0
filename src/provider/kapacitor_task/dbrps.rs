//! What a task reads, as a configuration writes it.

use crate::kapacitor::models::Dbrp;
use crate::provider::values::{known, text_list, TextList};
use tf_provider::value::Value;

pub(super) use crate::provider::task::script::dbrps_of as of_script;

/// Reads `DATABASE.RETENTION_POLICY`, or `"DATABASE"."RETENTION_POLICY"`.
pub(super) fn parse(text: &str) -> Option<Dbrp> {
    let (db, rp) = match text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
        Some(inside) => inside.split_once("\".\"")?,
        None => text.split_once('.').filter(|(_, rp)| !rp.contains('.'))?,
    };
    let whole = !db.is_empty() && !rp.is_empty() && !db.contains('"') && !rp.contains('"');
    whole.then(|| Dbrp {
        db: db.to_owned(),
        rp: rp.to_owned(),
    })
}

/// The elements of the list, if all are known and can be read.
pub(super) fn parse_all(list: &TextList) -> Option<Vec<Dbrp>> {
    match list {
        Value::Value(list) => list.iter().map(|element| parse(known(element)?)).collect(),
        _ => None,
    }
}

/// The list as the attribute has it.
pub(super) fn shown(dbrps: &[Dbrp]) -> TextList {
    let text = |dbrp: &Dbrp| match dbrp.db.contains('.') || dbrp.rp.contains('.') {
        true => format!("\"{}\".\"{}\"", dbrp.db, dbrp.rp),
        false => format!("{}.{}", dbrp.db, dbrp.rp),
    };
    text_list(dbrps.iter().map(text).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_with_dots_have_quotes() {
        for text in ["telegraf.autogen", "\"my.db\".\"auto.gen\"", "\"my.db\".\"autogen\""] {
            assert_eq!(shown(&[parse(text).unwrap()]), text_list(vec![text.to_owned()]));
        }
        assert_eq!(parse("\"telegraf\".\"autogen\""), parse("telegraf.autogen"));
        for text in ["telegraf", "a.b.c", ".a", "a.", "\"a\"", "\"a\".\"\"", ""] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
