//! From flat attributes to a rule: checks each attribute as far as it is known, and builds the rule where all are.

use std::collections::BTreeMap;

use super::attributes::{attribute, Need, Presence, ATTRIBUTES};
use super::handlers::{Content, Form, Handler, HandlerKind, HandlerOption, OptionValue};
use super::value::begins_like_a_number;
use super::words::UnknownWord;
use super::write;
use super::{
    Aggregate, Aggregation, AttributePath, ChangeKind, Definition, Duration, Field, HandlerSpec, Number, Operator,
    Post, PostSpec, RangeOperator, Rule, RuleError, RuleSpec, Source, TagFilter, TextList, TextMap, Trigger,
    TriggerKind, Value,
};
use crate::template::{self, ErrorKind, Place};
use crate::tickscript::ast::{Reference, StringLiteral};
use crate::tickscript::{self, Program};
use crate::webhook::{self, WebhookUrl};

impl RuleSpec {
    /// What is wrong with the attributes, as far as they are known. Empty for a rule that can be built, or that may
    /// turn out to be one when the rest is known.
    ///
    /// It does not look at the script as a whole, which [`RuleSpec::examine`] does.
    pub fn check(&self) -> Vec<RuleError> {
        let mut examiner = Examiner::default();
        let _ = examiner.make(self, |definition| program(&definition));
        examiner.impossible.append(&mut examiner.unwise);
        examiner.impossible
    }

    /// What is wrong with the attributes and, where a rule can be so, the rule.
    pub fn examine(&self) -> Examined {
        Examiner::examine(self)
    }
}

impl Rule {
    /// Builds a rule that a server may hold although we would let nobody write it: one that Kapacitor runs and that will
    /// do no good, such as a range whose bounds are swapped.
    ///
    /// # Errors
    /// The attributes that are unknown, missing or contradictory, or that TICKscript cannot express.
    pub fn as_found(spec: &RuleSpec) -> Result<Rule, Vec<RuleError>> {
        spec.examine().found()
    }
}

impl TryFrom<RuleSpec> for Rule {
    type Error = Vec<RuleError>;

    /// Builds the rule.
    ///
    /// # Errors
    /// All that [`RuleSpec::check`] finds, or that an attribute is still unknown.
    fn try_from(spec: RuleSpec) -> Result<Rule, Vec<RuleError>> {
        let examined = spec.examine();
        let errors = examined.errors();
        if errors.is_empty() {
            examined.found()
        } else {
            Err(errors)
        }
    }
}

fn refused(reason: impl std::fmt::Display) -> RuleError {
    RuleError::new(
        AttributePath::root("name"),
        format!("The rule cannot be written: {reason}."),
    )
}

/// The statements of a rule, as they are written and not yet as Kapacitor reads them.
fn program(definition: &Definition) -> Result<Program, RuleError> {
    write::program(definition).map_err(refused)
}

/// Joins a definition and its script.
fn written(definition: Definition) -> Result<Rule, RuleError> {
    let program = program(&definition)?;
    // A line break in an option of a handler makes Kapacitor print the call over several lines when it has read it.
    let program = tickscript::parse(&program.to_string()).map_err(|error| refused(error.kind()))?;
    Ok(Rule {
        definition,
        script: program.to_string(),
        program,
    })
}

/// Collects errors, and returns what is right: `None` stands for a value that is not known, or that is wrong and told.
#[derive(Default)]
struct Examiner {
    /// What no rule can be.
    impossible: Vec<RuleError>,
    /// What a rule can be and should not.
    unwise: Vec<RuleError>,
}

/// What came of an examination.
#[derive(Debug)]
pub struct Examined {
    rule: Option<Rule>,
    impossible: Vec<RuleError>,
    unwise: Vec<RuleError>,
}

impl Examined {
    /// What is wrong with the attributes, as far as they are known.
    pub fn errors(&self) -> Vec<RuleError> {
        self.impossible.iter().chain(&self.unwise).cloned().collect()
    }

    /// The rule, be it a wise one or not; none where an attribute is not known yet or no rule can be so.
    pub fn rule(self) -> Option<Rule> {
        self.found().ok()
    }

