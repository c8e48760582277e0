//! What errors and logs show.

mod logging;
mod masking;
