use super::history::Level;
use super::*;

const RULE: &str = "var db = 'telegraf'\nvar rp = 'autogen'\nvar measurement = 'cpu'\nvar groupBy = ['host']\n\
    var whereFilter = lambda: (\"cpu\" == 'cpu-total' OR \"cpu\" == 'it\\'s') AND isPresent(\"usage\")\n\
    var period = 1m\nvar every = 30s\nvar name = 'x'\nvar message = 'secret'\nvar crit = 90\n\
    // token: abc\nvar data = stream\n    |from()\n        .database(db)\n        .retentionPolicy(rp)\n        .measurement(measurement)\n\
            .groupBy(groupBy)\n        .where(whereFilter)\n    |window()\n        .period(period)\n        .every(every)\n        .align()\n\
        |mean('usage')\n        .as('value')\n\
    var trigger = data\n    |alert()\n        .crit(lambda: \"value\" > crit)\n        .message(message)\n        .id(name)\n\
            .stateChangesOnly()\n        .post('https://example.com/token')\n        .slack()\n        .channel('#ops')\n\
            .log('/tmp/x')\n        .exec('/bin/rm')\n        .topic('live')\n\
    trigger\n    |eval(lambda: float(\"value\"))\n        .as('value')\n        .keep()\n    |influxDBOut()\n        .create()\n\
            .database('chronograf')\n\ntrigger\n    |httpOut('output')\n";

fn copy(script: &str) -> Backtest {
    Backtest::of(script, None).expect("a copy")
}

fn refusal(script: &str) -> String {
    Backtest::of(script, None).expect_err("a refusal").to_string()
}

#[test]
fn a_copy_decides_as_the_rule_does_and_sends_nothing() {
    let copy = copy(RULE);
    let script = copy.script("bt");
    let expected = "var data = stream\n    |from()\n        .database(db)\n        .retentionPolicy(rp)\n        .measurement(measurement)\n        \
        .groupBy(groupBy)\n        .where(whereFilter)\n    |window()\n        .period(period)\n        .every(every)\n        .align()\n    \
        |mean('usage')\n        .as('value')\n\nvar trigger = data\n    |alert()\n        .crit(lambda: \"value\" > crit)\n        \
        .stateChangesOnly()\n        .id('{{ .Group }}')\n        .message('{{ .Level }} {{ .Time.UnixNano }} {{ index .Fields \"value\" }}')\n        \
        .details('')\n        .messageField('squadcast_message')\n    |stateCount(lambda: TRUE)\n        .as('squadcast_number')\n    \
        |eval(lambda: string(\"squadcast_number\"))\n        .as('squadcast_number_tag')\n        .tags('squadcast_number_tag')\n        .keep()\n    \
        |alert()\n        .crit(lambda: TRUE)\n        .id('{{ index .Tags \"squadcast_number_tag\" }} {{ .Group }}')\n        \
        .message('{{ index .Fields \"squadcast_message\" }}')\n        .details('')\n        .topic('bt-1')\n";
    assert!(script.ends_with(expected), "{script}");
    for gone in ["secret", "token", "var name", "post", "slack", "exec", "live", "Out"] {
        assert!(!script.contains(gone), "{gone}: {script}");
    }
    assert_eq!(copy.topics("bt"), ["bt-1"]);
    assert_eq!(copy.lead(), 90_000_000_000);
    assert!(!copy.is_batch());
}

#[test]
fn the_query_asks_for_what_the_script_uses() {
    let copy = copy(RULE);
    let reads = copy.reads().expect("a stream");
    let range = Range { start: 10, stop: 20 };
    let rest = "FROM \"telegraf\".\"autogen\".\"cpu\" WHERE time >= 10 AND time < 20 AND \
        ((\"cpu\" = 'cpu-total' OR \"cpu\" = 'it\\'s'))";
    assert_eq!(
        reads.query(range),
        format!("SELECT \"cpu\", \"usage\", \"value\" {rest} GROUP BY *")
    );
    assert_eq!(reads.count_query(range), format!("SELECT count(\"usage\") {rest}"));
}

#[test]
fn any_point_may_count_if_the_script_asks_for_no_field() {
    let copy = copy(
        "stream|from().database('a').retentionPolicy('b').measurement('m')|alert().crit(lambda: TRUE)\n\
        stream|from().database('a').retentionPolicy('b').measurement('n.x')|alert().warn(lambda: \"v\" > 1)",
    );
    let range = Range { start: 1, stop: 2 };
    let query = copy.reads().expect("a stream").query(range);
    assert_eq!(
        query,
        "SELECT * FROM \"a\".\"b\"./^(m|n\\.x)$/ WHERE time >= 1 AND time < 2 GROUP BY *"
    );
    assert_eq!(copy.topics("t"), ["t-1", "t-2"]);
}

