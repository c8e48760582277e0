//! Kapacitor's user service: `/kapacitor/v1/users`.

use crate::go::quote::quote;
use crate::kapacitor::process::state::State;
use crate::kapacitor::stored::StoredUser;
use crate::kapacitor::Kapacitor;
use crate::options::{Permission, UserType};
use crate::server::exchange::{Answer, Reply, Request};
use serde::Deserialize;
use serde_json::{json, Value};

#[derive(Default, Deserialize)]
#[serde(default)]
struct Options {
    name: String,
    password: String,
    #[serde(rename = "type")]
    user_type: Option<UserType>,
    permissions: Option<Vec<Permission>>,
}

/// Routes a request whose path starts with `/kapacitor/v1/users`.
pub fn serve(kapacitor: &Kapacitor, request: &Request, path: &str) -> Reply {
    let mut state = kapacitor.state();
    let name = path.strip_prefix("/kapacitor/v1/users/").unwrap_or_default();
    let result = match (request.method.as_str(), path) {
        ("GET", "/kapacitor/v1/users") => Ok(list(&state)),
        ("POST", "/kapacitor/v1/users") => create(&mut state, request),
        ("GET", _) => read(&state, name),
        ("PATCH", _) => update(&mut state, request, name),
        ("DELETE", _) => {
            state.database.users.remove(name);
            Ok(Answer::no_content())
        }
        _ => Err(Answer::error(404, "Not Found")),
    };
    kapacitor.save(&state);
    result.unwrap_or_else(|answer| answer).into()
}

fn view(name: &str, user: &StoredUser) -> Value {
    json!({
        "link": { "rel": "self", "href": format!("/kapacitor/v1/users/{name}") },
        "name": name,
        "type": user.user_type,
        "permissions": user.permissions,
    })
}

fn list(state: &State) -> Answer {
    let users: Vec<Value> = state
        .database
        .users
        .iter()
        .map(|(name, user)| view(name, user))
        .collect();
    Answer::json(200, &json!({ "users": users }))
}

fn read(state: &State, name: &str) -> Result<Answer, Answer> {
    let user = state
        .database
        .users
        .get(name)
        .ok_or_else(|| Answer::error(404, "no user exists"))?;
    Ok(Answer::json(200, &view(name, user)))
}

fn create(state: &mut State, request: &Request) -> Result<Answer, Answer> {
    let options = options(request)?;
    if options.name.is_empty() {
        return Err(Answer::error(400, "username is required"));
    }
    if !options
        .name
        .chars()
        .all(|letter| letter.is_alphanumeric() || "-._@".contains(letter))
    {
        let allowed = "username must contain only letters, numbers, '-', '.', '@' and '_'.";
        return Err(Answer::error(400, &format!("{allowed} {}", quote(&options.name))));
    }
    if options.password.is_empty() {
        return Err(Answer::error(400, "password is required"));
    }
    if state.database.users.contains_key(&options.name) {
        // As recorded: 200 with an empty user, and nothing is changed.
        let nobody = json!({
            "link": { "rel": "self", "href": "/kapacitor/v1/users" },
            "name": "",
            "type": "normal",
            "permissions": [],
        });
        return Ok(Answer::json(200, &nobody));
    }
    let user = StoredUser {
        password: options.password,
        user_type: options.user_type.unwrap_or_default(),
        permissions: options.permissions.unwrap_or_default(),
    };
    let answer = Answer::json(200, &view(&options.name, &user));
    state.database.users.insert(options.name, user);
    Ok(answer)
}

fn update(state: &mut State, request: &Request, name: &str) -> Result<Answer, Answer> {
    let options = options(request)?;
    let user = state
        .database
        .users
        .get_mut(name)
        .ok_or_else(|| Answer::error(404, "no user exists"))?;
    if !options.password.is_empty() {
        user.password = options.password;
    }
    if let Some(user_type) = options.user_type {
        user.user_type = user_type;
    }
    if let Some(permissions) = options.permissions {
        user.permissions = permissions;
    }
    Ok(Answer::json(200, &view(name, user)))
}

fn options(request: &Request) -> Result<Options, Answer> {
    serde_json::from_slice(&request.body).map_err(|_| Answer::error(400, "invalid JSON"))
}
