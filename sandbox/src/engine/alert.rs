//! The alert node: levels, state for each group, templates, and the events that it hands to topics.

use crate::engine::lambda::{evaluate, Context, Value};
use crate::engine::node::Batch;
use crate::engine::plan::{Const, NodePlan, Scope};
use crate::engine::point::{Field, Group, Point};
use crate::engine::Services;
use crate::go::duration;
use crate::go::template::{Template, Value as TemplateValue};
use crate::kapacitor::topics::{Event, EventState, Handler, Level, PostOptions};
use serde_json::{json, Value as Json};
use squadcast_kapacitor::tickscript::ast::Expression;
use std::collections::BTreeMap;
use std::time::Duration;

const DEFAULT_ID: &str = "{{ .Name }}:{{ .Group }}";
const DEFAULT_MESSAGE: &str = "{{ .ID }} is {{ .Level }}";
const DEFAULT_DETAILS: &str = "{{ json . }}";
/// How many levels an alert that looks out for flapping remembers.
const FLAPPING_HISTORY: usize = 21;
/// Weights of old and new changes when flapping is measured; Kapacitor's.
const MAX_WEIGHT: f64 = 1.2;
const WEIGHT_DIFFERENCE: f64 = 1.5;

/// Where events go and former states come from.
pub trait Board {
    /// The state that a topic knows of an event.
    fn event(&self, topic: &str, id: &str) -> Option<EventState>;
    fn update_event(&mut self, topic: &str, id: &str, state: &EventState);
    fn collect(&mut self, topic: &str, event: &Event);
}

/// An alert at work.
pub struct Alert {
    task: String,
    /// The topic of its own, where it has handlers.
    anonymous_topic: String,
    pub handlers: Vec<Handler>,
    topic: Option<String>,
    templates: Templates,
    levels: BTreeMap<Level, Expression>,
    resets: BTreeMap<Level, Expression>,
    flags: Flags,
    groups: BTreeMap<Group, State>,
}

struct Templates {
    id: Template,
    message: Template,
    details: Template,
}

struct Flags {
    no_recoveries: bool,
    all: bool,
    state_changes_only: bool,
    /// After how long an unchanged state is sent again all the same, in nanoseconds; 0 is never.
    reminder: i64,
    /// Below which and above which share of changes it stops and starts to flap.
    flapping: Option<(f64, f64)>,
    history: usize,
}

/// The state of one group.
struct State {
    history: Vec<Level>,
    newest: usize,
    flapping: bool,
    changed: bool,
    expired: bool,
    first_triggered: i64,
    last_triggered: i64,
}

impl Alert {
    /// Makes the alert, or says why its task cannot start.
    pub fn make(plan: &NodePlan, task: &str, topic: String, services: &Services) -> Result<Alert, String> {
        let template = |name: &str, default: &str, functions: &[&str]| {
            Template::parse(name, plan.text(name).unwrap_or(default), functions)
        };
        let templates = Templates {
            id: template("id", DEFAULT_ID, &[])?,
            message: template("message", DEFAULT_MESSAGE, &[])?,
            details: template("details", DEFAULT_DETAILS, &["json", "jsonCompact"])?,
        };
        let conditions = |names: [(&str, Level); 3]| -> BTreeMap<Level, Expression> {
            let found = names
                .into_iter()
                .filter_map(|(name, level)| match plan.property(name)?.arguments.first()? {
                    Const::Lambda(expression) => Some((level, expression.clone())),
                    _ => None,
                });
            found.collect()
        };
        Ok(Alert {
            task: task.to_owned(),
            anonymous_topic: topic,
            handlers: handlers(plan, services)?,
            topic: plan.text("topic").filter(|topic| !topic.is_empty()).map(str::to_owned),
            templates,
            levels: conditions([
                ("info", Level::Info),
                ("warn", Level::Warning),
                ("crit", Level::Critical),
            ]),
            resets: conditions([
                ("infoReset", Level::Info),
                ("warnReset", Level::Warning),
                ("critReset", Level::Critical),
            ]),
            flags: Flags::of(plan),
            groups: BTreeMap::new(),
        })
    }