#[test]
fn what_cannot_be_told_apart_is_refused_with_its_place() {
    let from = "stream\n    |from().database('a').retentionPolicy('b').measurement('m')";
    let alert = "|alert().crit(lambda: TRUE)";
    let cases = [
        (
            format!("{from}\n    @anomaly(){alert}"),
            "line 3, column 6: @anomaly: a user-defined function",
        ),
        (
            format!("{from}\n    |deadman(0.0, 1m)"),
            "line 3, column 6: |deadman: this goes by the server's clock",
        ),
        (
            format!("{from}|stats(1m){alert}"),
            "|stats: this goes by the server's clock",
        ),
        (
            format!("{from}|where(lambda: unixNano(now()) > 1){alert}"),
            "|where: this goes by the server's clock",
        ),
        (
            format!("{from}|sideload(){alert}"),
            "|sideload: this reads something else",
        ),
        (format!("{from}|newNode(){alert}"), "|newNode: what this does"),
        (
            format!("{from}|httpPost('x').captureResponse(){alert}"),
            "|httpPost: this puts the answer",
        ),
        (
            format!("{from}{alert}.inhibit('a', 'b')"),
            "|alert: this holds back alerts",
        ),
        (format!("{from}{alert}{alert}"), "|alert: an alert behind an alert"),
        (
            format!("var a = {from}{alert}\na{alert}"),
            "var a: an alert behind an alert",
        ),
        (
            format!("var a = {from}\na.groupBy('x')\na{alert}"),
            ".groupBy: a property that is set on a variable",
        ),
        (
            format!("var x float\n{from}|alert().crit(lambda: \"v\" > x)"),
            "var x: the variable has no value",
        ),
        (
            format!("{from}|alert().crit(lambda: \"v\" == 'hmac:1a2b3c4d')"),
            "hidden behind a fingerprint",
        ),
        (from.to_owned(), "there is no alert"),
        (
            format!("stream|from().measurement('m'){alert}"),
            "does not name its database",
        ),
        (
            format!("{from}{alert}\nstream|from().database('z').retentionPolicy('b'){alert}"),
            "a recording holds one database",
        ),
        (
            "batch|queryFlux('x')|alert().crit(lambda: TRUE)".to_owned(),
            "|queryFlux: Kapacitor does not record Flux",
        ),
        ("stream|from(".to_owned(), "line 1"),
    ];
    for (script, words) in cases {
        let found = refusal(&script);
        assert!(found.contains(words), "{script}\n{found}");
    }
}

#[test]
fn what_only_a_handler_needs_matters_to_nobody() {
    let script = "var url string\nvar t = 'hmac:1a2b3c4d'\nvar a = stream|from().database('a').retentionPolicy('b')\n\
        a|log()@udf()|influxDBOut()\na|httpPost('x')|where(lambda: TRUE)|alert().crit(lambda: TRUE).Post(url).id(t)";
    let script = copy(script).script("x");
    assert!(
        !script.contains("url") && !script.contains("udf") && !script.contains("http"),
        "{script}"
    );
    assert!(script.contains("a\n    |where(lambda: TRUE)\n    |alert()"), "{script}");
}

#[test]
fn the_database_comes_from_the_script_or_else_from_the_caller() {
    let script = "stream|from().measurement('m')|alert().crit(lambda: TRUE)";
    let given = Some(("db".to_owned(), "rp".to_owned()));
    let copy = Backtest::of(script, given.clone()).expect("a copy");
    assert_eq!(copy.databases(), [("db".to_owned(), "rp".to_owned())]);
    let declared = Backtest::of(&format!("dbrp \"x\".\"y\"\n{script}"), given).expect("a copy");
    assert_eq!(declared.databases(), [("x".to_owned(), "y".to_owned())]);
}

#[test]
fn an_alert_on_batches_tells_one_point_for_each_event() {
    let query = "batch\n    |query('SELECT mean(x) FROM a.b.m').period(5m).every(1m)";
    let given = Some(("a".to_owned(), "b".to_owned()));
    let of = |rest: &str| Backtest::of(&format!("{query}{rest}"), given.clone()).expect("a copy");
    let batches = of("|alert().crit(lambda: \"mean\" > 1).noRecoveries()");
    assert!(batches.is_batch() && batches.reads().is_none());
    assert_eq!(batches.silent_recoveries(), [true]);
    let script = batches.script("b");
    assert!(
        script.contains("|last('squadcast_message')") && !script.contains("noRecoveries"),
        "{script}"
    );
    let points = of("|max('mean').as('mean')|alert().crit(lambda: \"mean\" > 1)").script("b");
    assert!(!points.contains("|last("), "{points}");
}

#[test]
fn shifts_and_windows_reach_back() {
    let script =
        "var d = stream|from().database('a').retentionPolicy('b')|window().period(10m).every(1m)|mean('v').as('v')\n\
        var past = d|shift(1h)\npast|join(d).as('p', 'c')|alert().crit(lambda: \"c.v\" > \"p.v\")";
    assert_eq!(copy(script).lead() / 60_000_000_000, 71);
}