    fn found(self) -> Result<Rule, Vec<RuleError>> {
        if !self.impossible.is_empty() {
            return Err(self.impossible);
        }
        self.rule.ok_or_else(|| {
            vec![RuleError::new(
                AttributePath::root("name"),
                "An attribute of the rule is not known yet.",
            )]
        })
    }
}

/// What a text is used for in the script, which decides what it may hold.
#[derive(Clone, Copy, PartialEq)]
enum Use {
    /// A string that may be empty.
    Text,
    /// A string that has to say something.
    Name,
    /// The name of a field or tag, which is written as a reference and as a string.
    Column,
}

impl Examiner {
    fn examine(spec: &RuleSpec) -> Examined {
        let mut examiner = Examiner::default();
        let rule = examiner.make(spec, written);
        Examined {
            rule,
            impossible: examiner.impossible,
            unwise: examiner.unwise,
        }
    }

    /// What `make` makes of the definition, where there is one.
    fn make<T>(&mut self, spec: &RuleSpec, make: impl FnOnce(Definition) -> Result<T, RuleError>) -> Option<T> {
        match make(self.definition(spec)?) {
            Ok(made) => Some(made),
            Err(error) => {
                self.impossible.push(error);
                None
            }
        }
    }

    fn error(&mut self, path: AttributePath, message: impl Into<String>) {
        self.impossible.push(RuleError::new(path, message));
    }

    fn advise(&mut self, path: AttributePath, message: impl Into<String>) {
        self.unwise.push(RuleError::new(path, message));
    }

    fn definition(&mut self, spec: &RuleSpec) -> Option<Definition> {
        let kind = self.word::<TriggerKind>("trigger", &spec.trigger);
        self.presence(spec, kind);
        let name = self.required_text("name", &spec.name, Use::Name);
        self.template(&AttributePath::root("name"), &spec.name, Place::Id);
        let database = self.required_text("database", &spec.database, Use::Name);
        let retention_policy = self.text_or("retention_policy", &spec.retention_policy, Use::Name);
        let measurement = self.required_text("measurement", &spec.measurement, Use::Name);
        let group_by = self.group_by(&spec.group_by);
        let tags = self.tags(spec);
        let trigger = self.trigger(spec, kind);
        let message = self.text_or("message", &spec.message, Use::Text);
        self.template(&AttributePath::root("message"), &spec.message, Place::Message);
        let details = self.text_or("details", &spec.details, Use::Text);
        self.template(&AttributePath::root("details"), &spec.details, Place::Details);
        let posts = self.posts(&spec.posts);
        let handlers = self.handlers(&spec.handlers);
        Some(Definition {
            name: name?,
            database: database?,
            retention_policy: retention_policy?,
            measurement: measurement?,
            group_by: group_by?,
            tags: tags?,
            trigger: trigger?,
            message: message?,
            details: details?,
            state_changes_only: flag("state_changes_only", &spec.state_changes_only)?,
            no_recoveries: flag("no_recoveries", &spec.no_recoveries)?,
            flapping: flag("flapping", &spec.flapping)?,
            posts: posts?,
            handlers: handlers?,
        })
    }

    /// Checks which attributes are there, by the table.
    fn presence(&mut self, spec: &RuleSpec, kind: Option<TriggerKind>) {
        for attribute in ATTRIBUTES {
            let state = spec.state(attribute.name);
            let path = AttributePath::root(attribute.name);
            if attribute.presence == Presence::Required && state.is_absent() {
                self.error(path, format!("The attribute {} is required.", attribute.name));
                continue;
            }
            let Some(kind) = kind else { continue };
            match (attribute.need)(kind) {
                Need::Required if state.is_absent() => {
                    self.error(
                        path,
                        format!("The trigger \"{kind}\" needs the attribute {}.", attribute.name),
                    );
                }
                Need::Refused if state.known().is_some() => {
                    self.error(
                        path,
                        format!(
                            "The trigger \"{kind}\" does not take the attribute {}: leave it out.",
                            attribute.name
                        ),
                    );
                }
                _ => {}
            }
        }
    }

