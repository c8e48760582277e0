//! The answers to calls about what a provider serves, one file for each kind.

mod action;
mod data_source;
mod function;
mod list_resource;
mod resource;
mod stored;
