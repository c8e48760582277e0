//! What each of the sandbox's servers is made of: its port, its requests and answers, its log, and the faults that strike it.

pub mod exchange;
pub mod faults;
pub mod gate;
pub mod journal;
pub mod listener;
pub mod play;
