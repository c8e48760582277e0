//! The handlers that a script gives to an alert.

use crate::engine::plan::{Const, NodePlan};
use crate::engine::services::Services;
use crate::kapacitor::topics::{Handler, PostOptions};
use std::time::Duration;

/// The alert's own handlers in the order of the script. Properties behind a `post` are that one's.
pub fn handlers(plan: &NodePlan, services: &Services) -> Result<Vec<Handler>, String> {
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
