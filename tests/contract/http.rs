//! The recorded HTTP exchanges, replayed against the sandbox.

#[path = "replay/mod.rs"]
mod replay;

/// The files that the sandbox plays. Templates (06) are left out: the provider does not send them.
const FILES: [&str; 30] = [
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
    "07-auth-no-user-service",
    "07-auth-shared-secret",
    "07-auth-users",
    "08-deadlock",
    "08-limits",
];

#[tokio::test]
async fn recorded_exchanges_of_kapacitor_replay_against_the_sandbox() {
    let (mut matched, mut left_out, mut wrong) = (0, 0, Vec::new());
    for file in FILES {
        let report = replay::play(file).await;
        matched += report.matched;
        left_out += report.left_out;
        wrong.extend(report.wrong);
    }
    let all = matched + left_out + wrong.len();
    println!("{matched} of {all} recorded exchanges with Kapacitor match; {left_out} are left out:");
    for entry in replay::LEFT_OUT {
        println!("  {}:{}: {}", entry.at, entry.line, entry.reason);
    }
    assert_eq!(
        left_out,
        replay::LEFT_OUT.len(),
        "every entry of the table names an exchange"
    );
    assert!(wrong.is_empty(), "{} exchanges:\n{}", wrong.len(), wrong.join("\n"));
}
