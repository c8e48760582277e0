//! Which series a rule looks at, and how it groups them.

use std::collections::BTreeMap;

use super::validation::{Use, Validation};
use crate::rule::{AttributePath, Field, RuleSpec, TagFilter, TextList};

impl Validation {
    pub(super) fn group_by(&mut self, given: &Field<TextList>) -> Option<Vec<String>> {
        let tags = match given {
            Field::Absent => return Some(Vec::new()),
            Field::Unknown => return None,
            Field::Known(tags) => tags,
        };
        let path = AttributePath::root("group_by");
        let known = self.texts(&path, tags, Use::Name)?;
        for (index, tag) in known.iter().enumerate() {
            if tag == "*" {
                self.discourage(
                    path.index(index),
                    "Kapacitor takes \"*\" in a rule for a tag of that name, not for all tags, so that all series share one alert. \
                     Name the tags.",
                );
            }
            if known[..index].contains(tag) {
                self.discourage(path.index(index), format!("The tag {tag:?} is there twice."));
            }
        }
        Some(known)
    }

    pub(super) fn tags(&mut self, spec: &RuleSpec) -> Option<TagFilter> {
        let accepted = self.tag_map("where", &spec.r#where);
        let excluded = self.tag_map("exclude", &spec.exclude);
        if let (Some(accepted), Some(excluded)) = (spec.r#where.known(), spec.exclude.known()) {
            if !accepted.is_empty() && !excluded.is_empty() {
                self.error(
                    AttributePath::root("exclude"),
                    "A rule has where or exclude, not both: Chronograf's builder cannot mix them.",
                );
            }
        }
        let (accepted, excluded) = (accepted?, excluded?);
        Some(match (accepted.is_empty(), excluded.is_empty()) {
            (true, true) => TagFilter::All,
            (false, _) => TagFilter::Where(accepted),
            (true, false) => TagFilter::Exclude(excluded),
        })
    }

    fn tag_map(
        &mut self,
        name: &'static str,
        given: &Field<BTreeMap<String, Field<TextList>>>,
    ) -> Option<BTreeMap<String, Vec<String>>> {
        let tags = match given {
            Field::Absent => return Some(BTreeMap::new()),
            Field::Unknown => return None,
            Field::Known(tags) => tags,
        };
        let mut complete = Some(BTreeMap::new());
        for (tag, values) in tags {
            let path = AttributePath::root(name).key(tag);
            let tag_is_right = self.writable(&path, tag, Use::Column).is_some();
            let values = match values {
                Field::Known(values) if !values.is_empty() => self.texts(&path, values, Use::Text),
                Field::Unknown => None,
                _ => {
                    self.error(path, format!("The tag {tag:?} needs at least one value."));
                    None
                }
            };
            match (values, &mut complete) {
                (Some(values), Some(map)) if tag_is_right => {
                    map.insert(tag.clone(), values);
                }
                _ => complete = None,
            }
        }
        complete
    }
}
