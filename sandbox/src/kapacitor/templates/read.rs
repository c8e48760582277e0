//! `GET /kapacitor/v1/templates` and `GET /kapacitor/v1/templates/ID`.

use crate::kapacitor::page::{self, Page};
use crate::kapacitor::script;
use crate::kapacitor::stored::Template;
use crate::kapacitor::tasks::View;
use crate::kapacitor::Kapacitor;
use crate::server::exchange::{Answer, Request};
use serde_json::{json, Map, Value};

/// What a list shows when it is not asked for certain fields; it can be asked for `vars` too.
const ALL_FIELDS: [&str; 8] = ["link", "id", "type", "script", "dot", "error", "created", "modified"];

pub fn read(kapacitor: &Kapacitor, request: &Request, id: &str) -> Result<Answer, Answer> {
    let state = kapacitor.state();
    let template = state.database.templates.get(id);
    let template = template.ok_or_else(|| Answer::error(404, "no template exists"))?;
    whole(template, View::of_script(request)?)
}

/// The whole template.
pub fn whole(template: &Template, view: View) -> Result<Answer, Answer> {
    const FIELDS: [&str; 9] = [
        "link", "id", "type", "script", "vars", "dot", "error", "created", "modified",
    ];
    let fields: Vec<String> = FIELDS.map(str::to_owned).to_vec();
    Ok(Answer::json(200, &show(template, view, &fields)?))
}

pub fn list(kapacitor: &Kapacitor, request: &Request) -> Result<Answer, Answer> {
    let view = View::of_script(request)?;
    let page = Page::of(request)?.none_if_negative();
    let mut fields = page::fields(request, &ALL_FIELDS);
    // Go writes the keys of a map in their order.
    fields.sort();
    fields.dedup();
    let state = kapacitor.state();
    let templates = page.of_all(state.database.templates.iter());
    let shown: Result<Vec<Value>, Answer> = templates
        .into_iter()
        .map(|template| show(template, view, &fields))
        .collect();
    Ok(Answer::json(200, &json!({ "templates": shown? })))
}

fn show(template: &Template, view: View, fields: &[String]) -> Result<Value, Answer> {
    let shown = fields.iter().map(|field| {
        let value = match field.as_str() {
            "link" => json!({ "rel": "self", "href": format!("/kapacitor/v1/templates/{}", template.id) }),
            "id" => json!(template.id),
            "type" => json!(template.task_type),
            "script" => json!(view.of_text(&template.script)),
            "vars" => script::vars_of_template(&template.script),
            "dot" => json!(script::dot_of_template(&template.id, &template.script)),
            "error" => json!(""),
            "created" => json!(template.created),
            "modified" => json!(template.modified),
            other => return Err(page::unsupported(other)),
        };
        Ok((field.clone(), value))
    });
    Ok(Value::Object(shown.collect::<Result<Map<String, Value>, Answer>>()?))
}
