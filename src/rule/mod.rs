//! A Chronograf alert rule as a type, and its way to a TICKscript and back. Pure.