    /// The topic of its own, where it has handlers.
    pub fn anonymous_topic(&self) -> Option<&str> {
        Some(self.anonymous_topic.as_str()).filter(|_| !self.handlers.is_empty())
    }

    /// Takes a point.
    pub fn point(&mut self, point: &Point, scope: &Scope, board: &mut dyn Board) {
        let Ok(id) = self.render_id(&point.name, &point.group, &point.tags) else {
            return;
        };
        let current = self.restored(&point.group, &id, point.time, board).current();
        let level = self.level(point, current, scope);
        let (flags, groups) = (&self.flags, &mut self.groups);
        let Some(state) = groups.get_mut(&point.group) else {
            return;
        };
        state.add(point.time, level, flags);
        let held_back = (flags.flapping.is_some() && state.flapping)
            || (flags.state_changes_only && !state.changed && !state.expired);
        if held_back || (level == Level::Ok && !state.changed) {
            return;
        }
        state.triggered(point.time);
        let duration = state.last_triggered - state.first_triggered;
        self.fire(&id, point, point.time, level, duration, point.series(), board);
    }

    /// Takes a window: the worst of its points counts.
    pub fn batch(&mut self, batch: &Batch, scope: &Scope, board: &mut dyn Board) {
        let tags = batch.group.tags.clone();
        let Ok(id) = self.render_id(&batch.name, &batch.group, &tags) else {
            return;
        };
        let current = self.restored(&batch.group, &id, batch.time, board).current();
        let levels: Vec<Level> = batch
            .points
            .iter()
            .map(|point| self.level(point, current, scope))
            .collect();
        let Some((highest, worst)) = levels
            .iter()
            .copied()
            .zip(&batch.points)
            .rev()
            .max_by_key(|(level, _)| *level)
        else {
            return;
        };
        let lowest = levels.iter().copied().min().unwrap_or_default();
        let level = if self.flags.all { lowest } else { highest };
        let time = if self.flags.all || level == Level::Ok {
            batch.time
        } else {
            worst.time
        };
        let (flags, groups) = (&self.flags, &mut self.groups);
        let Some(state) = groups.get_mut(&batch.group) else {
            return;
        };
        state.add(time, level, flags);
        let held_back = (flags.flapping.is_some() && state.flapping)
            || (flags.state_changes_only && !state.changed && !state.expired);
        let fires = if level == Level::Ok { state.changed } else { !held_back };
        if !fires {
            return;
        }
        state.triggered(time);
        let duration = state.last_triggered - state.first_triggered;
        let mut worst = worst.clone();
        worst.tags = tags;
        worst.group = batch.group.clone();
        let series = series_of(batch);
        self.fire(&id, &worst, time, level, duration, series, board);
    }

    /// The state of a group. A new one takes over what the topics know of its alert, so that a task that was disabled and
    /// enabled still sends the recovery.
    fn restored(&mut self, group: &Group, id: &str, time: i64, board: &mut dyn Board) -> &mut State {
        if !self.groups.contains_key(group) {
            let mut state = State::new(self.flags.history);
            if let Some(former) = self.former(id, board).filter(|former| former.level != Level::Ok) {
                state.add(time, former.level, &self.flags);
                state.triggered(former.time);
            }
            self.groups.insert(group.clone(), state);
        }
        let fresh = self.flags.history;
        self.groups.entry(group.clone()).or_insert_with(|| State::new(fresh))
    }

    /// The topic of its own is believed before the named one.
    fn former(&self, id: &str, board: &mut dyn Board) -> Option<EventState> {
        let own = self.anonymous_topic().and_then(|topic| board.event(topic, id));
        let named = self.topic.as_deref().and_then(|topic| board.event(topic, id));
        let level = |state: &Option<EventState>| state.as_ref().map(|state| state.level).unwrap_or_default();
        if level(&own) != level(&named) {
            match (&own, &named, &self.topic) {
                (Some(own), Some(_), Some(topic)) => board.update_event(topic, id, own),
                (None, Some(named), _) if !self.handlers.is_empty() => {
                    board.update_event(&self.anonymous_topic, id, named);
                }
                _ => {}
            }
        }
        own.or(named)
    }

