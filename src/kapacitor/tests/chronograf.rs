//! Through a Chronograf.
