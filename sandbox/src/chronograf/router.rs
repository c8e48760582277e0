//! Which request goes where in Chronograf, and the headers that every answer carries.

use crate::chronograf::connections::{answer, error, no_content, not_allowed};
use crate::chronograf::instance::{Chronograf, VERSION};
use crate::chronograf::{auth, proxy, rules};
use crate::server::exchange::{Answer, Reply, Request};
use serde_json::{json, Value};

const API: &str = "/chronograf/v1";

/// Answers a request.
pub async fn route(chronograf: &Chronograf, request: &Request) -> Reply {
    if let Some(refused) = auth::refused_by_proxy(&chronograf.conf().auth, request) {
        return refused.into();
    }
    let answer = dispatch(chronograf, request).await.unwrap_or_else(|refused| refused);
    answer.header("X-Chronograf-Version", VERSION).into()
}

async fn dispatch(chronograf: &Chronograf, request: &Request) -> Result<Answer, Answer> {
    let base = chronograf.conf().base_path;
    let Some(path) = request.path().strip_prefix(&base) else {
        return Err(Answer::new(404, "text/plain; charset=utf-8", "404 page not found\n"));
    };
    {
        let mut state = chronograf.state();
        let state = &mut *state;
        auth::check(&state.conf.auth, &mut state.nonce, request, path)?;
    }
    auth::check_origin(request, &chronograf.host)?;
    if let Some(moved) = moved(&base, path) {
        return Err(moved);
    }
    let parts: Vec<&str> = path.strip_prefix("/chronograf/v1/sources").map_or(Vec::new(), parts_of);
    match (path, parts.as_slice()) {
        ("/ping", _) => Ok(Answer {
            status: 200,
            ..no_content()
        }),
        ("/nonce", _) => {
            let mut state = chronograf.state();
            let state = &mut *state;
            Ok(Answer::new(
                200,
                "text/plain",
                state.nonce.text(&state.conf.auth).to_owned(),
            ))
        }
        ("/chronograf/v1" | "/chronograf/v1/", _) => Ok(answer(200, &root(chronograf))),
        ("/chronograf/v1/me", _) => Ok(answer(200, &json!({ "links": { "self": "/chronograf/v1/me" } }))),
        ("/chronograf/v1/sources", _) => chronograf.state().connections.serve_sources(request, None),
        (_, [id]) => chronograf.state().connections.serve_sources(request, Some(id)),
        (_, [_, "proxy" | "queries"]) if request.method == "POST" => Err(influxdb(request)),
        (_, [source, "kapacitors"]) => chronograf.state().connections.serve_kapacitors(request, source, None),
        (_, [source, "kapacitors", id]) => chronograf
            .state()
            .connections
            .serve_kapacitors(request, source, Some(id)),
        (_, [source, "kapacitors", id, "proxy"]) => {
            if request.method == "PUT" || request.method == "HEAD" {
                return Err(not_allowed("DELETE, GET, OPTIONS, PATCH, POST"));
            }
            let kapacitor = chronograf.state().connections.kapacitor(source, id)?;
            Ok(proxy::pass(&kapacitor, request).await)
        }
        (_, [source, "kapacitors", id, "rules", rest @ ..]) => {
            let kapacitor = chronograf.state().connections.kapacitor(source, id)?;
            rules::serve(&kapacitor, request, rest).await
        }
        _ => Ok(page()),
    }
}

fn parts_of(rest: &str) -> Vec<&str> {
    rest.trim_start_matches('/')
        .split('/')
        .filter(|part| !part.is_empty())
        .collect()
}

/// The user interface, which answers whatever is no route.
fn page() -> Answer {
    Answer::new(
        200,
        "text/html; charset=utf-8",
        "<!DOCTYPE html><html><title>This is a sandbox and not Chronograf</title></html>",
    )
}

/// Where a path with or without a slash at its end is moved to.
fn moved(base: &str, path: &str) -> Option<Answer> {
    let to = |location: String| {
        let body = format!("<a href=\"{location}\">Moved Permanently</a>.\n\n");
        Answer::new(301, "text/html; charset=utf-8", body).header("Location", &location)
    };
    let trimmed = path.trim_end_matches('/');
    match (base.is_empty(), path) {
        (true, API) => Some(to(format!("{API}/"))),
        (true, "/chronograf/v1/") => None,
        (true, _) if path.starts_with(API) && path != trimmed => {
            let last = trimmed.rsplit('/').next().unwrap_or_default();
            let answer = Answer::new(301, "text/html; charset=utf-8", "");
            Some(answer.header("Location", &format!("../{last}")))
        }
        (false, _) if path.starts_with(API) && path != trimmed => Some(to(format!("{base}{trimmed}"))),
        _ => None,
    }
}

/// The proxy to InfluxDB and its queries, of which only the header that they want is played.
fn influxdb(request: &Request) -> Answer {
    if request.header("x-requested-with") != Some("XMLHttpRequest") {
        return error(403, "missing required X-Requested-With header");
    }
    error(500, "the sandbox, which is not Chronograf, has no InfluxDB")
}

fn root(chronograf: &Chronograf) -> Value {
    let oauth = matches!(
        chronograf.conf().auth,
        crate::options::ChronografAuth::Superadmin { .. } | crate::options::ChronografAuth::Session { .. }
    );
    let github = json!([{
        "name": "github",
        "label": "Github",
        "login": "/oauth/github/login",
        "logout": "/oauth/github/logout",
        "callback": "/oauth/github/callback",
        "redirectLogin": false,
    }]);
    let mut links = json!({
        "layouts": "/chronograf/v1/layouts",
        "protoboards": "/chronograf/v1/protoboards",
        "users": "/chronograf/v1/organizations/default/users",
        "allUsers": "/chronograf/v1/users",
        "organizations": "/chronograf/v1/organizations",
        "mappings": "/chronograf/v1/mappings",
        "sources": "/chronograf/v1/sources",
        "me": "/chronograf/v1/me",
        "environment": "/chronograf/v1/env",
        "dashboards": "/chronograf/v1/dashboards",
        "config": { "self": "/chronograf/v1/config", "auth": "/chronograf/v1/config/auth" },
        "auth": if oauth { github } else { json!([]) },
        "external": { "statusFeed": "http://127.0.0.1:1/" },
        "orgConfig": { "self": "/chronograf/v1/org_config", "logViewer": "/chronograf/v1/org_config/logviewer" },
        "flux": {
            "ast": "/chronograf/v1/flux/ast",
            "self": "/chronograf/v1/flux",
            "suggestions": "/chronograf/v1/flux/suggestions",
        },
        "validateTextTemplates": "chronograf/v1/validate_text_templates",
    });
    if oauth {
        links["logout"] = json!("/oauth/logout");
    }
    links
}
