//! From gRPC down to the socket: handshake, certificates, the socket and its folder, calls that are under way, the stop.
//! A [`service`] is a plugin behind gRPC, which turns panics into errors; the [`server`] is a service behind a socket, which
//! only the Terraform that started the process can use.

pub(crate) mod catch_panic;
pub(crate) mod grpc;
pub(crate) mod handshake;
pub(crate) mod listener;
pub(crate) mod server;
pub(crate) mod service;
pub(crate) mod shutdown;
#[cfg(unix)]
pub(crate) mod socket_folder;
pub(crate) mod tls;
pub(crate) mod under_way;