fn event(series: &str, number: u64, second: i64, level: Level) -> Event {
    Event {
        alert: 1,
        series: series.to_owned(),
        number,
        time: second * 1_000_000_000,
        level,
        value: None,
    }
}

#[test]
fn events_read_back() {
    let event = Event::read(2, "17 host=a b,c=d", "CRITICAL 1000000000000000000 9.5e+06").expect("an event");
    assert_eq!(
        (event.alert, event.series.as_str(), event.number),
        (2, "host=a b,c=d", 17)
    );
    assert_eq!(
        (event.level, event.time, event.value),
        (Level::Critical, 1_000_000_000_000_000_000, Some(9.5e6))
    );
    assert_eq!(
        Event::read(1, "1 nil", "OK 5 <no value>").map(|event| event.value),
        Ok(None)
    );
    assert_eq!(Event::read(1, "1 nil", "OK 5").map(|event| event.value), Ok(None));
    assert!(Event::read(1, "nil", "OK 5").is_err() && Event::read(1, "1 nil", "fine").is_err());
}

#[test]
fn incidents_are_counted_by_series_and_the_start_says_how_things_stood() {
    use Level::{Critical, Ok, Warning};
    let range = Range {
        start: 100_000_000_000,
        stop: 1_000_000_000_000,
    };
    let events = vec![
        event("a", 1, 50, Critical),
        event("a", 2, 150, Ok),
        event("a", 3, 200, Warning),
        event("a", 4, 210, Critical),
        event("a", 5, 300, Ok),
        event("b", 1, 205, Critical),
        event("b", 2, 900, Ok),
        event("b", 3, 900, Critical),
        event("c", 1, 60, Critical),
        event("c", 2, 1000, Ok),
    ];
    let history = History::of(events, range, &[false]);
    assert_eq!(history.incidents(), 3);
    assert_eq!(history.events.len(), 7);
    assert_eq!(history.max_per_minute, 3);
    let [b, a] = history.series.as_slice() else {
        panic!("{:?}", history.series);
    };
    assert_eq!((b.series.as_str(), b.incidents, b.posts, b.is_open), ("b", 2, 3, true));
    assert_eq!((b.longest_start, b.longest), (Some(205_000_000_000), 695_000_000_000));
    assert_eq!(
        (a.incidents, a.posts, a.longest, a.is_open),
        (1, 4, 100_000_000_000, false)
    );
}

#[test]
fn silent_recoveries_end_incidents_and_are_not_sent() {
    use Level::{Critical, Ok};
    let range = Range {
        start: 0,
        stop: 1_000_000_000_000,
    };
    let events = vec![
        event("a", 1, 10, Critical),
        event("a", 2, 20, Ok),
        event("a", 3, 30, Critical),
    ];
    let history = History::of(events, range, &[true]);
    assert_eq!((history.incidents(), history.events.len()), (2, 2));
}

/// All that a copy of a rule may consist of.
const HARMLESS: &[&str] = &[
    "from",
    "database",
    "retentionPolicy",
    "measurement",
    "groupBy",
    "where",
    "eval",
    "as",
    "keep",
    "tags",
    "window",
    "period",
    "every",
    "align",
    "mean",
    "median",
    "count",
    "min",
    "max",
    "sum",
    "first",
    "last",
    "spread",
    "stddev",
    "mode",
    "distinct",
    "shift",
    "join",
    "alert",
    "crit",
    "stateChangesOnly",
    "flapping",
    "id",
    "message",
    "details",
    "messageField",
    "stateCount",
    "topic",
];

#[test]
fn every_recorded_rule_but_a_deadman_has_a_copy_that_only_tells_its_own_topic() {
    let (mut copies, mut deadmen) = (0, 0);
    for file in ["systematic", "random"] {
        let path = format!("{}/tests/contract/rules/{file}.jsonl", env!("CARGO_MANIFEST_DIR"));
        let recorded = std::fs::read_to_string(path).expect("the recorded rules");
        for line in recorded.lines() {
            let rule: serde_json::Value = serde_json::from_str(line).expect("JSON");
            let Some(script) = rule["tickscript"].as_str() else {
                continue;
            };
            let Ok(copy) = Backtest::of(script, None) else {
                // Chronograf writes scripts that do not parse, too.
                assert!(
                    script.contains("|deadman(") || crate::tickscript::parse(script).is_err(),
                    "{script}"
                );
                deadmen += 1;
                continue;
            };
            let script = copy.script("x");
            for link in crate::tickscript::link_positions(&script) {
                let name: String = script[link.offset..]
                    .chars()
                    .take_while(|letter| letter.is_alphanumeric())
                    .collect();
                assert!(HARMLESS.contains(&name.as_str()), "{name}: {script}");
            }
            assert_eq!(script.matches(".topic(").count(), 1);
            assert!(script.contains(".topic('x-1')"), "{script}");
            copies += 1;
        }
    }
    assert!(copies > 100 && deadmen > 5, "{copies} {deadmen}");
}
