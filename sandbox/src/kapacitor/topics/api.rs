//! `/kapacitor/v1/alerts/topics…`.

use crate::go::path;
use crate::go::quote::quote;
use crate::kapacitor::process::poster::Queue;
use crate::kapacitor::process::state::State;
use crate::kapacitor::topics::board::Topic;
use crate::kapacitor::topics::event::{EventState, Level};
use crate::kapacitor::topics::handler::{Handler, HandlerSpec};
use crate::kapacitor::topics::json_patch;
use crate::kapacitor::Kapacitor;
use crate::server::exchange::{Answer, Reply, Request};
use serde_json::{json, Value};

const BASE: &str = "/kapacitor/v1/alerts/topics";

/// Routes a request whose path starts with `/kapacitor/v1/alerts/topics`.
pub async fn serve(kapacitor: &Kapacitor, request: &Request, path: &str) -> Reply {
    let parts: Vec<&str> = path[BASE.len()..].trim_start_matches('/').splitn(3, '/').collect();
    match (request.method.as_str(), parts.as_slice()) {
        ("GET", [_, "handlers", ..]) => kapacitor.lifecycle.handlers_turn(request).await,
        ("GET", _) => {}
        _ => return change(kapacitor, request, &parts).await,
    }
    kapacitor.lifecycle.topics_turn(request).await;
    let state = kapacitor.state();
    let result = match (request.method.as_str(), parts.as_slice()) {
        ("GET", [""]) => list(&state, request),
        ("GET", [topic]) => read(&state, topic),
        ("GET", [topic, "events"]) => list_events(&state, request, topic),
        ("GET", [topic, "events", event]) => read_event(&state, topic, event),
        ("GET", [topic, "handlers"]) => list_handlers(&state, request, path, topic),
        ("GET", [topic, "handlers", id]) => read_handler(&state, topic, id),
        _ => Err(Answer::error(404, "Not Found")),
    };
    result.unwrap_or_else(|error| error).into()
}

/// What a change answers, and what the handlers that it took away have still to post.
type Changed = Result<(Answer, Vec<Queue>), Answer>;

/// Changes topics and handlers. The answer comes once the handlers that are gone have posted all that they had queued.
async fn change(kapacitor: &Kapacitor, request: &Request, parts: &[&str]) -> Reply {
    let whole_topic = parts.len() == 1;
    let work = || {
        let mut state = kapacitor.state();
        // An alert that is to reach a topic waits for it.
        state.memory.stops += 1;
        let changed = match (request.method.as_str(), parts) {
            ("POST", [topic, "handlers"]) => create(kapacitor, &mut state, request, topic),
            ("PATCH", [topic, "handlers", id]) => patch(kapacitor, &mut state, request, topic, id),
            ("PUT", [topic, "handlers", id]) => put(kapacitor, &mut state, request, topic, id),
            ("DELETE", [topic]) => Ok(delete_topic(&mut state, topic)),
            ("DELETE", [topic, "handlers", id]) => Ok((Answer::no_content(), delete_handler(&mut state, topic, id))),
            _ => Err(Answer::error(404, "Not Found")),
        };
        kapacitor.save(&state);
        changed.unwrap_or_else(|refused| (refused, Vec::new()))
    };
    let answer = kapacitor.lifecycle.change_handlers(request, whole_topic, work).await;
    kapacitor.go_on();
    answer.into()
}

fn link(relation: &str, href: String) -> Value {
    json!({ "rel": relation, "href": href })
}

/// The link of a list repeats the query.
fn list_link(request: &Request, path: &str) -> Value {
    let query = request
        .target
        .split_once('?')
        .map_or(String::new(), |(_, query)| format!("?{query}"));
    link("self", format!("{path}{query}"))
}

fn pattern(request: &Request) -> Result<String, Answer> {
    let pattern = request.parameter("pattern").unwrap_or_default();
    path::check(&pattern).map_err(|_| Answer::error(400, "invalid pattern: syntax error in pattern"))?;
    Ok(pattern)
}

fn min_level(request: &Request) -> Result<Level, Answer> {
    Level::parse(&request.parameter("min-level").unwrap_or_default()).map_err(|error| Answer::error(400, &error))
}

fn topic_view(id: &str, topic: &Topic) -> Value {
    json!({
        "link": link("self", format!("{BASE}/{id}")),
        "id": id,
        "level": topic.level(),
        "collected": topic.collected,
        "events-link": link("events", format!("{BASE}/{id}/events")),
        "handlers-link": link("handlers", format!("{BASE}/{id}/handlers")),
    })
}

