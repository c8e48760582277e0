//! `GET` and `POST /kapacitor/v1/config…`.

use crate::kapacitor::config::httppost::Config;
use crate::kapacitor::config::overrides::resolve;
use crate::kapacitor::config::sections::{self, Section};
use crate::kapacitor::config::update::{Place, Planned, Update};
use crate::kapacitor::Kapacitor;
use crate::server::exchange::{Answer, Reply, Request};
use serde_json::{json, Map, Value};
use std::time::Duration;

const BASE: &str = "/kapacitor/v1/config/";
/// Between reading an element's overrides and storing them again. Updates of one element that come in between get lost,
/// as they do in Kapacitor.
const READ_TO_SAVE: Duration = Duration::from_millis(5);

/// `GET` of all sections, one section, or one element.
pub fn get(kapacitor: &Kapacitor, path: &str) -> Answer {
    read(kapacitor, path).unwrap_or_else(|error| error)
}

/// `POST` of an update to a section or element.
pub async fn post(kapacitor: &Kapacitor, request: &Request, path: &str) -> Reply {
    let planned = match plan(kapacitor, request, path) {
        Ok(planned) => planned,
        Err(answer) => return answer.into(),
    };
    tokio::time::sleep(READ_TO_SAVE).await;
    try_and_save(kapacitor, &place(path), planned)
}

fn place(path: &str) -> Place {
    let rest = path.strip_prefix(BASE).unwrap_or_default();
    match rest.split_once('/') {
        Some((section, element)) => Place {
            section: section.to_owned(),
            element: Some(element.to_owned()),
        },
        None => Place {
            section: rest.to_owned(),
            element: None,
        },
    }
}

fn enabled(kapacitor: &Kapacitor) -> Result<(), Answer> {
    if kapacitor.state().conf.config_override_enabled {
        return Ok(());
    }
    Err(Answer::error(403, "config override service is not enabled"))
}

fn plan(kapacitor: &Kapacitor, request: &Request, path: &str) -> Result<Planned, Answer> {
    enabled(kapacitor)?;
    let update =
        first_value(&request.body).map_err(|error| Answer::error(400, &format!("failed to decode JSON:{error}")))?;
    let place = place(path);
    let state = kapacitor.state();
    let planned = update.plan(&place, &state.database.overrides);
    planned.map_err(|error| Answer::error(400, &format!("failed to apply update: {error}")))
}

/// The first JSON value of the body, or Go's words for a body that ends too early.
fn first_value(body: &[u8]) -> Result<Update, String> {
    match serde_json::Deserializer::from_slice(body)
        .into_iter::<Option<Update>>()
        .next()
    {
        Some(Ok(update)) => Ok(update.unwrap_or_default()),
        None => Err("EOF".to_owned()),
        Some(Err(error)) if error.is_eof() => Err("unexpected EOF".to_owned()),
        Some(Err(error)) => Err(error.to_string()),
    }
}

fn try_and_save(kapacitor: &Kapacitor, place: &Place, planned: Planned) -> Reply {
    let mut state = kapacitor.state();
    let tried = planned.tried(&state.database.overrides);
    let elements = match resolve(&state.conf, &tried) {
        Ok(elements) => elements,
        Err(error) => return Answer::error(400, &error).into(),
    };
    let updated = match place.section.as_str() {
        "httppost" => state.memory.endpoints.update(&elements),
        known if sections::all().contains_key(known) => Ok(()),
        unknown => Err(format!(
            "received configuration update for unknown dynamic service {unknown}"
        )),
    };
    if let Err(error) = updated {
        let element = place.element.as_deref().unwrap_or_default();
        return Answer::error(
            500,
            &format!("failed to update configuration {}/{element}: {error}", place.section),
        )
        .into();
    }
    if matches!(planned, Planned::Panic) {
        return Reply::Drop;
    }
    planned.save(&mut state.database.overrides);
    kapacitor.save(&state);
    Answer::no_content().into()
}

fn read(kapacitor: &Kapacitor, path: &str) -> Result<Answer, Answer> {
    enabled(kapacitor)?;
    let state = kapacitor.state();
    let elements = resolve(&state.conf, &state.database.overrides).map_err(|error| {
        let message = format!("failed to resolve current config:failed to apply configuration overrides: {error}");
        Answer::error(500, &message)
    })?;
    if !path.starts_with(BASE) {
        return Ok(Answer::json(200, &everything(&elements)));
    }
    let Place { section, element } = place(path);
    if section.is_empty() {
        return Err(Answer::error(
            400,
            "section not specified, do you have an extra trailing '/'?",
        ));
    }
    let shown = match sections::all().get(&section) {
        Some(other) => section_view(
            &section,
            vec![(other.element().to_owned(), plain_view(&section, other))],
        ),
        None if section == "httppost" => section_view(&section, httppost_views(&elements)),
        None => return Err(Answer::error(404, &format!("unknown section: {section}"))),
    };
    let Some(element) = element else {
        return Ok(Answer::json(200, &shown.0));
    };
    let found = shown.1.into_iter().find(|(name, _)| *name == element);
    let (_, view) =
        found.ok_or_else(|| Answer::error(404, &format!("unknown section/element: {section}/{element}")))?;
    Ok(Answer::json(200, &view))
}

type Views = Vec<(String, Value)>;

fn section_view(section: &str, elements: Views) -> (Value, Views) {
    let views: Vec<&Value> = elements.iter().map(|(_, view)| view).collect();
    let whole = json!({
        "link": { "rel": "self", "href": format!("/kapacitor/v1/config/{section}") },
        "elements": views,
    });
    (whole, elements)
}

fn httppost_views(elements: &[Config]) -> Views {
    elements
        .iter()
        .map(|config| {
            let view = json!({
                "link": { "rel": "self", "href": format!("/kapacitor/v1/config/httppost/{}", config.endpoint) },
                "options": config.redacted(),
                "redacted": ["basic-auth"],
            });
            (config.endpoint.clone(), view)
        })
        .collect()
}

fn plain_view(name: &str, section: &Section) -> Value {
    json!({
        "link": { "rel": "self", "href": format!("/kapacitor/v1/config/{name}/{}", section.element()) },
        "options": section.options,
        "redacted": section.redacted,
    })
}

fn everything(elements: &[Config]) -> Value {
    let mut sections: Map<String, Value> = sections::all()
        .iter()
        .map(|(name, section)| {
            let view = plain_view(name, section);
            (
                name.clone(),
                section_view(name, vec![(section.element().to_owned(), view)]).0,
            )
        })
        .collect();
    sections.insert(
        "httppost".to_owned(),
        section_view("httppost", httppost_views(elements)).0,
    );
    json!({ "link": { "rel": "self", "href": "/kapacitor/v1/config" }, "sections": sections })
}
