//! The client: cheap to clone, and idle until its first request.

use std::future::Future;
use std::sync::Arc;

use crate::kapacitor::api::{HttpPost, ServiceTests, Tasks, Topics};
use crate::kapacitor::models::Version;
use crate::kapacitor::{ClientConfig, ConfigError, Error, Writes};

/// A client of one Kapacitor, direct or through a Chronograf. Clones share everything.
///
/// Making one reads no file and makes no request: TLS material is loaded, and a Chronograf asked for its sources, when the
/// first request needs it. Reads run in parallel; what starts or stops a task or changes the configuration goes through
/// [`Client::writes`].
#[derive(Clone)]
pub struct Client {
    inner: Arc<Inner>,
}

struct Inner {}

impl Client {
    /// A client with these settings; wrong ones are refused as far as they can be seen without a request.
    pub fn new(config: ClientConfig) -> Result<Self, ConfigError> {
        let _ = config;
        todo!()
    }

    /// Asks whether Kapacitor is there, and which version it is.
    pub async fn ping(&self) -> Result<Version, Error> {
        todo!()
    }

    /// Reads tasks.
    pub fn tasks(&self) -> Tasks {
        Tasks { client: self.clone() }
    }

    /// Reads the endpoints of the configuration section `[[httppost]]`.
    pub fn httppost(&self) -> HttpPost {
        HttpPost { client: self.clone() }
    }

    /// Reads alert topics.
    pub fn topics(&self) -> Topics {
        Topics { client: self.clone() }
    }

    /// Tests of Kapacitor's services.
    pub fn service_tests(&self) -> ServiceTests {
        ServiceTests { client: self.clone() }
    }

    /// Waits until nobody else in this process writes to the same Kapacitor, and keeps it so while the result lives.
    ///
    /// All writes are methods of [`Writes`]. Hold it over requests that belong together (disable, enable, read), and no
    /// longer. Asking for a second one while holding the first waits for ever.
    pub async fn writes(&self) -> Result<Writes, Error> {
        todo!()
    }

    /// Does `steps` with the right to write, to the end, even where the caller goes away in the middle: for sequences that
    /// must not be cut, such as the disabling and enabling of a task.
    pub async fn uninterrupted<F, Fut, T, E>(&self, steps: F) -> Result<T, E>
    where
        F: FnOnce(Writes) -> Fut + Send + 'static,
        Fut: Future<Output = Result<T, E>> + Send,
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let _ = steps;
        todo!()
    }
}
