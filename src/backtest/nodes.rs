//! What each kind of node does besides handing points on.

use super::error::Reason;

/// What comes out of a node or a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Edge {
    Points,
    Batches,
}

/// What a node is to a copy that must do nothing but count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    /// It works on what comes in and on nothing else, and hands on the same kind as came in.
    Same,
    /// The same, and hands on points.
    ToPoints,
    /// The same, and hands on batches.
    ToBatches,
    /// It writes elsewhere and hands on what came in: the copy does without.
    Writes,
    /// It cannot be in a copy.
    Refused(Reason),
}

const SAME: &[&str] = &[
    "from",
    "where",
    "eval",
    "default",
    "delete",
    "shift",
    "join",
    "union",
    "groupBy",
    "flatten",
    "combine",
    "sample",
    "derivative",
    "changeDetect",
    "stateCount",
    "stateDuration",
    "elapsed",
    "difference",
    "movingAverage",
    "cumulativeSum",
    "ema",
    "dema",
    "tema",
    "rsi",
    "triple_exponential_derivative",
    "kaufmansEfficiencyRatio",
    "kaufmansAdaptiveMovingAverage",
    "chandeMomentumOscillator",
    "alert",
];

const TO_POINTS: &[&str] = &[
    "count",
    "mean",
    "median",
    "mode",
    "spread",
    "sum",
    "first",
    "last",
    "min",
    "max",
    "percentile",
    "stddev",
    "trickle",
];

const TO_BATCHES: &[&str] = &[
    "query",
    "window",
    "distinct",
    "top",
    "bottom",
    "holtWinters",
    "holtWintersWithFit",
];

const WRITES: &[&str] = &["influxDBOut", "httpOut", "httpPost", "log", "kapacitorLoopback"];

const GOES_BY_THE_CLOCK: &[&str] = &["deadman", "stats", "barrier"];

/// What the node of that name does. One that is not known is refused, since it may do anything.
pub(super) fn class(name: &str) -> Class {
    let lists = [
        (SAME, Class::Same),
        (TO_POINTS, Class::ToPoints),
        (TO_BATCHES, Class::ToBatches),
        (WRITES, Class::Writes),
        (GOES_BY_THE_CLOCK, Class::Refused(Reason::Clock)),
        (&["sideload"], Class::Refused(Reason::OtherSource)),
        (&["queryFlux"], Class::Refused(Reason::Flux)),
    ];
    let found = lists.iter().find(|(names, _)| names.contains(&name));
    found.map_or(Class::Refused(Reason::Unknown), |(_, class)| *class)
}

/// The properties of an alert that decide when it fires. All others name it, describe it, or send it somewhere.
pub(super) const DECIDING: &[&str] = &[
    "info",
    "warn",
    "crit",
    "infoReset",
    "warnReset",
    "critReset",
    "all",
    "stateChangesOnly",
    "flapping",
    "history",
];
