//! The alert node: levels, state for each group, templates, and the events that it hands to topics.

use crate::engine::alert::data::{AlertData, Fired};
use crate::engine::alert::handlers::handlers;
use crate::engine::alert::state::{Flags, State};
use crate::engine::lambda::{evaluate, Context, Value};
use crate::engine::nodes::message::Batch;
use crate::engine::plan::{Const, NodePlan, Scope};
use crate::engine::point::{Field, Group, Point};
use crate::engine::services::Services;
use crate::go::template::{Template, JSON_FUNCTIONS};
use crate::kapacitor::topics::{Event, EventState, Handler, Level};
use serde_json::{json, Value as Json};
use squadcast_kapacitor::tickscript::ast::Expression;
use std::collections::BTreeMap;

const DEFAULT_ID: &str = "{{ .Name }}:{{ .Group }}";
const DEFAULT_MESSAGE: &str = "{{ .ID }} is {{ .Level }}";
const DEFAULT_DETAILS: &str = "{{ json . }}";

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
    marks: Marks,
    levels: BTreeMap<Level, Expression>,
    resets: BTreeMap<Level, Expression>,
    flags: Flags,
    groups: BTreeMap<Group, State>,
}

/// The fields and tags in which the alert hands on what it has told.
struct Marks {
    /// Name, and what the field holds.
    fields: Vec<(String, Told)>,
    tags: Vec<(String, Told)>,
}

#[derive(Clone, Copy)]
enum Told {
    Id,
    Level,
    Message,
    Duration,
}

struct Templates {
    id: Template,
    message: Template,
    details: Template,
}

impl Alert {
    /// Makes the alert, or says why its task cannot start.
    pub fn make(plan: &NodePlan, task: &str, topic: String, services: &Services) -> Result<Alert, String> {
        let text = |name: &str, default: &str| plan.text(name).unwrap_or(default).to_owned();
        let templates = Templates {
            id: Template::parse("id", &text("id", DEFAULT_ID), &[])?,
            message: Template::parse("message", &text("message", DEFAULT_MESSAGE), &[])?,
            details: Template::parse_html("details", &text("details", DEFAULT_DETAILS), &JSON_FUNCTIONS)?,
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
            marks: Marks::of(plan),
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

    /// Takes a point, and hands it on if it fires. A template that fails is an error, which ends the task.
    pub fn point(&mut self, point: &Point, scope: &Scope, board: &mut dyn Board) -> Result<Option<Point>, String> {
        let id = self.render_id(&point.name, &point.group, &point.tags)?;
        let current = self.restored(&point.group, &id, point.time, board).current();
        let level = self.level(point, current, scope);
        let (flags, groups) = (&self.flags, &mut self.groups);
        let Some(state) = groups.get_mut(&point.group) else {
            return Ok(None);
        };
        state.add(point.time, level, flags);
        let held_back = (flags.flapping.is_some() && state.flapping)
            || (flags.state_changes_only && !state.changed && !state.expired);
        if held_back || (level == Level::Ok && !state.changed) {
            return Ok(None);
        }
        state.triggered(point.time);
        let duration = state.last_triggered - state.first_triggered;
        let told = self.fire(&id, point, point.time, level, duration, point.series(), board)?;
        Ok(told.map(|told| {
            let mut point = point.clone();
            self.marks.put(&mut point.fields, &mut point.tags, &id, &told);
            point
        }))
    }

    /// Takes a window, and hands it on if it fires: the worst of its points counts. A template that fails is an error, which ends the task.
    pub fn batch(&mut self, batch: &Batch, scope: &Scope, board: &mut dyn Board) -> Result<Option<Batch>, String> {
        let tags = batch.group.tags.clone();
        let id = self.render_id(&batch.name, &batch.group, &tags)?;
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
            return Ok(None);
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
            return Ok(None);
        };
        state.add(time, level, flags);
        let held_back = (flags.flapping.is_some() && state.flapping)
            || (flags.state_changes_only && !state.changed && !state.expired);
        let fires = if level == Level::Ok { state.changed } else { !held_back };
        if !fires {
            return Ok(None);
        }
        state.triggered(time);
        let duration = state.last_triggered - state.first_triggered;
        let mut worst = worst.clone();
        worst.tags = tags;
        worst.group = batch.group.clone();
        let series = series_of(batch);
        let told = self.fire(&id, &worst, time, level, duration, series, board)?;
        Ok(told.map(|told| {
            let mut batch = batch.clone();
            for point in &mut batch.points {
                self.marks.put(&mut point.fields, &mut point.tags, &id, &told);
            }
            batch
        }))
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
        self.templates.id.execute(&self.data(name, group, tags).id())
    }

    fn data<'a>(&'a self, name: &'a str, group: &Group, tags: &'a BTreeMap<String, String>) -> AlertData<'a> {
        AlertData {
            name,
            task: &self.task,
            group: group.id(),
            tags,
        }
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
    ) -> Result<Option<EventState>, String> {
        if self.flags.no_recoveries && level == Level::Ok {
            return Ok(None);
        }
        let state = self.render(id, point, time, level, duration)?;
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
        Ok(Some(event.state))
    }

    fn render(&self, id: &str, point: &Point, time: i64, level: Level, duration: i64) -> Result<EventState, String> {
        let data = self.data(&point.name, &point.group, &point.tags);
        let fired = Fired {
            id,
            fields: &point.fields,
            level: level.name(),
            time,
            duration,
        };
        let message = self.templates.message.execute(&data.message(&fired))?;
        let details = self.templates.details.execute(&data.details(&fired, &message))?;
        Ok(EventState {
            message,
            details,
            time,
            duration,
            level,
        })
    }
}

impl Marks {
    fn of(plan: &NodePlan) -> Marks {
        let named = |marks: &[(&str, Told)]| {
            let found = marks.iter().filter_map(|(property, told)| {
                let name = plan.text(property).filter(|name| !name.is_empty())?;
                Some((name.to_owned(), *told))
            });
            found.collect()
        };
        Marks {
            fields: named(&[
                ("idField", Told::Id),
                ("levelField", Told::Level),
                ("messageField", Told::Message),
                ("durationField", Told::Duration),
            ]),
            tags: named(&[("idTag", Told::Id), ("levelTag", Told::Level)]),
        }
    }

    fn put(
        &self,
        fields: &mut BTreeMap<String, Field>,
        tags: &mut BTreeMap<String, String>,
        id: &str,
        state: &EventState,
    ) {
        let text = |told: Told| match told {
            Told::Id => id.to_owned(),
            Told::Level => state.level.name().to_owned(),
            Told::Message => state.message.clone(),
            Told::Duration => state.duration.to_string(),
        };
        for (name, told) in &self.fields {
            let value = match told {
                Told::Duration => Field::Int(state.duration),
                told => Field::String(text(*told)),
            };
            fields.insert(name.clone(), value);
        }
        tags.extend(self.tags.iter().map(|(name, told)| (name.clone(), text(*told))));
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
