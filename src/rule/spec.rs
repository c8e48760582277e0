//! A rule as flat attributes, as Terraform has them: some set, some not, some not known yet.

use std::collections::BTreeMap;

use super::handlers::KINDS;
use super::{Aggregation, Definition, Field, Handler, Post, Rule, TagFilter, Trigger};

/// A map of texts, of which single values may be unknown.
pub type TextMap = BTreeMap<String, Field<String>>;

/// A list of texts, of which single values may be unknown.
pub type TextList = Vec<Field<String>>;

/// The attributes of a rule. [`ATTRIBUTES`](super::ATTRIBUTES) says what each means.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[allow(missing_docs)]
pub struct RuleSpec {
    pub name: Field<String>,
    pub database: Field<String>,
    pub retention_policy: Field<String>,
    pub measurement: Field<String>,
    pub field: Field<String>,
    pub aggregate: Field<String>,
    pub period: Field<String>,
    pub every: Field<String>,
    pub group_by: Field<TextList>,
    /// The attribute `where`.
    pub where_tags: Field<BTreeMap<String, Field<TextList>>>,
    pub exclude: Field<BTreeMap<String, Field<TextList>>>,
    pub trigger: Field<String>,
    pub operator: Field<String>,
    /// A number, `TRUE`, `FALSE` or a text, as written.
    pub value: Field<String>,
    /// A number, as written.
    pub lower: Field<String>,
    /// A number, as written.
    pub upper: Field<String>,
    pub change: Field<String>,
    pub shift: Field<String>,
    pub message: Field<String>,
    pub details: Field<String>,
    pub state_changes_only: Field<bool>,
    pub no_recoveries: Field<bool>,
    pub flapping: Field<bool>,
    /// The webhooks.
    pub posts: Field<Vec<PostSpec>>,
    /// The other handlers.
    pub handlers: Field<Vec<HandlerSpec>>,
}

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

impl RuleSpec {
    /// Whether an attribute is set, by its name in Terraform.
    pub(super) fn state(&self, name: &str) -> Field<()> {
        fn of<T>(field: &Field<T>) -> Field<()> {
            field.as_ref().map(|_| ())
        }
        match name {
            "name" => of(&self.name),
            "database" => of(&self.database),
            "retention_policy" => of(&self.retention_policy),
            "measurement" => of(&self.measurement),
            "field" => of(&self.field),
            "aggregate" => of(&self.aggregate),
            "period" => of(&self.period),
            "every" => of(&self.every),
            "group_by" => of(&self.group_by),
            "where" => of(&self.where_tags),
            "exclude" => of(&self.exclude),
            "trigger" => of(&self.trigger),
            "operator" => of(&self.operator),
            "value" => of(&self.value),
            "lower" => of(&self.lower),
            "upper" => of(&self.upper),
            "change" => of(&self.change),
            "shift" => of(&self.shift),
            "message" => of(&self.message),
            "details" => of(&self.details),
            "state_changes_only" => of(&self.state_changes_only),
            "no_recoveries" => of(&self.no_recoveries),
            "flapping" => of(&self.flapping),
            "post" => of(&self.posts),
            "handler" => of(&self.handlers),
            _ => Field::Absent,
        }
    }
}

impl From<Rule> for RuleSpec {
    fn from(rule: Rule) -> Self {
        let Definition { tags, trigger, .. } = &rule.definition;
        let (where_tags, exclude) = match tags {
            TagFilter::All => (Field::Absent, Field::Absent),
            TagFilter::Where(tags) => (Field::Known(known_lists(tags)), Field::Absent),
            TagFilter::Exclude(tags) => (Field::Absent, Field::Known(known_lists(tags))),
        };
        let with_trigger = trigger_spec(trigger);
        let definition = rule.definition;
        RuleSpec {
            name: Field::Known(definition.name),
            database: Field::Known(definition.database),
            retention_policy: Field::Known(definition.retention_policy),
            measurement: Field::Known(definition.measurement),
            group_by: Some(definition.group_by)
                .filter(|tags| !tags.is_empty())
                .map(|tags| known_list(&tags))
                .into(),
            where_tags,
            exclude,
            message: Field::Known(definition.message),
            details: Field::Known(definition.details),
            state_changes_only: Field::Known(definition.state_changes_only),
            no_recoveries: Field::Known(definition.no_recoveries),
            flapping: Field::Known(definition.flapping),
            posts: Field::Known(definition.posts.into_iter().map(PostSpec::from).collect()),
            handlers: Field::Known(by_kind(definition.handlers).iter().map(HandlerSpec::from).collect()),
            ..with_trigger
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
    fn every_attribute_of_the_table_has_a_field() {
        let mut spec = RuleSpec::default();
        for name in ["name", "database", "measurement"] {
            assert!(spec.state(name).is_absent());
        }
        let text = || Field::Known("x".to_owned());
        spec = RuleSpec {
            name: text(),
            database: text(),
            retention_policy: text(),
            measurement: text(),
            field: text(),
            aggregate: text(),
            period: text(),
            every: text(),
            group_by: Field::Known(vec![]),
            where_tags: Field::Known(BTreeMap::new()),
            exclude: Field::Known(BTreeMap::new()),
            trigger: text(),
            operator: text(),
            value: text(),
            lower: text(),
            upper: text(),
            change: text(),
            shift: text(),
            message: text(),
            details: text(),
            state_changes_only: Field::Known(true),
            no_recoveries: Field::Known(true),
            flapping: Field::Known(true),
            posts: Field::Known(vec![]),
            handlers: Field::Known(vec![]),
        };
        for attribute in ATTRIBUTES {
            assert!(
                spec.state(attribute.name).known().is_some(),
                "{} has no field",
                attribute.name
            );
        }
    }
}
