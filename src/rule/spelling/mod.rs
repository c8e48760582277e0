//! Attributes that were read from a server, spelt as the configuration spells them where both mean the same.

mod pairing;

use crate::rule::{
    entry, for_each_attribute, is_secret_header, Attribute, AttributeValue, Field, HandlerSpec, PostSpec, RuleSpec,
    TextMap,
};

/// For each block, the place of the former one that it is.
pub type Pairs = Vec<Option<usize>>;

/// Attributes that were read, in the spelling of former ones.
#[derive(Debug)]
pub struct Preserved {
    /// The attributes.
    pub spec: RuleSpec,
    /// Which of the former webhooks each one is.
    pub posts: Pairs,
    /// Which of the former handlers each one is.
    pub handlers: Pairs,
}

impl RuleSpec {
    /// These attributes in the spelling of others, where that says the same: `0.50` for `0.5`, an empty list for none, the
    /// order of the handlers, and which headers are sensitive, which no script tells.
    ///
    /// Meant for attributes that were read from a server, with those of the state: what then differs has changed.
    pub fn preserving_spelling(self, other: &RuleSpec) -> Preserved {
        let (posts, post_pairs) = posts_like(self.posts, &other.posts);
        let (handlers, handler_pairs) = handlers_like(self.handlers, &other.handlers);
        macro_rules! with_values_like {
            ($($name:ident: $type:ty,)+) => {
                RuleSpec {
                    $($name: like(self.$name, &other.$name, entry!($name)),)+
                    posts,
                    handlers,
                }
            };
        }
        let spec = for_each_attribute!(with_values_like);
        Preserved {
            spec,
            posts: post_pairs,
            handlers: handler_pairs,
        }
    }

    /// These attributes as no configuration has them yet: headers that may be secrets are taken for such.
    pub fn with_secret_headers_apart(self) -> Preserved {
        let posts = self
            .posts
            .map(|posts| posts.into_iter().map(with_headers_apart).collect());
        let count = |blocks: Option<usize>| vec![None; blocks.unwrap_or_default()];
        Preserved {
            posts: count(posts.known().map(Vec::len)),
            handlers: count(self.handlers.known().map(Vec::len)),
            spec: RuleSpec { posts, ..self },
        }
    }
}

/// The other spelling where it means the same: as a value of this attribute, or by leaving it out.
fn like<T: AttributeValue>(read: Field<T>, other: &Field<T>, attribute: Option<&Attribute>) -> Field<T> {
    let Some(attribute) = attribute.filter(|_| !read.is_unknown() && !other.is_unknown()) else {
        return read;
    };
    let default = T::left_out(attribute.presence);
    match (read.known().or(default.as_ref()), other.known().or(default.as_ref())) {
        (Some(value), Some(given)) if value.means(given, attribute.kind) => other.clone(),
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

/// Webhooks, each with its headers in the maps in which the former one has them.
fn posts_like(read: Field<Vec<PostSpec>>, former: &Field<Vec<PostSpec>>) -> (Field<Vec<PostSpec>>, Pairs) {
    let Some(given) = former.known().filter(|given| !given.is_empty()) else {
        let sorted = read.map(|posts| posts.into_iter().map(with_headers_apart).collect::<Vec<_>>());
        let pairs = vec![None; sorted.known().map_or(0, Vec::len)];
        return (or_default(sorted, former, &Vec::new()), pairs);
    };
    let posts = read.into_known().unwrap_or_default();
    let pairs = pairing::posts(&posts, given);
    let spelled = posts
        .into_iter()
        .zip(&pairs)
        .map(|(post, pair)| post_like(post, pair.map(|place| &given[place]), given));
    (Field::Known(spelled.collect()), pairs)
}

/// What no configuration has claimed yet: headers that may be secrets are taken for such.
fn with_headers_apart(post: PostSpec) -> PostSpec {
    post_like(post, None, &[])
}

/// Puts each header into the map in which the former webhook has it. One that is new is taken for a secret, unless its name
/// is known to be harmless, or any webhook of before showed it with the same value.
fn post_like(read: PostSpec, former: Option<&PostSpec>, all: &[PostSpec]) -> PostSpec {
    let headers: TextMap = [read.headers, read.sensitive_headers]
        .into_iter()
        .filter_map(Field::into_known)
        .flatten()
        .collect();
    let is_in = |map: fn(&PostSpec) -> &Field<TextMap>, name: &str| {
        former.is_some_and(|former| header(map(former), name).is_some())
    };
    let was_shown =
        |name: &str, value: &Field<String>| all.iter().any(|post| header(&post.headers, name) == Some(value));
    let (sensitive, plain): (TextMap, TextMap) = headers.into_iter().partition(|(name, value)| {
        let is_sensitive = is_in(|post| &post.sensitive_headers, name);
        let is_plain = is_in(|post| &post.headers, name) || was_shown(name, value) || !is_secret_header(name);
        is_sensitive || !is_plain
    });
    let map = |headers: TextMap, given: Option<&Field<TextMap>>| {
        let headers = Some(headers).filter(|headers| !headers.is_empty()).into();
        or_default(headers, given.unwrap_or(&Field::Absent), &TextMap::new())
    };
    PostSpec {
        headers: map(plain, former.map(|former| &former.headers)),
        sensitive_headers: map(sensitive, former.map(|former| &former.sensitive_headers)),
        ..read
    }
}

/// A header's value by its name, of which HTTP does not tell capital letters apart.
fn header<'a>(headers: &'a Field<TextMap>, name: &str) -> Option<&'a Field<String>> {
    let mut known = headers.known().into_iter().flatten();
    known
        .find(|(known, _)| known.eq_ignore_ascii_case(name))
        .map(|(_, value)| value)
}

