//! All recorded answers at once: those that we read are understood, and every refusal is laid at the right door.

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use serde::de::DeserializeOwned;

use crate::kapacitor::models::{Element, Endpoint, Event, Section, Task, TestOutcome, Topic};
use crate::kapacitor::tests::support::recording::{all_recordings, Recorded};
use crate::kapacitor::tests::support::server::Reply;
use crate::kapacitor::transport::answer::Answer;
use crate::kapacitor::{ErrorKind, Responder};

/// The recorded answer, as the client would see it; `None` where there was none.
fn answer(recorded: &Recorded) -> Option<Answer> {
    let Reply::Answer { status, headers, body } = recorded.try_reply()? else {
        return None;
    };
    let headers = headers.iter().map(|(name, value)| {
        (
            HeaderName::try_from(name).unwrap(),
            HeaderValue::try_from(value).unwrap_or(HeaderValue::from_static("")),
        )
    });
    Some(Answer {
        status,
        headers: HeaderMap::from_iter(headers),
        body: body.into_bytes(),
    })
}

/// Reads the body of every answer with status 200 to `method` and a path that `fits`, and counts them.
fn read_all<T: DeserializeOwned>(method: &str, fits: impl Fn(&str) -> bool) -> usize {
    let recordings = all_recordings().filter(|recorded| recorded.method() == method && fits(recorded.path()));
    // A compressed answer is never asked for, and recorded only as a remark.
    let answers = recordings
        .filter(|recorded| !recorded.step().contains("gzip"))
        .filter_map(|recorded| {
            let answer = answer(&recorded).filter(|answer| answer.status == 200)?;
            if let Err(kind) = answer.json::<T>(str::to_owned) {
                panic!("{}: {kind:?} in {}", recorded.step(), answer.text());
            }
            Some(())
        });
    answers.count()
}

fn is_below(path: &str, collection: &str) -> bool {
    path.strip_prefix(collection)
        .is_some_and(|rest| !rest.is_empty() && !rest.contains('/'))
}

#[test]
fn every_recorded_task_is_understood() {
    let read = read_all::<Task>("GET", |path| is_below(path, "/kapacitor/v1/tasks/"));
    let created = read_all::<Task>("POST", |path| path == "/kapacitor/v1/tasks");
    let changed = read_all::<Task>("PATCH", |path| is_below(path, "/kapacitor/v1/tasks/"));
    println!("tasks: {read} read, {created} created, {changed} changed");
    assert!(read > 30 && created > 30 && changed > 30);
}

#[test]
fn every_recorded_endpoint_is_understood() {
    let elements = read_all::<Element>("GET", |path| is_below(path, "/kapacitor/v1/config/httppost/"));
    let sections = read_all::<Section>("GET", |path| path == "/kapacitor/v1/config/httppost");
    println!("endpoints: {elements} read, {sections} sections");
    assert!(elements > 30 && sections > 20);
}

#[test]
fn every_recorded_topic_event_and_test_is_understood() {
    #[derive(serde::Deserialize)]
    struct Topics {
        #[serde(rename = "topics")]
        _topics: Vec<Topic>,
    }
    #[derive(serde::Deserialize)]
    struct Events {
        #[serde(rename = "events")]
        _events: Vec<Event>,
    }
    let topics = read_all::<Topics>("GET", |path| path.starts_with("/kapacitor/v1/alerts/topics?"));
    let is_events = |path: &str| path.starts_with("/kapacitor/v1/alerts/topics/") && path.contains("/events?");
    let events = read_all::<Events>("GET", is_events);
    let tests = read_all::<TestOutcome>("POST", |path| path == "/kapacitor/v1/service-tests/httppost");
    println!("{topics} lists of topics, {events} lists of events, {tests} tests");
    assert!(topics > 2 && events > 0 && tests > 5);
}

#[test]
fn an_endpoint_keeps_every_option_that_kapacitor_shows() {
    let recorded = all_recordings()
        .find(|recorded| recorded.step() == "element name percent-encoded")
        .unwrap();
    let element = answer(&recorded).unwrap().json::<Element>(str::to_owned).unwrap();
    let endpoint = Endpoint::from(element);
    assert_eq!(
        (endpoint.name.as_str(), endpoint.headers.len(), endpoint.basic_auth),
        ("squadcast", 1, false)
    );
}

/// Who spoke, as the form of the answer shows: Kapacitor says `error`, Chronograf `code`, and a proxy with nobody behind it
/// nothing. `None` for plain text.
fn responder(recorded: &Recorded) -> Option<Responder> {
    let body = recorded.body();
    match (body["error"].is_string(), body["code"].is_u64(), recorded.status()) {
        (true, _, _) => Some(Responder::Kapacitor),
        (_, true, _) | (_, _, Some(401 | 403)) => Some(Responder::Chronograf),
        (_, _, Some(502)) => Some(Responder::ChronografWithoutKapacitor),
        _ => None,
    }
}

#[test]
fn every_recorded_refusal_is_laid_at_the_right_door() {
    let mut refusals = 0;
    // The client sends no HEAD and asks for no compression.
    let sent = |recorded: &Recorded| recorded.method() != "HEAD" && !recorded.step().contains("gzip");
    for recorded in all_recordings().filter(sent) {
        let through_chronograf = !recorded.path().starts_with("/kapacitor/");
        let Some(answer) = answer(&recorded).filter(|answer| answer.status >= 400) else {
            continue;
        };
        let kind = answer.accepted(through_chronograf, str::to_owned).err().unwrap();
        let ErrorKind::Status {
            responder: told,
            message,
            ..
        } = kind
        else {
            panic!("{}: {kind:?}", recorded.step());
        };
        match responder(&recorded) {
            Some(expected) => assert_eq!(told, expected, "{}", recorded.step()),
            None => assert_ne!(told, Responder::Kapacitor, "{}", recorded.step()),
        }
        if told == Responder::Kapacitor {
            assert_eq!(message, recorded.message(), "{}", recorded.step());
        }
        refusals += 1;
    }
    println!("{refusals} refusals");
    assert!(refusals > 200);
}
