//! The exchanges that the sandbox does not play, each with the reason.

/// Why an exchange is left out.
pub(crate) struct LeftOut {
    /// File and line.
    pub at: &'static str,
    pub line: usize,
    pub reason: &'static str,
    /// Whether the request is sent all the same, because later exchanges need what it does.
    pub sent: bool,
}

const COMPILER: &str = "only Kapacitor's compiler can know the types inside of a lambda";
const BATCH: &str = "the provider makes no batch tasks: they need an InfluxDB";
const SIZE: &str = "the recording holds only the size of the script";
const HUGE: &str = "the provider sends no path or header of that size";
const CHANCE: &str = "the recording holds what one race left behind; which one wins is chance";

const fn sent(at: &'static str, line: usize, reason: &'static str) -> LeftOut {
    LeftOut {
        at,
        line,
        reason,
        sent: true,
    }
}

const fn skipped(at: &'static str, line: usize, reason: &'static str) -> LeftOut {
    LeftOut {
        at,
        line,
        reason,
        sent: false,
    }
}

/// Of the exchanges with Kapacitor.
pub(crate) const KAPACITOR: &[LeftOut] = &[
    sent("02-task-enable-fails", 50, BATCH),
    sent("02-task-enable-fails", 54, COMPILER),
    skipped("08-limits", 1, SIZE),
    skipped("08-limits", 2, SIZE),
    skipped("08-limits", 3, SIZE),
    skipped("08-limits", 4, SIZE),
    skipped("08-limits", 5, SIZE),
    skipped("08-limits", 6, SIZE),
    skipped("08-limits", 7, SIZE),
    skipped("08-limits", 8, SIZE),
    skipped("08-limits", 9, SIZE),
    skipped("08-limits", 10, SIZE),
    skipped("08-limits", 11, SIZE),
    skipped("08-limits", 12, HUGE),
    skipped("08-limits", 13, HUGE),
    skipped("08-limits", 23, CHANCE),
    skipped("08-limits", 24, CHANCE),
];

const INFLUXDB: &str = "the provider asks no InfluxDB";
const HANDLERS: &str = "the sandbox's Chronograf stores no handlers but posts";
const READER: &str = "only Chronograf's own reader knows which hand-edited scripts it still takes for a rule";
const PEOPLE: &str = "the provider asks nothing about users and organizations";

/// Of the exchanges with Chronograf.
pub(crate) const CHRONOGRAF: &[LeftOut] = &[
    skipped("09-proxy-headers", 11, INFLUXDB),
    sent("10-rules", 37, HANDLERS),
    sent("10-rules", 38, HANDLERS),
    sent("10-rules", 39, HANDLERS),
    sent("10-rules-foreign", 18, READER),
    sent("10-rules-foreign", 20, READER),
    sent("10-rules-foreign", 24, READER),
    sent("10-rules-foreign", 26, READER),
    sent("10-rules-foreign", 29, READER),
    sent("11-auth-none", 5, PEOPLE),
    sent("11-auth-none", 6, PEOPLE),
    sent("11-auth-none", 7, PEOPLE),
    sent("11-auth-oauth-superadmin-token", 23, PEOPLE),
    sent("11-auth-oauth-superadmin-token", 24, PEOPLE),
];

/// Why an exchange is left out; `None` where it must match.
pub(super) fn reason(file: &str, line: usize) -> Option<&'static LeftOut> {
    KAPACITOR
        .iter()
        .chain(CHRONOGRAF)
        .find(|left_out| left_out.at == file && left_out.line == line)
}
