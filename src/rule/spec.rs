//! A rule as flat attributes, as Terraform has them: some set, some not, some not known yet.

use std::collections::BTreeMap;

use super::handlers::KINDS;
use super::{Aggregation, Definition, Field, Handler, Post, Rule, TagFilter, Trigger};

/// A map of texts, of which single values may be unknown.
pub type TextMap = BTreeMap<String, Field<String>>;

/// A list of texts, of which single values may be unknown.
pub type TextList = Vec<Field<String>>;

/// Lists of texts by tag, of which any part may be unknown.
pub type TagLists = BTreeMap<String, Field<TextList>>;

/// Hands a macro each attribute of a rule that is a value, with its type. What an attribute needs beside its entry in
/// [`ATTRIBUTES`](super::ATTRIBUTES), in each form that a rule has, follows from this list.
macro_rules! for_each_attribute {
    ($macro:ident) => {
        $macro! {
            name: String,
            database: String,
            retention_policy: String,
            measurement: String,
            field: String,
            aggregate: String,
            period: String,
            every: String,
            group_by: TextList,
            r#where: TagLists,
            exclude: TagLists,
            trigger: String,
            operator: String,
            value: String,
            lower: String,
            upper: String,
            change: String,
            shift: String,
            message: String,
            details: String,
            state_changes_only: bool,
            no_recoveries: bool,
            flapping: bool,
        }
    };
}
pub(crate) use for_each_attribute;

/// The name in Terraform of the attribute that is called so in Rust, where a keyword has a prefix.
macro_rules! terraform_name {
    ($name:ident) => {
        stringify!($name).trim_start_matches("r#")
    };
}
pub(crate) use terraform_name;

/// Its entry in the table.
macro_rules! entry {
    ($name:ident) => {
        $crate::rule::attribute($crate::rule::terraform_name!($name))
    };
}
pub(crate) use entry;

macro_rules! define_spec {
    ($($name:ident: $type:ty,)+) => {
        /// The attributes of a rule. [`ATTRIBUTES`](super::ATTRIBUTES) says what each means.
        #[derive(Debug, Clone, PartialEq, Eq, Default)]
        #[allow(missing_docs)]
        pub struct RuleSpec {
            $(pub $name: Field<$type>,)+
            /// The webhooks.
            pub posts: Field<Vec<PostSpec>>,
            /// The other handlers.
            pub handlers: Field<Vec<HandlerSpec>>,
        }

        impl RuleSpec {
            /// Whether one of these attributes is set, by its name in Terraform.
            pub(super) fn state(&self, name: &str) -> Field<()> {
                fn of<T>(field: &Field<T>) -> Field<()> {
                    field.as_ref().map(|_| ())
                }
                $(if name == terraform_name!($name) {
                    return of(&self.$name);
                })+
                Field::Absent
            }
        }
    };
}
for_each_attribute!(define_spec);

/// The attributes of a webhook.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[allow(missing_docs)]
pub struct PostSpec {
    pub url: Field<String>,
    pub endpoint: Field<String>,
    pub headers: Field<TextMap>,
    pub sensitive_headers: Field<TextMap>,
}

/// A handler, with its options as texts: a flag is `true` or `false`, a list has commas or is a JSON array.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[allow(missing_docs)]
pub struct HandlerSpec {
    pub kind: Field<String>,
    pub options: Field<TextMap>,
    pub secrets: Field<TextMap>,
}

impl From<Rule> for RuleSpec {
    fn from(rule: Rule) -> Self {
        // All by name, so that none can be forgotten below.
        let Definition {
            name,
            database,
            retention_policy,
            measurement,
            group_by,
            tags,
            trigger,
            message,
            details,
            state_changes_only,
            no_recoveries,
            flapping,
            posts,
            handlers,
        } = rule.definition;
        let (accepted, exclude) = match &tags {
            TagFilter::All => (Field::Absent, Field::Absent),
            TagFilter::Where(tags) => (Field::Known(known_lists(tags)), Field::Absent),
            TagFilter::Exclude(tags) => (Field::Absent, Field::Known(known_lists(tags))),
        };
        RuleSpec {
            name: Field::Known(name),
            database: Field::Known(database),
            retention_policy: Field::Known(retention_policy),
            measurement: Field::Known(measurement),
            group_by: Some(group_by)
                .filter(|tags| !tags.is_empty())
                .map(|tags| known_list(&tags))
                .into(),
            r#where: accepted,
            exclude,
            message: Field::Known(message),
            details: Field::Known(details),
            state_changes_only: Field::Known(state_changes_only),
            no_recoveries: Field::Known(no_recoveries),
            flapping: Field::Known(flapping),
            posts: Field::Known(posts.into_iter().map(PostSpec::from).collect()),
            handlers: Field::Known(by_kind(handlers).iter().map(HandlerSpec::from).collect()),
            ..trigger_spec(&trigger)
        }
    }
}

