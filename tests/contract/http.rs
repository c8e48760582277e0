//! The recorded HTTP exchanges, replayed against the sandbox.

#[path = "replay/mod.rs"]
mod replay;

/// The files that the sandbox plays.
const FILES: [&str; 43] = [
    "01-ping",
    "02-task-create",
    "02-task-create-errors",
    "02-task-delete",
    "02-task-enable-fails",
    "02-task-list",
    "02-task-read",
    "02-task-rename",
    "02-task-update",
    "03-config-add",
    "03-config-add-declared",
    "03-config-bad-values",
    "03-config-broken-template",
    "03-config-disabled",
    "03-config-live",
    "03-config-origin-probe",
    "03-config-read",
    "03-config-remove",
    "03-config-restart",
    "03-config-restart-refused",
    "03-config-set",
    "03-config-skip-overrides",
    "04-service-tests",
    "05-topics",
    "05-topics-endpoint-gone",
    "05-topics-order",
    "06-templates",
    "06-templates-moved-tasks",
    "06-templates-reload-fails",
    "07-auth-no-user-service",
    "07-auth-shared-secret",
    "07-auth-users",
    "08-deadlock",
    "08-limits",
    "12-replay",
    "12-replay-no-influxdb",
    "13-template-fails",
    "13-template-fails-leaves-handlers",
    "13-urls-that-never-deliver",
    "14-deadman-without-data",
    "14-persist-topics-false",
    "14-persist-topics-true",
    "15-slow-webhook",
];

/// The files of Chronograf. Roles of OAuth users (11-auth-oauth-roles) are left out: the provider logs nobody in there.
const CHRONOGRAF_FILES: [&str; 18] = [
    "09-sources",
    "09-kapacitors",
    "09-kapacitors-missing-id",
    "09-no-command-line-kapacitor",
    "09-proxy",
    "09-proxy-auth",
    "09-proxy-down",
    "09-proxy-headers",
    "09-proxy-subpath",
    "10-rules",
    "10-rules-endpoint",
    "10-rules-foreign",
    "10-rules-list",
    "10-rules-raw",
    "11-auth-none",
    "11-auth-htpasswd",
    "11-auth-oauth-superadmin-token",
    "11-basepath",
];

#[tokio::test]
async fn recorded_exchanges_with_kapacitor_replay_against_the_sandbox() {
    replay_all("Kapacitor", &FILES, replay::KAPACITOR).await;
}

#[tokio::test]
async fn recorded_exchanges_with_chronograf_replay_against_the_sandbox() {
    replay_all("Chronograf", &CHRONOGRAF_FILES, replay::CHRONOGRAF).await;
}

async fn replay_all(server: &str, files: &[&str], table: &[replay::LeftOut]) {
    let (mut matched, mut left_out, mut wrong) = (0, 0, Vec::new());
    for file in files {
        let report = replay::play(file).await;
        matched += report.matched;
        left_out += report.left_out;
        wrong.extend(report.wrong);
    }
    let all = matched + left_out + wrong.len();
    println!("{matched} of {all} recorded exchanges with {server} match; {left_out} are left out:");
    for entry in table {
        println!("  {}:{}: {}", entry.at, entry.line, entry.reason);
    }
    assert!(wrong.is_empty(), "{} exchanges:\n{}", wrong.len(), wrong.join("\n"));
    assert_eq!(left_out, table.len(), "every entry of the table names an exchange");
}