    fn trigger(&mut self, spec: &RuleSpec, kind: Option<TriggerKind>) -> Option<Trigger> {
        let field = self.optional_text("field", &spec.field, Use::Column);
        let period = self.duration("period", &spec.period);
        let every = self.duration("every", &spec.every);
        let shift = self.duration("shift", &spec.shift);
        let change = self.word::<ChangeKind>("change", &spec.change);
        let lower = self.number("lower", &spec.lower);
        let upper = self.number("upper", &spec.upper);
        let function = self.word::<Aggregate>("aggregate", &spec.aggregate);
        let kind = kind?;
        if kind == TriggerKind::Deadman {
            return Some(Trigger::Deadman {
                field: field?,
                period: period?,
            });
        }
        let source = self.source(spec, field.flatten(), function, period, every);
        match kind {
            TriggerKind::Threshold => {
                let operator = self.word::<Operator>("operator", &spec.operator);
                let value = self.value(&spec.value);
                self.order(operator, value.as_ref(), &spec.value);
                Some(Trigger::Threshold {
                    source: source?,
                    operator: operator?,
                    value: value?,
                })
            }
            TriggerKind::Relative => {
                let operator = self.word::<Operator>("operator", &spec.operator);
                let value = self.number("value", &spec.value);
                Some(Trigger::Relative {
                    source: source?,
                    change: change?,
                    shift: shift?,
                    operator: operator?,
                    value: value?,
                })
            }
            TriggerKind::Range => {
                let operator = self.word::<RangeOperator>("operator", &spec.operator);
                let (lower, upper) = (lower?, upper?);
                if lower.is_greater_than(upper) {
                    self.advise(
                        AttributePath::root("lower"),
                        format!("lower ({lower}) is greater than upper ({upper}): swap them."),
                    );
                }
                Some(Trigger::Range {
                    source: source?,
                    operator: operator?,
                    lower,
                    upper,
                })
            }
            TriggerKind::Deadman => None,
        }
    }

    /// The watched value; `aggregate`, `period` and `every` come together or not at all.
    fn source(
        &mut self,
        spec: &RuleSpec,
        field: Option<String>,
        function: Option<Aggregate>,
        period: Option<Duration>,
        every: Option<Duration>,
    ) -> Option<Source> {
        for (name, given) in [("period", &spec.period), ("every", &spec.every)] {
            if given.known().is_some() && spec.aggregate.is_absent() {
                self.error(
                    AttributePath::root(name),
                    format!("The attribute {name} belongs to an aggregate: add aggregate, or leave {name} out."),
                );
            }
            if given.is_absent() && spec.aggregate.known().is_some() {
                self.error(
                    AttributePath::root(name),
                    format!("The attribute aggregate needs {name}: a duration such as \"30s\"."),
                );
            }
        }
        let aggregate = match spec.aggregate {
            Field::Absent => None,
            _ => Some(Aggregation {
                function: function?,
                period: period?,
                every: every?,
            }),
        };
        Some(Source {
            field: field?,
            aggregate,
        })
    }

    fn value(&mut self, given: &Field<String>) -> Option<Value> {
        let path = AttributePath::root("value");
        let written = given.known()?;
        if written.is_empty() {
            self.error(
                path,
                "The value is empty: write a number, true, false or a text to compare with.",
            );
            return None;
        }
        let value = Value::parse(written);
        if let Value::Text(text) = &value {
            self.writable(&path, text, Use::Text)?;
            if begins_like_a_number(written) {
                self.advise(
                    path,
                    format!(
                        "The value {written:?} begins like a number and is not one: write a number in digits, such as 1000 or \
                         0.5. If a text is meant, put it in single quotation marks: \"'{written}'\"."
                    ),
                );
            }
        }
        Some(value)
    }

