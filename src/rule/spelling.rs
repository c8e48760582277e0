//! Attributes that were read from a server, spelt as the configuration spells them where both mean the same.

use std::collections::BTreeMap;

use super::examine::{default_flag, default_text};
use super::handlers::{HandlerKind, OptionValue};
use super::{Field, HandlerSpec, Number, PostSpec, RuleSpec, TextMap, Value};

impl RuleSpec {
    /// These attributes in the spelling of others, where that says the same: `0.50` for `0.5`, an empty list for none, the
    /// order of the handlers, and which headers are sensitive, which no script tells.
    ///
    /// Meant for attributes that were read from a server, with those of the state: what then differs has changed.
    pub fn spelled_like(self, other: &RuleSpec) -> RuleSpec {
        let same_value = |read: &String, given: &String| Value::parse(read) == Value::parse(given);
        let same_number = |read: &String, given: &String| match (read.parse::<Number>(), given.parse::<Number>()) {
            (Ok(read), Ok(given)) => read == given,
            _ => read == given,
        };
        RuleSpec {
            value: like(self.value, &other.value, same_value),
            lower: like(self.lower, &other.lower, same_number),
            upper: like(self.upper, &other.upper, same_number),
            retention_policy: or_default(
                self.retention_policy,
                &other.retention_policy,
                &default_text("retention_policy").to_owned(),
            ),
            message: or_default(self.message, &other.message, &default_text("message").to_owned()),
            details: or_default(self.details, &other.details, &default_text("details").to_owned()),
            state_changes_only: or_default(
                self.state_changes_only,
                &other.state_changes_only,
                &default_flag("state_changes_only"),
            ),
            no_recoveries: or_default(self.no_recoveries, &other.no_recoveries, &default_flag("no_recoveries")),
            flapping: or_default(self.flapping, &other.flapping, &default_flag("flapping")),
            group_by: or_default(self.group_by, &other.group_by, &Vec::new()),
            where_tags: or_default(self.where_tags, &other.where_tags, &BTreeMap::new()),
            exclude: or_default(self.exclude, &other.exclude, &BTreeMap::new()),
            posts: posts_like(self.posts, &other.posts),
            handlers: handlers_like(self.handlers, &other.handlers),
            ..self
        }
    }
}

/// The other spelling where both are known and the same.
fn like<T: Clone>(read: Field<T>, other: &Field<T>, same: impl Fn(&T, &T) -> bool) -> Field<T> {
    match (&read, other) {
        (Field::Known(value), Field::Known(given)) if same(value, given) => other.clone(),
        _ => read,
    }
}

/// The other spelling where it, with the default for nothing, is the same.
fn or_default<T: Clone + PartialEq>(read: Field<T>, other: &Field<T>, default: &T) -> Field<T> {
    if other.is_unknown() || read.is_unknown() {
        return read;
    }
    if read.known().unwrap_or(default) == other.known().unwrap_or(default) {
        other.clone()
    } else {
        read
    }
}

/// Posts by their places, since nothing else tells which is which after a change.
fn posts_like(read: Field<Vec<PostSpec>>, other: &Field<Vec<PostSpec>>) -> Field<Vec<PostSpec>> {
    let given = match other {
        Field::Known(given) => given.as_slice(),
        _ => &[],
    };
    if given.is_empty() {
        return or_default(read, other, &Vec::new());
    }
    read.map(|posts| {
        let paired = posts.into_iter().enumerate();
        paired
            .map(|(place, post)| given.get(place).map_or(post.clone(), |given| post_like(post, given)))
            .collect()
    })
}

/// Puts the headers into the maps in which the other post has them; new ones stay plain.
fn post_like(read: PostSpec, other: &PostSpec) -> PostSpec {
    let all: TextMap = [read.headers, read.sensitive_headers]
        .into_iter()
        .filter_map(Field::into_known)
        .flatten()
        .collect();
    let (sensitive, plain): (TextMap, TextMap) = all.into_iter().partition(|(name, _)| {
        other
            .sensitive_headers
            .known()
            .is_some_and(|map| map.contains_key(name))
    });
    let map = |headers: TextMap, given: &Field<TextMap>| {
        or_default(
            Some(headers).filter(|headers| !headers.is_empty()).into(),
            given,
            &TextMap::new(),
        )
    };
    PostSpec {
        headers: map(plain, &other.headers),
        sensitive_headers: map(sensitive, &other.sensitive_headers),
        ..read
    }
}

