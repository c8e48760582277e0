//! The provider as one walk of Terraform uses it: what goes over the wire otherwise goes from call to call here.

use super::shape::Shape;
use super::value::Value;
use async_trait::async_trait;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use squadcast_kapacitor::provider::SquadcastProvider;
use std::collections::BTreeMap;
use tf_provider::{AttributePath, DataSource, Diagnostics, Provider, Resource};

/// A private state as it stands in a state file, base64 aside.
pub type Private = Vec<u8>;

/// What an answer consists of, where there is one.
pub type Answer = Option<(Value, Private)>;

/// A resource, whatever its types are.
#[async_trait]
pub trait Managed: Send + Sync {
    fn shape(&self) -> Shape;
    async fn validate(&self, diags: &mut Diagnostics, config: &Value);
    async fn read(&self, diags: &mut Diagnostics, state: &Value, private: &[u8]) -> Answer;
    async fn plan_create(&self, diags: &mut Diagnostics, proposed: &Value, config: &Value) -> Answer;
    async fn plan_update(
        &self,
        diags: &mut Diagnostics,
        values: [&Value; 3],
        private: &[u8],
    ) -> Option<(Value, Private, Vec<AttributePath>)>;
    async fn plan_destroy(&self, diags: &mut Diagnostics, prior: &Value, private: &[u8]) -> Private;
    async fn create(&self, diags: &mut Diagnostics, planned: &Value, config: &Value, private: &[u8]) -> Answer;
    async fn update(&self, diags: &mut Diagnostics, values: [&Value; 3], private: &[u8]) -> Answer;
    async fn destroy(&self, diags: &mut Diagnostics, prior: &Value, private: &[u8]);
    async fn import(&self, diags: &mut Diagnostics, id: &str) -> Answer;
}

/// A data source, whatever its type is.
#[async_trait]
pub trait Data: Send + Sync {
    fn shape(&self) -> Shape;
    async fn validate(&self, diags: &mut Diagnostics, config: &Value);
    async fn read(&self, diags: &mut Diagnostics, config: &Value) -> Option<Value>;
}

/// The provider's process, as Terraform starts it for each walk. A panic is not turned into an error: it fails the test. Nor
/// are errors searched for the secrets of the process, since all tests are one process; the real terraform's are.
pub struct Process {
    provider: SquadcastProvider,
    pub resources: BTreeMap<String, Box<dyn Managed>>,
    pub data: BTreeMap<String, Box<dyn Data>>,
}

impl Process {
    pub fn start() -> Self {
        let provider = SquadcastProvider::default();
        let resources: [(&str, Box<dyn Managed>); 2] = [
            ("endpoint", Box::new(provider.endpoint())),
            ("alert_rule", Box::new(provider.alert_rule())),
        ];
        let data: [(&str, Box<dyn Data>); 1] = [("webhook_test", Box::new(provider.webhook_test()))];
        Process {
            resources: resources
                .map(|(name, resource)| (format!("squadcast_kapacitor_{name}"), resource))
                .into(),
            data: data
                .map(|(name, source)| (format!("squadcast_kapacitor_{name}"), source))
                .into(),
            provider,
        }
    }

    pub fn shape(&self) -> Shape {
        let schema = self.provider.schema(&mut Diagnostics::default());
        Shape::of(&schema.expect("the provider has a schema").block)
    }

    pub async fn configure(&self, diags: &mut Diagnostics, config: &Value) {
        let Some(config) = typed(diags, config) else { return };
        self.provider.configure(diags, "in process".into(), config).await;
    }
}

/// The bytes that would go over the wire.
fn bytes(value: &impl Serialize) -> Vec<u8> {
    rmp_serde::to_vec_named(value).expect("every value can be encoded")
}

fn read<'a, T: Deserialize<'a>>(diags: &mut Diagnostics, bytes: &'a [u8]) -> Option<T> {
    // Null, where there is nothing yet.
    let bytes = if bytes.is_empty() { &[0xc0] } else { bytes };
    match rmp_serde::from_slice(bytes) {
        Ok(value) => Some(value),
        Err(error) => {
            diags.root_error_short(error.to_string());
            None
        }
    }
}

fn typed<T: DeserializeOwned>(diags: &mut Diagnostics, value: &Value) -> Option<T> {
    read(diags, &value.encode())
}

fn answer<S: Serialize, P: Serialize>((state, private): (S, P)) -> (Value, Private) {
    (Value::decode(&bytes(&state)), bytes(&private))
}