fn list(state: &State, request: &Request) -> Result<Answer, Answer> {
    let (pattern, min_level) = (pattern(request)?, min_level(request)?);
    let topics: Vec<Value> = state
        .memory
        .topics
        .all()
        .iter()
        .filter(|(id, topic)| path::lets_through(&pattern, id) && topic.level() >= min_level)
        .map(|(id, topic)| topic_view(id, topic))
        .collect();
    Ok(Answer::json(
        200,
        &json!({ "link": list_link(request, BASE), "topics": topics }),
    ))
}

fn read(state: &State, id: &str) -> Result<Answer, Answer> {
    let topic = state.memory.topics.get(id);
    let topic = topic.ok_or_else(|| Answer::error(404, &format!("unknown topic: {}", quote(id))))?;
    Ok(Answer::json(200, &topic_view(id, topic)))
}

fn event_view(topic: &str, id: &str, event: &EventState) -> Value {
    json!({ "link": link("self", format!("{BASE}/{topic}/events/{id}")), "id": id, "state": event.view() })
}

fn list_events(state: &State, request: &Request, id: &str) -> Result<Answer, Answer> {
    let min_level = min_level(request)?;
    let topic = state.memory.topics.get(id).ok_or_else(|| {
        let message = format!("failed to get topic events: unknown topic {}", quote(id));
        Answer::error(500, &message)
    })?;
    let events: Vec<Value> = topic
        .events(min_level)
        .map(|(event_id, event)| event_view(id, event_id, event))
        .collect();
    let links = link("self", format!("{BASE}/{id}/events"));
    Ok(Answer::json(
        200,
        &json!({ "link": links, "topic": id, "events": events }),
    ))
}

fn read_event(state: &State, topic: &str, id: &str) -> Result<Answer, Answer> {
    let unknown = || Answer::error(404, &format!("unknown event {} in topic {}", quote(id), quote(topic)));
    let event = state.memory.topics.event(topic, id).ok_or_else(unknown)?;
    Ok(Answer::json(200, &event_view(topic, id, event)))
}

fn handler_view(topic: &str, spec: &HandlerSpec) -> Value {
    let mut options: Vec<_> = spec.options.iter().collect();
    options.sort_by(|left, right| left.0.cmp(right.0));
    let options: serde_json::Map<String, Value> = options
        .into_iter()
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    json!({
        "link": link("self", format!("{BASE}/{topic}/handlers/{}", spec.id)),
        "id": spec.id,
        "kind": spec.kind,
        "options": options,
        "match": spec.condition,
    })
}

fn list_handlers(state: &State, request: &Request, path: &str, topic: &str) -> Result<Answer, Answer> {
    let pattern = pattern(request)?;
    let listed = state
        .memory
        .topics
        .specs(topic)
        .filter(|spec| path::lets_through(&pattern, &spec.id));
    let handlers: Vec<Value> = listed.map(|spec| handler_view(topic, spec)).collect();
    Ok(Answer::json(
        200,
        &json!({ "link": list_link(request, path), "topic": topic, "handlers": handlers }),
    ))
}

fn known(state: &State, topic: &str, id: &str) -> Result<HandlerSpec, Answer> {
    let spec = state.memory.topics.spec(topic, id).cloned();
    spec.ok_or_else(|| Answer::error(404, &format!("unknown handler: {}", quote(id))))
}

fn read_handler(state: &State, topic: &str, id: &str) -> Result<Answer, Answer> {
    Ok(Answer::json(200, &handler_view(topic, &known(state, topic, id)?)))
}

fn spec_of(request: &Request, refused: &str) -> Result<HandlerSpec, Answer> {
    let mut values = serde_json::Deserializer::from_slice(&request.body).into_iter::<HandlerSpec>();
    let error = match values.next() {
        Some(Ok(spec)) => return Ok(spec),
        None => "EOF".to_owned(),
        Some(Err(error)) if error.is_eof() => "unexpected EOF".to_owned(),
        Some(Err(error)) => error.to_string(),
    };
    Err(Answer::error(400, &format!("{refused}: {error}")))
}