/// Handlers of a kind in the former order, each in the former spelling where that says the same; then what is new.
fn handlers_like(read: Field<Vec<HandlerSpec>>, former: &Field<Vec<HandlerSpec>>) -> (Field<Vec<HandlerSpec>>, Pairs) {
    let Some(given) = former.known().filter(|given| !given.is_empty()) else {
        let pairs = vec![None; read.known().map_or(0, Vec::len)];
        return (or_default(read, former, &Vec::new()), pairs);
    };
    let handlers = read.into_known().unwrap_or_default();
    let pairs = pairing::handlers(&handlers, given);
    let mut ordered: Vec<(Option<usize>, HandlerSpec)> = pairs.into_iter().zip(handlers).collect();
    // By kind, as they were read, and of a kind what is new comes last.
    ordered.sort_by_key(|(pair, handler)| (handler.position(), pair.unwrap_or(usize::MAX)));
    for (pair, handler) in &mut ordered {
        if let Some(given) = pair
            .map(|place| &given[place])
            .filter(|given| pairing::says_same(handler, given))
        {
            *handler = given.clone();
        }
    }
    let (pairs, handlers) = ordered.into_iter().unzip();
    (Field::Known(handlers), pairs)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::Rule;
    use std::collections::BTreeMap;

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
            r#where: Field::Known(BTreeMap::new()),
            group_by: Field::Known(Vec::new()),
            posts: Field::Known(vec![PostSpec {
                url: "https://host/path".into(),
                headers: texts(&[("Accept", "*/*")]),
                sensitive_headers: texts(&[("Authorization", "Bearer x")]),
                ..PostSpec::default()
            }]),
            handlers: Field::Known(vec![
                HandlerSpec {
                    kind: "email".into(),
                    options: texts(&[("to", "[\"a@x\", \"b@x\"]")]),
                    ..HandlerSpec::default()
                },
                HandlerSpec {
                    kind: "slack".into(),
                    options: texts(&[("channel", "#b"), ("username", "")]),
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
        assert_eq!(read.preserving_spelling(&configured()).spec, configured());
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
        let spelled = read_back(changed).preserving_spelling(&configured()).spec;
        assert_eq!(spelled.value, "0.6".into());
        assert_eq!(spelled.message, "new".into());
        let handlers = spelled.handlers.into_known().unwrap();
        assert_eq!(handlers[0], configured().handlers.into_known().unwrap()[0]);
        assert_eq!(handlers[2].options, texts(&[("channel", "#c")]));
    }
}
