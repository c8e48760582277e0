//! What a rule says that Kapacitor takes and that does not do what its author hardly can mean otherwise: alerts that are
//! never sent, incidents that never resolve, texts with holes.

use crate::rule::handlers::{Content, Handler};
use crate::rule::{Aggregate, AttributePath, Definition, Rule, Source, TagFilter, Trigger, Warning};
use crate::template::{self, Findings, Place};
use crate::webhook::WebhookUrl;

/// What will not be delivered as it is meant, with what to do about it.
pub fn delivery_warnings(rule: &Rule) -> Vec<Warning> {
    let definition = rule.definition();
    let mut warnings = Vec::new();
    warnings.extend(addressee(definition));
    warnings.extend(flapping(definition));
    warnings.extend(nil_group(definition));
    warnings.extend(patterns(definition));
    warnings.extend(blanks(definition));
    for text in templates(definition) {
        let findings = template::check(text.template, text.place);
        warnings.extend(failing_branch(&text, &findings));
        warnings.extend(missing_data(definition, &text, &findings));
    }
    warnings
}

fn addressee(definition: &Definition) -> Option<Warning> {
    let is_addressed = !definition.posts.is_empty() || !definition.handlers.is_empty();
    (!is_addressed).then(|| Warning {
        path: AttributePath::root("post"),
        summary: "The rule sends its alerts to nobody",
        detail: "It has neither `post` nor `handlers`. Kapacitor stores its alerts in InfluxDB, and sends them only if a topic \
                 handler was made for the topic of this rule. Add a `post` with the webhook URL."
            .to_owned(),
    })
}

/// The first change of level already counts as flapping, and with the limit 0.0 the flapping never ends (kapacitor's alert.go).
fn flapping(definition: &Definition) -> Option<Warning> {
    definition.flapping.then(|| Warning {
        path: AttributePath::root("flapping"),
        summary: "The rule never sends an alert",
        detail: "With flapping, Chronograf writes the limits 0.0 and 0.0. Kapacitor then takes the first change of level for \
                 flapping, and it never ends: it sends neither an alert nor a recovery. Leave flapping out."
            .to_owned(),
    })
}

/// A deadman counts the points of each group that it has seen. Before there is one, it counts those of a group without a
/// name, to which no point ever belongs.
fn nil_group(definition: &Definition) -> Option<Warning> {
    let Trigger::Deadman { period, .. } = &definition.trigger else {
        return None;
    };
    if definition.group_by.is_empty() {
        return None;
    }
    let name = &definition.name;
    Some(Warning {
        path: AttributePath::root("group_by"),
        summary: "A grouped deadman can open an incident that never resolves",
        detail: format!(
            "If no point arrives within {period} after the rule starts, or starts again because it was changed, Kapacitor opens \
             the alert \"{name}-nil\", which belongs to no group, and so no point ever resolves it. Resolve it in Squadcast \
             by hand, or set resolve_on_destroy, with which a destroy resolves it. A deadman without group_by does not have it."
        ),
    })
}

/// Texts that look like patterns: Kapacitor compares them letter by letter.
fn patterns(definition: &Definition) -> Vec<Warning> {
    let mut warnings = Vec::new();
    let (name, tags) = match &definition.tags {
        TagFilter::All => ("where", None),
        TagFilter::Where(tags) => ("where", Some(tags)),
        TagFilter::Exclude(tags) => ("exclude", Some(tags)),
    };
    for (tag, values) in tags.into_iter().flatten() {
        for (index, value) in values
            .iter()
            .enumerate()
            .filter(|(_, value)| looks_like_a_pattern(value))
        {
            let path = AttributePath::root(name).key(tag).index(index);
            warnings.push(pattern(
                path,
                &format!("the tag {tag:?} is {value:?}, letter by letter"),
            ));
        }
    }
    if looks_like_a_pattern(&definition.measurement) {
        let measurement = &definition.measurement;
        let equal = format!("the measurement is called {measurement:?}, letter by letter");
        warnings.push(pattern(AttributePath::root("measurement"), &equal));
    }
    warnings
}

fn pattern(path: AttributePath, equal: &str) -> Warning {
    Warning {
        path,
        summary: "A pattern is compared as a text",
        detail: format!(
            "Kapacitor reads neither regular expressions nor wildcards here: this asks whether {equal}. Name the values one by \
             one."
        ),
    }
}

/// `*`, or what stands between slashes and holds what only a regular expression needs. A path such as `/var/` does not.
pub(super) fn looks_like_a_pattern(text: &str) -> bool {
    let inside = text.strip_prefix('/').and_then(|rest| rest.strip_suffix('/'));
    text == "*" || inside.is_some_and(|inside| inside.contains(['^', '$', '*', '+', '?', '|', '[', '(', '\\']))
}