    fn level(&self, point: &Point, current: Level, scope: &Scope) -> Level {
        let holds = |expression: &Expression| {
            evaluate(expression, &Context::of(point, scope)).map(|value| value == Value::Bool(true))
        };
        let first = |above: Level, up_to: Level| {
            let candidates = self
                .levels
                .iter()
                .rev()
                .filter(|(level, _)| **level > above && **level <= up_to);
            candidates
                .into_iter()
                .find(|(_, expression)| holds(expression) == Ok(true))
                .map(|(level, _)| *level)
        };
        // Kapacitor looks from CRITICAL down to the current level first, the current one included.
        let below = Level::ALL
            .into_iter()
            .rev()
            .find(|level| *level < current)
            .unwrap_or(Level::Ok);
        if let Some(higher) = first(below, Level::Critical) {
            return higher;
        }
        if self.resets.get(&current).is_some_and(|reset| holds(reset) == Ok(false)) {
            return current;
        }
        first(Level::Ok, current).unwrap_or(Level::Ok)
    }

    fn render_id(&self, name: &str, group: &Group, tags: &BTreeMap<String, String>) -> Result<String, String> {
        self.templates.id.execute(&TemplateValue::structure(
            "kapacitor.idInfo",
            self.id_fields(name, group, tags),
        ))
    }

    fn id_fields(
        &self,
        name: &str,
        group: &Group,
        tags: &BTreeMap<String, String>,
    ) -> Vec<(&'static str, TemplateValue)> {
        let tags = tags
            .iter()
            .map(|(key, value)| (key.clone(), TemplateValue::from(value.as_str())))
            .collect();
        let server = vec![
            ("Hostname", TemplateValue::from("localhost")),
            ("ClusterID", TemplateValue::from("00000000-0000-4000-8000-000000000001")),
            ("ServerID", TemplateValue::from("00000000-0000-4000-8000-000000000002")),
        ];
        vec![
            ("Name", TemplateValue::from(name)),
            ("TaskName", TemplateValue::from(self.task.as_str())),
            ("Group", TemplateValue::from(group.id())),
            ("Tags", TemplateValue::string_map(tags)),
            ("ServerInfo", TemplateValue::structure("kapacitor.serverInfo", server)),
        ]
    }

    #[allow(clippy::too_many_arguments)]
    fn fire(
        &self,
        id: &str,
        point: &Point,
        time: i64,
        level: Level,
        duration: i64,
        series: Json,
        board: &mut dyn Board,
    ) {
        if self.flags.no_recoveries && level == Level::Ok {
            return;
        }
        // A message that cannot be rendered is only logged by Kapacitor: the alert is lost.
        let Ok(state) = self.render(id, point, time, level, duration) else {
            return;
        };
        let event = Event {
            id: id.to_owned(),
            state,
            name: point.name.clone(),
            task: self.task.clone(),
            tags: point.tags.clone(),
            fields: point.fields.clone(),
            series,
            recoverable: !self.flags.no_recoveries,
        };
        if let Some(topic) = self.anonymous_topic() {
            board.collect(topic, &event);
        }
        if let Some(topic) = &self.topic {
            board.collect(topic, &event);
        }
    }

