//! Templates of tasks.

use reqwest::Method;

use super::{Effect, Object, Writer};
use crate::kapacitor::error::Error;
use crate::kapacitor::models::{NewTemplate, Template};
use crate::kapacitor::transport::request::{segment, Idempotency, Request, TEMPLATES};

impl Writer {
    /// Creates a template.
    ///
    /// Repeated: Kapacitor refuses a second template of the same id. Where it does so after a try whose answer was lost, it is
    /// for the caller to look.
    pub async fn create_template(&mut self, template: &NewTemplate) -> Result<Template, Error> {
        let request = Request::write(Method::POST, TEMPLATES, Idempotency::Idempotent);
        let request = self.with_json(request, template, template.secrets.clone())?;
        let object = Object::Template(template.id.clone());
        self.shown(Effect::None, object, request).await
    }

    /// Changes the template `id`, which may get another id. Kapacitor stores it first, and then gives each task that it knows
    /// to be made from it the new script: it stops and starts those that are enabled, one by one. If one cannot start, it puts
    /// all tasks back, and keeps the changed template.
    ///
    /// Not repeated, unless the first try surely had no effect: it may still be reloading tasks, and Kapacitor hangs if tasks
    /// are started and stopped by two requests at once.
    pub async fn update_template(&mut self, id: &str, template: &NewTemplate) -> Result<Template, Error> {
        let path = self.template_path(id)?;
        let request = Request {
            // It takes as long as its tasks take to stop.
            tells_of_server: false,
            ..Request::write(Method::PATCH, &path, Idempotency::NotIdempotent)
        };
        let request = self.with_json(request, template, template.secrets.clone())?;
        self.client.template_reads().written(&template.id);
        let object = Object::Template(id.to_owned());
        let updated = self.shown(Effect::Restarts, object, request).await;
        self.client.template_reads().written(&template.id);
        updated
    }

    /// Deletes a template; there need not be one. Kapacitor does so too while tasks are made from it, which then can no longer
    /// be changed.
    ///
    /// Repeated: the deletion of a template that is gone is answered like the first.
    pub async fn delete_template(&mut self, id: &str) -> Result<(), Error> {
        let request = Request::write(Method::DELETE, &self.template_path(id)?, Idempotency::Idempotent);
        self.done(Effect::None, Object::Template(id.to_owned()), request).await
    }

    fn template_path(&self, id: &str) -> Result<String, Error> {
        let segment = segment("id of a template", id).map_err(|error| self.refused(TEMPLATES, error))?;
        Ok(format!("{TEMPLATES}/{segment}"))
    }
}
