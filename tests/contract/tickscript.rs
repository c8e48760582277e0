//! The recorded scripts, formatted as Kapacitor does.