    fn render(&self, id: &str, point: &Point, time: i64, level: Level, duration: i64) -> Result<EventState, String> {
        let mut fields = self.id_fields(&point.name, &point.group, &point.tags);
        let values = point
            .fields
            .iter()
            .map(|(name, value)| (name.clone(), template_value(value)))
            .collect();
        fields.extend([
            ("ID", TemplateValue::from(id)),
            ("Fields", TemplateValue::map(values)),
            ("Level", TemplateValue::from(level.name())),
            ("Time", TemplateValue::Time(time)),
            ("Duration", TemplateValue::from(duration::format(duration))),
        ]);
        let message = self
            .templates
            .message
            .execute(&TemplateValue::structure("kapacitor.messageInfo", fields.clone()))?;
        fields.push(("Message", TemplateValue::from(message.as_str())));
        let mut json: serde_json::Map<String, Json> = fields
            .iter()
            .map(|(name, value)| ((*name).to_owned(), value.json()))
            .collect();
        json.insert("Duration".to_owned(), json!(duration));
        let json = Some(Json::Object(json));
        let data = TemplateValue::Struct {
            type_name: "kapacitor.detailsInfo",
            fields,
            json,
        };
        let details = html_of_json(&self.templates.details.execute(&data)?, &self.templates.details, &data);
        Ok(EventState {
            message,
            details,
            time,
            duration,
            level,
        })
    }
}

/// Details are an HTML template: what it inserts is escaped. The sandbox escapes only the default, which is all JSON.
fn html_of_json(rendered: &str, template: &Template, data: &TemplateValue) -> String {
    let default = Template::parse("details", DEFAULT_DETAILS, &["json", "jsonCompact"]);
    let is_default = default.is_ok_and(|default| default.source() == template.source());
    if is_default {
        return crate::go::template::escape_html(&format!("{}\n", data.json()));
    }
    rendered.to_owned()
}

fn template_value(field: &Field) -> TemplateValue {
    match field {
        Field::Float(value) => TemplateValue::Float(*value),
        Field::Int(value) => TemplateValue::Int(*value),
        Field::String(text) => TemplateValue::from(text.as_str()),
        Field::Bool(value) => TemplateValue::Bool(*value),
    }
}

fn series_of(batch: &Batch) -> Json {
    let mut columns: Vec<&str> = batch
        .points
        .iter()
        .flat_map(|point| point.fields.keys().map(String::as_str))
        .collect();
    columns.sort_unstable();
    columns.dedup();
    let rows: Vec<Json> = batch
        .points
        .iter()
        .map(|point| {
            let time = json!(crate::go::time::rfc3339(point.time));
            let values = columns
                .iter()
                .map(|column| point.fields.get(*column).map_or(Json::Null, Field::json));
            [time].into_iter().chain(values).collect()
        })
        .collect();
    let mut series = json!({ "name": batch.name });
    if !batch.group.tags.is_empty() {
        series["tags"] = json!(batch.group.tags);
    }
    let columns: Vec<&str> = ["time"].into_iter().chain(columns).collect();
    series["columns"] = json!(columns);
    series["values"] = json!(rows);
    json!([series])
}