/// Handlers in the order in which Kapacitor prints them, which a script that was edited by hand need not have.
fn by_kind(mut handlers: Vec<Handler>) -> Vec<Handler> {
    handlers.sort_by_key(Handler::position);
    handlers
}

impl HandlerSpec {
    /// The place of its kind in what Kapacitor prints.
    pub(super) fn position(&self) -> Option<usize> {
        let name = self.kind.known()?;
        KINDS.iter().position(|kind| kind.name == name)
    }
}

impl From<Post> for PostSpec {
    /// All headers become plain ones: a script does not tell which are secret.
    fn from(post: Post) -> Self {
        PostSpec {
            url: post.url.into(),
            endpoint: post.endpoint.into(),
            headers: Some(post.headers)
                .filter(|headers| !headers.is_empty())
                .map(known_map)
                .into(),
            sensitive_headers: Field::Absent,
        }
    }
}

impl From<&Handler> for HandlerSpec {
    fn from(handler: &Handler) -> Self {
        let of_map = |secret: bool| {
            let options: TextMap = handler
                .kind
                .options
                .iter()
                .filter(|option| option.secret == secret)
                .filter_map(|option| {
                    Some((
                        option.name.to_owned(),
                        Field::Known(handler.option(option.name)?.written()),
                    ))
                })
                .collect();
            Some(options).filter(|options| !options.is_empty()).into()
        };
        HandlerSpec {
            kind: handler.kind.name.into(),
            options: of_map(false),
            secrets: of_map(true),
        }
    }
}

/// The attributes that depend on the trigger.
fn trigger_spec(trigger: &Trigger) -> RuleSpec {
    let mut spec = RuleSpec {
        trigger: trigger.kind().name().into(),
        ..RuleSpec::default()
    };
    spec.field = trigger.field().map(str::to_owned).into();
    if let Some(Aggregation {
        function,
        period,
        every,
    }) = trigger.source().and_then(|source| source.aggregate.as_ref())
    {
        spec.aggregate = function.name().into();
        spec.period = period.as_str().into();
        spec.every = every.as_str().into();
    }
    match trigger {
        Trigger::Threshold { operator, value, .. } => {
            spec.operator = operator.name().into();
            spec.value = Field::Known(value.to_string());
        }
        Trigger::Range {
            operator, lower, upper, ..
        } => {
            spec.operator = operator.name().into();
            spec.lower = Field::Known(lower.to_string());
            spec.upper = Field::Known(upper.to_string());
        }
        Trigger::Relative {
            change,
            shift,
            operator,
            value,
            ..
        } => {
            spec.change = change.name().into();
            spec.shift = shift.as_str().into();
            spec.operator = operator.name().into();
            spec.value = Field::Known(value.to_string());
        }
        Trigger::Deadman { period, .. } => spec.period = period.as_str().into(),
    }
    spec
}

fn known_list(texts: &[String]) -> TextList {
    texts.iter().cloned().map(Field::Known).collect()
}

fn known_map(texts: BTreeMap<String, String>) -> TextMap {
    texts
        .into_iter()
        .map(|(name, text)| (name, Field::Known(text)))
        .collect()
}

fn known_lists(tags: &BTreeMap<String, Vec<String>>) -> BTreeMap<String, Field<TextList>> {
    tags.iter()
        .map(|(tag, values)| (tag.clone(), Field::Known(known_list(values))))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::ATTRIBUTES;
    use super::*;

    #[test]
    fn the_table_and_the_spec_have_the_same_attributes() {
        macro_rules! names {
            ($($name:ident: $type:ty,)+) => {
                [$(terraform_name!($name)),+]
            };
        }
        let of_table: Vec<&str> = ATTRIBUTES.iter().map(|attribute| attribute.name).collect();
        assert_eq!(for_each_attribute!(names).as_slice(), of_table);
    }

    #[test]
    fn an_attribute_is_set_by_its_own_field() {
        let spec = RuleSpec {
            flapping: Field::Known(true),
            r#where: Field::Unknown,
            ..RuleSpec::default()
        };
        for attribute in ATTRIBUTES {
            let expected = match attribute.name {
                "flapping" => Field::Known(()),
                "where" => Field::Unknown,
                _ => Field::Absent,
            };
            assert_eq!(spec.state(attribute.name), expected, "{}", attribute.name);
        }
    }
}