    /// A text has an order in TICKscript, but nobody means that of its letters.
    fn order(&mut self, operator: Option<Operator>, value: Option<&Value>, given: &Field<String>) {
        let (Some(operator), Some(Value::Text(text))) = (operator, value) else {
            return;
        };
        let told = given.known().is_some_and(|written| begins_like_a_number(written));
        if !told && !matches!(operator, Operator::Equal | Operator::NotEqual) {
            self.advise(
                AttributePath::root("value"),
                format!(
                    "The value {text:?} is a text, which \"{operator}\" does not compare as a number: Kapacitor fails on every \
                     point of a field that holds numbers, and the rule never alerts. Write a number, or use \"==\" or \"!=\"."
                ),
            );
        }
    }

    fn group_by(&mut self, given: &Field<TextList>) -> Option<Vec<String>> {
        let tags = match given {
            Field::Absent => return Some(Vec::new()),
            Field::Unknown => return None,
            Field::Known(tags) => tags,
        };
        let path = AttributePath::root("group_by");
        let known = self.texts(&path, tags, Use::Name)?;
        for (index, tag) in known.iter().enumerate() {
            if tag == "*" {
                self.advise(
                    path.index(index),
                    "Kapacitor takes \"*\" in a rule for a tag of that name, not for all tags, so that all series share one alert. \
                     Name the tags.",
                );
            }
            if known[..index].contains(tag) {
                self.advise(path.index(index), format!("The tag {tag:?} is there twice."));
            }
        }
        Some(known)
    }