fn blanks(definition: &Definition) -> Vec<Warning> {
    let blank = |url: &String| WebhookUrl::parse(url).ok()?.blank();
    let posts = definition.posts.iter().enumerate();
    let blanks = posts.filter_map(|(index, post)| Some((index, post.url.as_ref().and_then(blank)?)));
    blanks
        .map(|(index, blank)| Warning {
            path: AttributePath::root("post").index(index).attribute("url"),
            summary: "The URL holds a blank",
            detail: blank.consequence().to_owned(),
        })
        .collect()
}

/// A template of the rule.
struct Template<'a> {
    path: AttributePath,
    /// How a sentence names it.
    called: String,
    template: &'a str,
    place: Place,
}

fn templates(definition: &Definition) -> Vec<Template<'_>> {
    let own = [
        ("name", &definition.name, Place::Id),
        ("message", &definition.message, Place::Message),
        ("details", &definition.details, Place::Details),
    ];
    let own = own.into_iter().map(|(name, template, place)| Template {
        path: AttributePath::root(name),
        called: format!("The template in {name}"),
        template,
        place,
    });
    own.chain(definition.handlers.iter().flat_map(templates_of_handler))
        .collect()
}

/// Handlers are sorted by their kind, so that their place does not tell the block.
fn templates_of_handler(handler: &Handler) -> Vec<Template<'_>> {
    let mut templates = Vec::new();
    for option in handler.kind().options {
        let Content::Template(place) = option.content else {
            continue;
        };
        for template in handler.option(option.name).into_iter().flat_map(|value| value.texts()) {
            templates.push(Template {
                path: AttributePath::root("handlers"),
                called: format!(
                    "The template in the option {} of the handler {}",
                    option.name,
                    handler.kind().name
                ),
                template,
                place,
            });
        }
    }
    templates
}

fn failing_branch(text: &Template, findings: &Findings) -> Option<Warning> {
    let error = findings.may_fail.as_ref().filter(|_| findings.fails.is_none())?;
    Some(Warning {
        path: text.path.clone(),
        summary: "A branch of a template fails",
        detail: format!(
            "{} fails when this branch of it is executed: {error}. {}.",
            text.called,
            text.place.consequence()
        ),
    })
}

/// Fields and tags that the alert does not have at this place of the rule's script.
fn missing_data(definition: &Definition, text: &Template, findings: &Findings) -> Vec<Warning> {
    let fields = findings
        .fields
        .iter()
        .filter(|field| lacks_field(&definition.trigger, field));
    let fields = fields.map(|field| {
        let known = known_fields(&definition.trigger);
        format!("the field {field:?}: the script of such a rule keeps {known}")
    });
    let tags = findings.tags.iter().filter(|tag| lacks_tag(definition, tag));
    let tags =
        tags.map(|tag| format!("the tag {tag:?}: only the tags of group_by are left where points are summed up"));
    fields
        .chain(tags)
        .map(|what| Warning {
            path: text.path.clone(),
            summary: "A template asks for data that the alert does not have",
            detail: format!(
                "{} gets nothing (in a text, \"<no value>\" or \"\") for {what}.",
                text.called
            ),
        })
        .collect()
}

fn known_fields(trigger: &Trigger) -> &'static str {
    match trigger {
        Trigger::Deadman { .. } => "only \"emitted\", the number of points",
        Trigger::Relative { .. } => {
            "the change as \"value\", and the values that it comes from as \"past.value\" and \"current.value\""
        }
        Trigger::Threshold { .. } | Trigger::Range { .. } => "the value that it watches as \"value\"",
    }
}

fn lacks_field(trigger: &Trigger, field: &str) -> bool {
    let Some(source) = trigger.source() else {
        return field != "emitted";
    };
    if keeps_the_point(source) {
        return field == source.field && field != "value";
    }
    let of_change = matches!(trigger, Trigger::Relative { .. }) && matches!(field, "past.value" | "current.value");
    field != "value" && !of_change
}

fn lacks_tag(definition: &Definition, tag: &str) -> bool {
    use Aggregate::{Count, Mean, Median, Spread, Stddev, Sum};
    if definition.group_by.iter().any(|grouped| grouped == tag) {
        return false;
    }
    match &definition.trigger {
        Trigger::Deadman { .. } => true,
        Trigger::Relative { .. } => false,
        Trigger::Threshold { source, .. } | Trigger::Range { source, .. } => {
            let function = source.aggregate.as_ref().map(|aggregate| aggregate.function);
            matches!(function, Some(Mean | Median | Count | Sum | Spread | Stddev))
        }
    }
}

/// Functions that select a point keep its other fields, and rename the one that they look at.
fn keeps_the_point(source: &Source) -> bool {
    use Aggregate::{First, Last, Max, Min};
    let function = source.aggregate.as_ref().map(|aggregate| aggregate.function);
    matches!(function, Some(First | Last | Max | Min))
}
