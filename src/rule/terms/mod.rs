//! The terms that attributes are written in: durations, values, and words of which some are allowed.

pub(super) mod duration;
pub(super) mod keywords;
pub(super) mod suggest;
pub(super) mod value;
