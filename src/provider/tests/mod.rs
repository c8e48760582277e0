//! What holds for all resources: schemas, secrets, URLs.

#[cfg(test)]
mod echo;
#[cfg(test)]
mod schema;
#[cfg(test)]
mod url;
