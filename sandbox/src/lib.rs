//! Development only: a stand-in for Kapacitor and Chronograf and a webhook receiver, on loopback, for tests and the demo.
//!
//! This is a sandbox and not Kapacitor. Its worth is its fidelity to the recordings in `tests/contract/http`, bugs included:
//! it is never kinder than the real server, and what it does not know it refuses loudly instead of guessing.
//!
//! ```no_run
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! use sandbox::{Fault, Kind, Options, Sandbox};
//!
//! let sandbox = Sandbox::start(Options::default()).await?;
//! sandbox.faults().add(Fault::new(Kind::Drop { acted: true }).on("POST", "/kapacitor/v1/tasks").times(1));
//! // ... run the code under test against sandbox.kapacitor_url() ...
//! let post = sandbox.receiver().wait_for(|post| post.level() == Some("CRITICAL")).await?;
//! assert_eq!(post.path, "/from-conf");
//! # Ok(()) }
//! ```

#![warn(missing_docs)]

mod chronograf;
mod control;
mod engine;
mod go;
mod influxdb;
mod kapacitor;
mod options;
mod parts;
mod receiver;
mod sandbox;
mod server;
mod state_server;
mod terraform;

pub use control::NOTICE;
pub use kapacitor::{HeldStep, Pace, RefusedStart, Replayed, Step};
pub use options::{
    Auth, BasicAuth, ChronografAuth, ChronografConf, HttpPost, KapacitorConf, Options, Permission, User, UserType,
    RECEIVER,
};
pub use receiver::{Hold, NothingArrived, Post, Receiver};
pub use sandbox::{Sandbox, StartError};
pub use server::faults::{Fault, Faults, Kind};
pub use server::journal::{Outcome, SeenRequest};
pub use state_server::StateServer;
pub use terraform::terraform_binary;