    fn tags(&mut self, spec: &RuleSpec) -> Option<TagFilter> {
        let accepted = self.tag_map("where", &spec.where_tags);
        let excluded = self.tag_map("exclude", &spec.exclude);
        if let (Some(accepted), Some(excluded)) = (spec.where_tags.known(), spec.exclude.known()) {
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

    fn texts(&mut self, path: &AttributePath, given: &[Field<String>], usage: Use) -> Option<Vec<String>> {
        let checked: Vec<Option<String>> = given
            .iter()
            .enumerate()
            .map(|(index, text)| match text {
                Field::Known(text) => self.writable(&path.index(index), text, usage).map(|()| text.clone()),
                Field::Unknown => None,
                Field::Absent => {
                    self.error(path.index(index), "This item is null: write a text.");
                    None
                }
            })
            .collect();
        checked.into_iter().collect()
    }

    fn posts(&mut self, given: &Field<Vec<PostSpec>>) -> Option<Vec<Post>> {
        let posts = match given {
            Field::Absent => return Some(Vec::new()),
            Field::Unknown => return None,
            Field::Known(posts) => posts,
        };
        let checked: Vec<Option<Post>> = posts
            .iter()
            .enumerate()
            .map(|(index, post)| self.post(&AttributePath::root("post").index(index), post))
            .collect();
        checked.into_iter().collect()
    }

    fn post(&mut self, path: &AttributePath, post: &PostSpec) -> Option<Post> {
        if post.url.is_absent() && post.endpoint.is_absent() {
            self.error(
                path.attribute("url"),
                "A post needs a url, or the name of an endpoint, or both.",
            );
        }
        let url = self.url(&path.attribute("url"), &post.url);
        let endpoint = self.optional(&path.attribute("endpoint"), &post.endpoint, Use::Name);
        let headers = self.headers(path, post);
        Some(Post {
            url: url?,
            endpoint: endpoint?,
            headers: headers?,
        })
    }

    /// Never repeats the URL, which is a secret.
    fn url(&mut self, path: &AttributePath, given: &Field<String>) -> Option<Option<String>> {
        let url = self.optional(path, given, Use::Name)?;
        if let Some(Err(error)) = url.as_deref().map(|url| WebhookUrl::check(url, Place::Url)) {
            self.advise(path.clone(), format!("{error}."));
        }
        Some(url)
    }

    fn headers(&mut self, path: &AttributePath, post: &PostSpec) -> Option<BTreeMap<String, String>> {
        let plain = self.header_map(&path.attribute("headers"), &post.headers);
        let secret = self.header_map(&path.attribute("sensitive_headers"), &post.sensitive_headers);
        let paths = [
            ("headers", &post.headers),
            ("sensitive_headers", &post.sensitive_headers),
        ];
        let names = || {
            paths
                .iter()
                .flat_map(|(_, given)| given.known().into_iter().flat_map(BTreeMap::keys))
        };
        for name in webhook::repeated_names(names().map(String::as_str)) {
            let map = if post.sensitive_headers.known().is_some_and(|map| map.contains_key(name)) {
                "sensitive_headers"
            } else {
                "headers"
            };
            self.advise(
                path.attribute(map).key(name),
                "This header is there twice: HTTP does not tell capital letters apart.",
            );
        }
        let mut headers = plain?;
        headers.extend(secret?);
        Some(headers)
    }

    fn header_map(&mut self, path: &AttributePath, given: &Field<TextMap>) -> Option<BTreeMap<String, String>> {
        let headers = match given {
            Field::Absent => return Some(BTreeMap::new()),
            Field::Unknown => return None,
            Field::Known(headers) => headers,
        };
        let mut complete = Some(BTreeMap::new());
        for (name, value) in headers {
            if let Err(error) = webhook::check_header_name(name) {
                self.advise(path.key(name), error.to_string());
            }
            let name_is_right = self.writable(&path.key(name), name, Use::Name).is_some();
            let value = self.header_value(&path.key(name), value);
            match (value, &mut complete) {
                (Some(value), Some(map)) if name_is_right => {
                    map.insert(name.clone(), value);
                }
                _ => complete = None,
            }
        }
        complete
    }

    fn header_value(&mut self, path: &AttributePath, value: &Field<String>) -> Option<String> {
        let value = match value {
            Field::Known(value) => value,
            Field::Unknown => return None,
            Field::Absent => {
                self.error(
                    path.clone(),
                    "The header has no value: write one, or leave the header out.",
                );
                return None;
            }
        };
        if let Err(error) = webhook::check_header_value(value) {
            self.advise(path.clone(), error.to_string());
        }
        self.writable(path, value, Use::Text).map(|()| value.clone())
    }

    fn handlers(&mut self, given: &Field<Vec<HandlerSpec>>) -> Option<Vec<Handler>> {
        let handlers = match given {
            Field::Absent => return Some(Vec::new()),
            Field::Unknown => return None,
            Field::Known(handlers) => handlers,
        };
        let checked: Vec<Option<Handler>> = handlers
            .iter()
            .enumerate()
            .map(|(index, handler)| self.handler(&AttributePath::root("handler").index(index), handler))
            .collect();
        let mut sorted = checked.into_iter().collect::<Option<Vec<Handler>>>()?;
        sorted.sort_by_key(Handler::position);
        Some(sorted)
    }

    fn handler(&mut self, path: &AttributePath, spec: &HandlerSpec) -> Option<Handler> {
        let kind = match &spec.kind {
            Field::Unknown => return None,
            Field::Absent => {
                self.error(path.attribute("kind"), "The attribute kind is required.");
                return None;
            }
            Field::Known(kind) => match HandlerKind::named(kind) {
                Ok(kind) => kind,
                Err(message) => {
                    self.error(path.attribute("kind"), message);
                    return None;
                }
            },
        };
        let plain = self.options(path, kind, "options", &spec.options);
        let secret = self.options(path, kind, "secrets", &spec.secrets);
        for option in kind.options.iter().filter(|option| option.required) {
            let given = if option.secret { &plain.and(&secret) } else { &plain };
            if given.complete && !given.named.contains_key(option.name) {
                let map = if option.secret { "secrets" } else { "options" };
                self.error(
                    path.attribute(map),
                    format!(
                        "The handler {} needs the option {}: {}",
                        kind.name, option.name, option.documentation
                    ),
                );
            }
        }
        if !plain.complete || !secret.complete {
            return None;
        }
        let mut options = plain.named;
        options.extend(secret.named);
        Some(Handler { kind, options })
    }

    fn options(
        &mut self,
        path: &AttributePath,
        kind: &'static HandlerKind,
        map: &'static str,
        given: &Field<TextMap>,
    ) -> Options {
        let path = path.attribute(map);
        let given = match given {
            Field::Absent => {
                return Options {
                    named: BTreeMap::new(),
                    complete: true,
                }
            }
            Field::Unknown => {
                return Options {
                    named: BTreeMap::new(),
                    complete: false,
                }
            }
            Field::Known(given) => given,
        };
        let mut read = Options {
            named: BTreeMap::new(),
            complete: true,
        };
        for (name, written) in given {
            match self.option(&path.key(name), kind, map, name, written) {
                Some((name, Some(value))) => {
                    read.named.insert(name, value);
                }
                Some((_, None)) => {}
                None => read.complete = false,
            }
        }
        read
    }

    fn option(
        &mut self,
        path: &AttributePath,
        kind: &'static HandlerKind,
        map: &'static str,
        name: &str,
        written: &Field<String>,
    ) -> Option<(&'static str, Option<OptionValue>)> {
        let option = match kind.option(name) {
            Ok(option) => option,
            Err(message) => {
                self.error(path.clone(), message);
                return None;
            }
        };
        let right_map = if option.secret { "secrets" } else { "options" };
        if map != right_map {
            let why = if option.secret { "is a secret" } else { "is no secret" };
            self.error(
                path.clone(),
                format!("The option {name} {why}: it belongs into {right_map}."),
            );
            return None;
        }
        let written = match written {
            Field::Known(written) => written,
            Field::Unknown => return None,
            Field::Absent => return Some((option.name, None)),
        };
        let value = match option.parse(written) {
            Ok(Some(value)) => value,
            Ok(None) => return Some((option.name, None)),
            Err(message) => {
                self.error(path.clone(), message);
                return None;
            }
        };
        for text in value.texts() {
            self.writable(path, text, Use::Text)?;
            self.option_text(path, option, text);
        }
        if option.form == Form::Arguments && value.texts().first().is_some_and(String::is_empty) {
            self.error(path.clone(), format!("The first item of {name} is empty."));
            return None;
        }
        Some((option.name, Some(value)))
    }

    /// What Kapacitor does with the text when an alert fires.
    fn option_text(&mut self, path: &AttributePath, option: &HandlerOption, text: &str) {
        let problem = match option.content {
            Content::Plain => None,
            Content::Template(place) => template_problem(text, place),
            Content::Url => WebhookUrl::parse(text).err().map(|error| format!("{error}.")),
            Content::Address if !names_a_port(text) => {
                Some("The address needs a host and a port, as \"host:port\".".to_owned())
            }
            Content::Path if !is_absolute(text) => {
                Some("The path has to be absolute, on the host where Kapacitor runs.".to_owned())
            }
            Content::Mailbox if !is_mailbox(text) => Some(
                "Each recipient must be a mail address, such as ops@example.com; several are separated by commas, not by \
                 semicolons."
                    .to_owned(),
            ),
            Content::Address | Content::Path | Content::Mailbox => None,
        };
        if let Some(problem) = problem {
            self.advise(path.clone(), problem);
        }
    }

    fn word<Word: std::str::FromStr<Err = UnknownWord>>(
        &mut self,
        name: &'static str,
        given: &Field<String>,
    ) -> Option<Word> {
        match given.known()?.parse() {
            Ok(word) => Some(word),
            Err(error) => {
                self.error(AttributePath::root(name), format!("{error}."));
                None
            }
        }
    }

    fn duration(&mut self, name: &'static str, given: &Field<String>) -> Option<Duration> {
        match given.known()?.parse() {
            Ok(duration) => Some(duration),
            Err(error) => {
                self.error(AttributePath::root(name), format!("{error}."));
                None
            }
        }
    }

    fn number(&mut self, name: &'static str, given: &Field<String>) -> Option<Number> {
        match given.known()?.parse() {
            Ok(number) => Some(number),
            Err(error) => {
                self.error(AttributePath::root(name), format!("{error}."));
                None
            }
        }
    }

    fn required_text(&mut self, name: &'static str, given: &Field<String>, usage: Use) -> Option<String> {
        self.optional_text(name, given, usage)?
    }

    fn optional_text(&mut self, name: &'static str, given: &Field<String>, usage: Use) -> Option<Option<String>> {
        self.optional(&AttributePath::root(name), given, usage)
    }

    fn text_or(&mut self, name: &'static str, given: &Field<String>, usage: Use) -> Option<String> {
        let text = self.optional_text(name, given, usage)?;
        Some(text.unwrap_or_else(|| default_text(name).to_owned()))
    }

    fn optional(&mut self, path: &AttributePath, given: &Field<String>, usage: Use) -> Option<Option<String>> {
        match given {
            Field::Absent => Some(None),
            Field::Unknown => None,
            Field::Known(text) => self.writable(path, text, usage).map(|()| Some(text.clone())),
        }
    }

    /// Checks that TICKscript can write a text, and that it is not empty where it has to say something.
    fn writable(&mut self, path: &AttributePath, text: &str, usage: Use) -> Option<()> {
        if text.is_empty() && usage != Use::Text {
            self.error(path.clone(), "This must not be empty.");
            return None;
        }
        if let Err(inexpressible) = StringLiteral::new(text) {
            self.error(path.clone(), format!("This cannot be written: {inexpressible}."));
            return None;
        }
        if usage == Use::Column {
            if let Err(inexpressible) = Reference::new(text) {
                self.error(path.clone(), format!("This cannot be written: {inexpressible}."));
                return None;
            }
        }
        Some(())
    }

    fn template(&mut self, path: &AttributePath, given: &Field<String>, place: Place) {
        if let Some(problem) = given.known().and_then(|text| template_problem(text, place)) {
            self.advise(path.clone(), problem);
        }
    }
}

/// Whether Go can tell host and port apart.
fn names_a_port(address: &str) -> bool {
    let host_and_port = match address.rsplit_once(']') {
        Some((_, port)) => Some(("", port.trim_start_matches(':'))).filter(|_| port.starts_with(':')),
        None => address.rsplit_once(':').filter(|(host, _)| !host.contains(':')),
    };
    host_and_port.is_some_and(|(_, port)| !port.is_empty())
}

/// Kapacitor hands each recipient to the mail server as one address.
fn is_mailbox(text: &str) -> bool {
    text.contains('@') && !text.contains(';')
}

/// Whether a path is absolute on Unix or on Windows.
fn is_absolute(path: &str) -> bool {
    let of_drive = |rest: &str| rest.starts_with(":\\") || rest.starts_with(":/");
    path.starts_with(['/', '\\']) || path.get(1..).is_some_and(of_drive)
}

/// Why a template never works, and what comes of it; nothing for one that may be right.
pub fn template_problem(text: &str, place: Place) -> Option<String> {
    let error = template::check(text, place).fails?;
    Some(match error.kind {
        ErrorKind::Syntax => format!("Kapacitor cannot read this template: {error}."),
        ErrorKind::Execution | ErrorKind::WithoutAlert => format!(
            "This template fails each time that Kapacitor executes it: {error}. {}.",
            place.consequence()
        ),
    })
}

/// Options as far as they are known.
struct Options {
    named: BTreeMap<&'static str, OptionValue>,
    /// Whether every one was known and right.
    complete: bool,
}

impl Options {
    fn and(&self, other: &Options) -> Options {
        let named = self
            .named
            .iter()
            .chain(&other.named)
            .map(|(name, value)| (*name, value.clone()))
            .collect();
        Options {
            named,
            complete: self.complete && other.complete,
        }
    }
}

fn flag(name: &str, given: &Field<bool>) -> Option<bool> {
    match given {
        Field::Known(flag) => Some(*flag),
        Field::Unknown => None,
        Field::Absent => Some(default_flag(name)),
    }
}

/// What a text attribute is where it is left out.
pub(super) fn default_text(name: &str) -> &'static str {
    match attribute(name).map(|attribute| attribute.presence) {
        Some(Presence::TextDefault(default)) => default,
        _ => "",
    }
}

/// What a boolean attribute is where it is left out.
pub(super) fn default_flag(name: &str) -> bool {
    matches!(
        attribute(name).map(|attribute| attribute.presence),
        Some(Presence::BooleanDefault(true))
    )
}