#[async_trait]
impl<R: Resource> Managed for R {
    fn shape(&self) -> Shape {
        let schema = Resource::schema(self, &mut Diagnostics::default());
        Shape::of(&schema.expect("the resource has a schema").block)
    }

    async fn validate(&self, diags: &mut Diagnostics, config: &Value) {
        let config = config.encode();
        let Some(config) = read(diags, &config) else { return };
        Resource::validate(self, diags, config).await;
    }

    async fn read(&self, diags: &mut Diagnostics, state: &Value, private: &[u8]) -> Answer {
        let state = state.encode();
        let (state, private, meta) = (read(diags, &state)?, read(diags, private)?, read(diags, &[])?);
        Resource::read(self, diags, state, private, meta).await.map(answer)
    }

    async fn plan_create(&self, diags: &mut Diagnostics, proposed: &Value, config: &Value) -> Answer {
        let (proposed, config) = (proposed.encode(), config.encode());
        let (proposed, config, meta) = (read(diags, &proposed)?, read(diags, &config)?, read(diags, &[])?);
        Resource::plan_create(self, diags, proposed, config, meta)
            .await
            .map(answer)
    }

    async fn plan_update(
        &self,
        diags: &mut Diagnostics,
        values: [&Value; 3],
        private: &[u8],
    ) -> Option<(Value, Private, Vec<AttributePath>)> {
        let [prior, proposed, config] = values.map(Value::encode);
        let (prior, proposed, config) = (read(diags, &prior)?, read(diags, &proposed)?, read(diags, &config)?);
        let (private, meta) = (read(diags, private)?, read(diags, &[])?);
        let planned = Resource::plan_update(self, diags, prior, proposed, config, private, meta).await?;
        let (state, private, triggers) = planned;
        let (state, private) = answer((state, private));
        Some((state, private, triggers))
    }

    async fn plan_destroy(&self, diags: &mut Diagnostics, prior: &Value, private: &[u8]) -> Private {
        let prior = prior.encode();
        let (Some(prior), Some(private), Some(meta)) = (read(diags, &prior), read(diags, private), read(diags, &[]))
        else {
            return Private::default();
        };
        let planned = Resource::plan_destroy(self, diags, prior, private, meta).await;
        planned.map(|private| bytes(&private)).unwrap_or_default()
    }

    async fn create(&self, diags: &mut Diagnostics, planned: &Value, config: &Value, private: &[u8]) -> Answer {
        let (planned, config) = (planned.encode(), config.encode());
        let (planned, config) = (read(diags, &planned)?, read(diags, &config)?);
        let (private, meta) = (read(diags, private)?, read(diags, &[])?);
        Resource::create(self, diags, planned, config, private, meta)
            .await
            .map(answer)
    }

    async fn update(&self, diags: &mut Diagnostics, values: [&Value; 3], private: &[u8]) -> Answer {
        let [prior, planned, config] = values.map(Value::encode);
        let (prior, planned, config) = (read(diags, &prior)?, read(diags, &planned)?, read(diags, &config)?);
        let (private, meta) = (read(diags, private)?, read(diags, &[])?);
        Resource::update(self, diags, prior, planned, config, private, meta)
            .await
            .map(answer)
    }

    async fn destroy(&self, diags: &mut Diagnostics, prior: &Value, private: &[u8]) {
        let prior = prior.encode();
        let (Some(prior), Some(private), Some(meta)) = (read(diags, &prior), read(diags, private), read(diags, &[]))
        else {
            return;
        };
        Resource::destroy(self, diags, prior, private, meta).await;
    }

    async fn import(&self, diags: &mut Diagnostics, id: &str) -> Answer {
        Resource::import(self, diags, id.to_owned()).await.map(answer)
    }
}

#[async_trait]
impl<D: DataSource> Data for D {
    fn shape(&self) -> Shape {
        let schema = DataSource::schema(self, &mut Diagnostics::default());
        Shape::of(&schema.expect("the data source has a schema").block)
    }

    async fn validate(&self, diags: &mut Diagnostics, config: &Value) {
        let config = config.encode();
        let Some(config) = read(diags, &config) else { return };
        DataSource::validate(self, diags, config).await;
    }

    async fn read(&self, diags: &mut Diagnostics, config: &Value) -> Option<Value> {
        let config = config.encode();
        let (config, meta) = (read(diags, &config)?, read(diags, &[])?);
        let found = DataSource::read(self, diags, config, meta).await?;
        Some(Value::decode(&bytes(&found)))
    }
}