fn validate(topic: &str, spec: &HandlerSpec) -> Result<(), Answer> {
    let valid = crate::kapacitor::tasks::is_valid_id;
    let invalid = |reason: String| Err(Answer::error(400, &format!("invalid handler spec: {reason}")));
    let allowed = "must contain only letters, numbers, '-', '.' and '_'.";
    if !valid(topic) {
        // As recorded, the id is quoted and not the topic.
        return invalid(format!("handler topic {allowed} {}", quote(&spec.id)));
    }
    if !valid(&spec.id) {
        return invalid(format!("handler ID {allowed} {}", quote(&spec.id)));
    }
    if spec.kind.is_empty() {
        return invalid("handler Kind must not be empty".to_owned());
    }
    Ok(())
}

fn make(kapacitor: &Kapacitor, state: &State, spec: &HandlerSpec, doing: &str) -> Result<Handler, Answer> {
    if !kapacitor.release().has_handler(&spec.kind) {
        let message = format!(
            "failed to {doing} handler: unsupported action kind {}",
            quote(&spec.kind)
        );
        return Err(Answer::error(500, &message));
    }
    let made = Handler::of_spec(spec, &state.memory.endpoints, &kapacitor.poster);
    made.map_err(|error| Answer::error(500, &format!("failed to {doing} handler: {error}")))
}

fn create(kapacitor: &Kapacitor, state: &mut State, request: &Request, topic: &str) -> Changed {
    let spec = spec_of(request, "invalid handler json")?;
    validate(topic, &spec)?;
    let handler = make(kapacitor, state, &spec, "create")?;
    if state.memory.topics.spec(topic, &spec.id).is_some() {
        let id = quote(&spec.id);
        let message = format!("failed to create handler: cannot register handler, handler with ID {id} already exists");
        return Err(Answer::error(500, &message));
    }
    Ok((store(state, topic, spec, handler), Vec::new()))
}

fn store(state: &mut State, topic: &str, spec: HandlerSpec, handler: Handler) -> Answer {
    let answer = Answer::json(200, &handler_view(topic, &spec));
    state
        .database
        .handlers
        .entry(topic.to_owned())
        .or_default()
        .insert(spec.id.clone(), spec.clone());
    state.memory.topics.put_spec(topic, spec, handler);
    answer
}

fn replace(kapacitor: &Kapacitor, state: &mut State, topic: &str, old: &HandlerSpec, new: HandlerSpec) -> Changed {
    validate(topic, &new)?;
    let handler = make(kapacitor, state, &new, "update")?;
    let queues = delete_handler(state, topic, &old.id);
    Ok((store(state, topic, new, handler), queues))
}

fn patch(kapacitor: &Kapacitor, state: &mut State, request: &Request, topic: &str, id: &str) -> Changed {
    let old = known(state, topic, id)?;
    let operations: Vec<Value> = serde_json::from_slice(&request.body).map_err(|error| {
        let reason = match request.text().trim_start().starts_with('{') {
            true => "json: cannot unmarshal object into Go value of type jsonpatch.Patch".to_owned(),
            false => error.to_string(),
        };
        Answer::error(400, &format!("invalid patch json: {reason}"))
    })?;
    let failed = |error: String| Answer::error(400, &format!("failed to apply patch: {error}"));
    let mut patched = serde_json::to_value(&old).map_err(|error| failed(error.to_string()))?;
    json_patch::apply(&mut patched, &operations).map_err(failed)?;
    let new = serde_json::from_value(patched).map_err(|error| {
        let message = format!("failed to unmarshal patched json: {error}");
        Answer::error(500, &message)
    })?;
    replace(kapacitor, state, topic, &old, new)
}

fn put(kapacitor: &Kapacitor, state: &mut State, request: &Request, topic: &str, id: &str) -> Changed {
    let old = known(state, topic, id)?;
    let new = spec_of(request, "failed to unmarshal JSON")?;
    replace(kapacitor, state, topic, &old, new)
}

fn delete_topic(state: &mut State, topic: &str) -> (Answer, Vec<Queue>) {
    let queues = state.memory.topics.delete(&mut state.database, topic);
    (Answer::no_content(), queues)
}

fn delete_handler(state: &mut State, topic: &str, id: &str) -> Vec<Queue> {
    if state.memory.topics.spec(topic, id).is_none() {
        return Vec::new();
    }
    if let Some(stored) = state.database.handlers.get_mut(topic) {
        stored.remove(id);
    }
    state.memory.topics.remove_spec(topic, id).into_iter().collect()
}