/// The alert's own handlers in the order of the script. Properties behind a `post` are that one's.
fn handlers(plan: &NodePlan, services: &Services) -> Result<Vec<Handler>, String> {
    const OTHERS: [&str; 24] = [
        "alerta",
        "bigPanda",
        "discord",
        "email",
        "exec",
        "hipChat",
        "kafka",
        "log",
        "mqtt",
        "opsGenie",
        "opsGenie2",
        "pagerDuty",
        "pagerDuty2",
        "pushover",
        "sensu",
        "serviceNow",
        "slack",
        "snmpTrap",
        "talk",
        "tcp",
        "teams",
        "telegram",
        "victorOps",
        "zenoss",
    ];
    let mut posts: Vec<PostOptions> = Vec::new();
    let (mut others, mut in_post, mut clusters) = (0, false, Vec::new());
    for property in &plan.properties {
        match (property.name.as_str(), posts.last_mut().filter(|_| in_post)) {
            ("post", _) => {
                posts.push(PostOptions {
                    url: property.first_str().to_owned(),
                    ..PostOptions::default()
                });
                in_post = true;
            }
            // `teams` is a handler, and a property of some others.
            ("teams", None) if others > 0 => {}
            (other, _) if OTHERS.contains(&other) => {
                others += 1;
                in_post = false;
                if other == "kafka" {
                    clusters.push("");
                }
            }
            ("cluster", _) => {
                if let Some(cluster) = clusters.last_mut() {
                    *cluster = property.first_str();
                }
            }
            ("endpoint", Some(post)) => post.endpoint = property.first_str().to_owned(),
            ("header", Some(post)) => {
                if let [Const::String(name), Const::String(value)] = property.arguments.as_slice() {
                    post.headers.insert(name.clone(), value.clone());
                }
            }
            ("timeout", Some(post)) => {
                let nanos = property
                    .arguments
                    .first()
                    .and_then(Const::as_duration)
                    .unwrap_or_default();
                post.timeout = Some(Duration::from_nanos(nanos.unsigned_abs())).filter(|timeout| !timeout.is_zero());
            }
            _ => {}
        }
    }
    let mut made: Vec<Handler> = (0..others).map(|_| Handler::silent()).collect();
    for post in posts {
        if post.url.is_empty() && post.endpoint.is_empty() {
            return Err("Either URL or endpoint must be non-empty".to_owned());
        }
        let handler = Handler::post(post, services.endpoints, services.poster);
        made.push(handler.map_err(|error| format!("failed to create HTTPPostService.Handler: {error}"))?);
    }
    let unknown = clusters
        .into_iter()
        .find(|cluster| !services.kafka_clusters.iter().any(|known| known == cluster));
    match unknown {
        None => Ok(made),
        Some(cluster) => Err(format!(
            "failed to create kafka handler: unknown cluster {}",
            crate::go::quote::quote(cluster)
        )),
    }
}

impl Flags {
    fn of(plan: &NodePlan) -> Flags {
        let number = |name: &str, place: usize| {
            plan.property(name)
                .and_then(|property| property.arguments.get(place).and_then(Const::as_float))
        };
        let flapping = number("flapping", 0).zip(number("flapping", 1));
        let reminder = plan
            .property("stateChangesOnly")
            .and_then(|property| property.arguments.first()?.as_duration());
        let history = number("history", 0).map_or(FLAPPING_HISTORY, |history| history as usize);
        Flags {
            no_recoveries: plan.property("noRecoveries").is_some(),
            all: plan.property("all").is_some(),
            state_changes_only: plan.property("stateChangesOnly").is_some(),
            reminder: reminder.unwrap_or_default(),
            flapping,
            history: history.max(2),
        }
    }
}

impl State {
    fn new(history: usize) -> State {
        State {
            history: vec![Level::Ok; history],
            newest: 0,
            flapping: false,
            changed: false,
            expired: false,
            first_triggered: 0,
            last_triggered: 0,
        }
    }

    fn current(&self) -> Level {
        self.history[self.newest]
    }

    fn previous(&self) -> usize {
        self.newest.checked_sub(1).unwrap_or(self.history.len() - 1)
    }

    fn add(&mut self, time: i64, level: Level, flags: &Flags) {
        self.changed = self.current() != level;
        self.newest = (self.newest + 1) % self.history.len();
        self.history[self.newest] = level;
        if let Some((low, high)) = flags.flapping {
            let share = self.share_of_changes();
            self.flapping = if self.flapping { share >= low } else { share > high };
        }
        self.expired = !self.changed && flags.reminder != 0 && time - self.last_triggered >= flags.reminder;
    }

    /// The share of changes in the history, newer ones weighing more.
    fn share_of_changes(&self) -> f64 {
        let length = self.history.len();
        let mut weight = MAX_WEIGHT / WEIGHT_DIFFERENCE;
        let step = (MAX_WEIGHT - weight) / (length - 1) as f64;
        let mut changes = 0.0;
        for offset in 0..length - 1 {
            let current = (offset + self.newest) % length;
            let previous = current.checked_sub(1).unwrap_or(length - 1);
            if self.history[current] != self.history[previous] {
                changes += weight;
            }
            weight += step;
        }
        changes / (length - 1) as f64
    }

    fn triggered(&mut self, time: i64) {
        self.last_triggered = time;
        if self.history[self.previous()] == Level::Ok {
            self.first_triggered = time;
        }
    }
}
