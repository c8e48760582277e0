//! Alert topics and their handlers.

use reqwest::Method;
use serde_json::json;

use super::{Effect, Object, Writer};
use crate::kapacitor::error::Error;
use crate::kapacitor::models::TopicHandler;
use crate::kapacitor::transport::request::{handler_path, topic_path, Idempotency, Request, TOPICS};

impl Writer {
    /// Deletes an alert topic with the state of its alerts and what a task that failed has left on it; there need not be one.
    ///
    /// Repeated: the deletion of a topic that is gone is answered like the first.
    pub async fn delete_topic(&mut self, topic: &str) -> Result<(), Error> {
        let path = topic_path(topic).map_err(|error| self.refused(TOPICS, error))?;
        let request = Request::write(Method::DELETE, &path, Idempotency::Idempotent);
        self.done(Effect::None, Object::None, request).await
    }

    /// Adds a handler to a topic, which need not exist. Of one that Kapacitor hides, since its endpoint is gone, this takes the
    /// place.
    ///
    /// Repeated: Kapacitor refuses a second handler of the same id. Where it does so after a try whose answer was lost, it is
    /// for the caller to look.
    pub async fn create_topic_handler(&mut self, topic: &str, handler: &TopicHandler) -> Result<TopicHandler, Error> {
        let path = topic_path(topic).map_err(|error| self.refused(TOPICS, error))?;
        let request = Request::write(Method::POST, &format!("{path}/handlers"), Idempotency::Idempotent);
        let request = self.with_json(request, handler, handler.secrets.clone())?;
        self.shown(Effect::None, Object::handler(topic, &handler.id), request)
            .await
    }

    /// Replaces the handler of that id, which must be there.
    ///
    /// By a JSON patch, since Chronograf passes no PUT on. Its `add` replaces a member that is there.
    ///
    /// Repeated: the second time changes nothing.
    pub async fn replace_topic_handler(&mut self, topic: &str, handler: &TopicHandler) -> Result<TopicHandler, Error> {
        let request = Request::write(
            Method::PATCH,
            &self.handler_path(topic, &handler.id)?,
            Idempotency::Idempotent,
        );
        let patch = json!([
            { "op": "add", "path": "/kind", "value": handler.kind },
            { "op": "add", "path": "/options", "value": handler.options },
            { "op": "add", "path": "/match", "value": handler.condition },
        ]);
        let request = self.with_json(request, &patch, handler.secrets.clone())?;
        self.shown(Effect::None, Object::handler(topic, &handler.id), request)
            .await
    }

    /// Takes a handler away from a topic; there need not be one. One that Kapacitor hides stays stored.
    ///
    /// Repeated: the deletion of a handler that is gone is answered like the first.
    pub async fn delete_topic_handler(&mut self, topic: &str, id: &str) -> Result<(), Error> {
        let request = Request::write(Method::DELETE, &self.handler_path(topic, id)?, Idempotency::Idempotent);
        self.done(Effect::None, Object::handler(topic, id), request).await
    }

    fn handler_path(&self, topic: &str, id: &str) -> Result<String, Error> {
        let path = topic_path(topic).and_then(|topic| handler_path(&topic, id));
        path.map_err(|error| self.refused(TOPICS, error))
    }
}
