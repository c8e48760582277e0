//! Development only: an in-memory Kapacitor and a webhook receiver on loopback.
