//! Whether the state says what the server has.

use super::operations::reads::the_test_was_posted;
use super::operations::{Operation, HANDLER, NOWHERE, OUTSIDE, SECOND, TASK, TEMPLATE};
use super::{handlers, tasks, templates};
use crate::harness::{Api, Server, State, ENDPOINT, RULE};
use serde_json::{json, Value};

/// Whether the state says what the server has. Before an import it says nothing, which is true as well.
pub(super) fn agree(operation: &Operation, server: &Server, state: &State) -> Result<(), String> {
    if operation.imports && state.addresses().is_empty() {
        return Ok(());
    }
    match state.find(TASK) {
        Some(kept) => task_agrees(&server.api(), &kept)?,
        None => rule_agrees(&server.api(), state.find(RULE))?,
    }
    templates_agree(&server.api(), [state.find(TEMPLATE), state.find(SECOND)])?;
    handler_agrees(&server.api(), state.find(HANDLER))?;
    endpoint_agrees(&server.api(), state.find(ENDPOINT))?;
    webhook_test_agrees(server, state)
}

/// The receiver is always reached, so that a test either says so or failed and says nothing.
fn webhook_test_agrees(server: &Server, state: &State) -> Result<(), String> {
    let reached = &state.0["outputs"]["reached"]["value"];
    if *reached == Value::Null || (*reached == true && the_test_was_posted(server).is_ok()) {
        return Ok(());
    }
    Err(format!("the state says reached = {reached}: {:?}", server.posts()))
}

fn rule_agrees(api: &Api, kept: Option<Value>) -> Result<(), String> {
    let mut tasks = tasks(api);
    tasks.retain(|task| {
        !task["id"]
            .as_str()
            .is_some_and(|id| id.starts_with("squadcast-backtest-") || id == OUTSIDE)
    });
    let (kept, task) = match (kept, tasks.as_slice()) {
        (None, []) => return Ok(()),
        (Some(kept), [task]) => (kept, task),
        (kept, tasks) => return Err(format!("{} tasks, and the state has {kept:?}", tasks.len())),
    };
    let said = |name: &str| kept[name].clone();
    let enabled = json!(task["status"] == "enabled");
    if (said("id"), said("enabled"), said("executing")) != (task["id"].clone(), enabled, task["executing"].clone()) {
        return Err(format!("the state has {kept:#}, the server {task:#}"));
    }
    let script = task["script"].as_str().unwrap();
    let line = format!("var message = '{}'\n", kept["message"].as_str().unwrap());
    let by_hand = ".warn(lambda: TRUE)";
    let shown = kept["tickscript"].as_str().unwrap();
    if !script.contains(&line) || script.contains(by_hand) != shown.contains(by_hand) {
        return Err(format!("the state has {shown}, the server {script}"));
    }
    Ok(())
}

/// What a template made of its task, the next refresh shows. Until then the state tells it of the template, if that is there.
fn task_agrees(api: &Api, kept: &Value) -> Result<(), String> {
    let tasks = tasks(api);
    let [task] = tasks.as_slice() else {
        return Err(format!("{} tasks, and the state has {kept:#}", tasks.len()));
    };
    let is_renamed = !templates(api)
        .iter()
        .any(|template| template["id"] == kept["template_id"]);
    let of_template = !kept["template_id"].is_null();
    let enabled = json!(task["status"] == "enabled");
    let dbrp = |dbrp: &Value| format!("{}.{}", dbrp["db"].as_str().unwrap(), dbrp["rp"].as_str().unwrap());
    let dbrps: Vec<String> = task["dbrps"].as_array().unwrap().iter().map(dbrp).collect();
    let crit = |crit: Option<&str>| crit.map(str::to_owned).unwrap_or_default();
    let is = json!([
        task["id"],
        enabled,
        task["executing"],
        dbrps,
        task["vars"]["hook"]["value"]
    ]);
    let said = json!([
        kept["id"],
        kept["enabled"],
        kept["executing"],
        kept["dbrps"],
        kept["secrets"]["hook"]
    ]);
    let number = task["vars"]["crit"]["value"].as_i64().map(|crit| crit.to_string());
    let is_same_script = match of_template {
        true => is_renamed || kept["template_id"] == task["template-id"],
        false => task["template-id"].is_null() && told_apart(&kept["tickscript"]) == told_apart(&task["script"]),
    };
    if is != said || crit(number.as_deref()) != crit(kept["vars"]["crit"].as_str()) || !is_same_script {
        return Err(format!("the state has {kept:#}, the server {task:#}"));
    }
    Ok(())
}

/// What tells the scripts of tasks and templates here apart.
fn told_apart(script: &Value) -> (bool, Option<&str>) {
    let script = script.as_str().unwrap_or_default();
    let crit = script.lines().find(|line| line.starts_with("var crit"));
    (script.contains("post(hook)"), crit)
}

fn templates_agree<const N: usize>(api: &Api, kept: [Option<Value>; N]) -> Result<(), String> {
    let (found, tasks) = (templates(api), tasks(api));
    let kept: Vec<Value> = kept.into_iter().flatten().collect();
    let agrees = |kept: &Value| {
        let template = found.iter().find(|template| template["id"] == kept["id"])?;
        let of_it = tasks.iter().filter(|task| task["template-id"] == template["id"]);
        let outdated = of_it.filter(|task| task["script"] != template["script"]);
        let outdated: Vec<&Value> = outdated.map(|task| &task["id"]).collect();
        let is = (json!(outdated), told_apart(&template["script"]));
        (is == (kept["outdated_tasks"].clone(), told_apart(&kept["tickscript"]))).then_some(())
    };
    match kept.len() == found.len() && kept.iter().all(|kept| agrees(kept).is_some()) {
        true => Ok(()),
        false => Err(format!("the state has {kept:#?}, the server {found:#?} and {tasks:#?}")),
    }
}

fn handler_agrees(api: &Api, kept: Option<Value>) -> Result<(), String> {
    let found = handlers(api);
    let (kept, handler) = match (kept, found.as_slice()) {
        (None, []) => return Ok(()),
        (Some(kept), [handler]) => (kept, handler),
        (kept, found) => return Err(format!("the handlers {found:?}, and the state has {kept:?}")),
    };
    let kind = handler["kind"].as_str().unwrap();
    let is = json!([
        handler["id"],
        handler["options"]["url"],
        handler["options"]["channel"],
        handler["match"]
    ]);
    let condition = kept["match"].as_str().unwrap_or_default();
    let said = json!([kept["handler_id"], kept[kind]["url"], kept[kind]["channel"], condition]);
    match is == said {
        true => Ok(()),
        false => Err(format!("the state has {kept:#}, the server {handler:#}")),
    }
}

fn endpoint_agrees(api: &Api, kept: Option<Value>) -> Result<(), String> {
    let has = api.endpoint("squadcast").ok_or("the declared endpoint is gone")?;
    if let Some(added) = api.endpoint("added") {
        return Err(format!("an endpoint was left behind: {added}"));
    }
    let url = match &kept {
        Some(kept) if kept["declared"] == true => kept["url"].clone(),
        _ => json!(format!("{NOWHERE}/from-conf")),
    };
    if has["url"] != url {
        return Err(format!("the state has {kept:#?}, the server {has:#}"));
    }
    Ok(())
}
