//! Endpoints: `/kapacitor/v1/config/httppost`.

use crate::kapacitor::models::Endpoint;
use crate::kapacitor::{Client, Error};

/// Reads endpoints.
pub struct HttpPost {
    pub(in crate::kapacitor) client: Client,
}

impl HttpPost {
    /// The endpoint of this name; `None` where Kapacitor says that there is none. Being listed does not make it live.
    pub async fn get(&self, name: &str) -> Result<Option<Endpoint>, Error> {
        let _ = name;
        todo!()
    }

    /// All endpoints, declared and added.
    pub async fn list(&self) -> Result<Vec<Endpoint>, Error> {
        todo!()
    }
}