/// Handlers in the other order, each in the other spelling where one says the same; then what is new.
fn handlers_like(read: Field<Vec<HandlerSpec>>, other: &Field<Vec<HandlerSpec>>) -> Field<Vec<HandlerSpec>> {
    let given = match other {
        Field::Known(given) => given.as_slice(),
        _ => &[],
    };
    if given.is_empty() {
        return or_default(read, other, &Vec::new());
    }
    read.map(|mut left| {
        let mut spelled: Vec<Option<HandlerSpec>> = given.iter().map(|given| take_same(&mut left, given)).collect();
        // A handler whose options changed takes the place of the one of its kind, so that the difference shows there.
        for (slot, given) in spelled.iter_mut().zip(given) {
            if slot.is_none() {
                let changed = left.iter().position(|handler| handler.kind == given.kind);
                *slot = changed.map(|place| left.remove(place));
            }
        }
        spelled.into_iter().flatten().chain(left).collect()
    })
}

fn take_same(left: &mut Vec<HandlerSpec>, given: &HandlerSpec) -> Option<HandlerSpec> {
    let meaning = meaning(given)?;
    let place = left
        .iter()
        .position(|handler| self::meaning(handler).as_ref() == Some(&meaning))?;
    left.remove(place);
    Some(given.clone())
}

/// What a handler's options say, whatever their spelling; nothing where they are unknown or wrong.
fn meaning(handler: &HandlerSpec) -> Option<(&'static str, BTreeMap<&'static str, OptionValue>)> {
    let kind = HandlerKind::named(handler.kind.known()?).ok()?;
    let mut options = BTreeMap::new();
    for map in [&handler.options, &handler.secrets] {
        if map.is_unknown() {
            return None;
        }
        for (name, written) in map.known().into_iter().flatten() {
            let option = kind.option(name).ok()?;
            let value = match written {
                Field::Known(written) => option.parse(written).ok()?,
                Field::Absent => None,
                Field::Unknown => return None,
            };
            if let Some(value) = value {
                options.insert(option.name, value);
            }
        }
    }
    Some((kind.name, options))
}

#[cfg(test)]
mod tests {
    use super::super::Rule;
    use super::*;

    fn texts(pairs: &[(&str, &str)]) -> Field<TextMap> {
        Field::Known(
            pairs
                .iter()
                .map(|(name, text)| ((*name).to_owned(), (*text).into()))
                .collect(),
        )
    }

    fn configured() -> RuleSpec {
        RuleSpec {
            name: "cpu".into(),
            database: "telegraf".into(),
            measurement: "cpu".into(),
            field: "usage".into(),
            trigger: "threshold".into(),
            operator: ">".into(),
            value: "0.50".into(),
            where_tags: Field::Known(BTreeMap::new()),
            group_by: Field::Known(Vec::new()),
            posts: Field::Known(vec![PostSpec {
                url: "https://host/path".into(),
                headers: texts(&[("Accept", "*/*")]),
                sensitive_headers: texts(&[("Authorization", "Bearer x")]),
                ..PostSpec::default()
            }]),
            handlers: Field::Known(vec![
                HandlerSpec {
                    kind: "slack".into(),
                    options: texts(&[("channel", "#b"), ("username", "")]),
                    ..HandlerSpec::default()
                },
                HandlerSpec {
                    kind: "email".into(),
                    options: texts(&[("to", "[\"a@x\", \"b@x\"]")]),
                    ..HandlerSpec::default()
                },
                HandlerSpec {
                    kind: "slack".into(),
                    options: texts(&[("channel", "#a")]),
                    ..HandlerSpec::default()
                },
            ]),
            ..RuleSpec::default()
        }
    }

    fn read_back(spec: RuleSpec) -> RuleSpec {
        let script = Rule::try_from(spec).unwrap().to_tickscript();
        RuleSpec::from(Rule::from_tickscript(&script).unwrap())
    }

    #[test]
    fn what_was_written_and_read_back_is_spelt_as_it_was() {
        let read = read_back(configured());
        assert_ne!(read, configured());
        assert_eq!(read.spelled_like(&configured()), configured());
    }

    #[test]
    fn what_changed_on_the_server_still_shows() {
        let mut changed = configured();
        changed.value = "0.6".into();
        changed.message = "new".into();
        changed.handlers = changed.handlers.map(|mut handlers| {
            handlers[2].options = texts(&[("channel", "#c")]);
            handlers
        });
        let spelled = read_back(changed).spelled_like(&configured());
        assert_eq!(spelled.value, "0.6".into());
        assert_eq!(spelled.message, "new".into());
        let handlers = spelled.handlers.into_known().unwrap();
        assert_eq!(handlers[0], configured().handlers.into_known().unwrap()[0]);
        assert_eq!(handlers[2].options, texts(&[("channel", "#c")]));
    }
}
