//! The Terraform side: configuration, resources, diagnostics.

mod alert_rule;
pub(crate) mod attributes;
mod backtest;
pub(crate) mod config;
mod connection;
mod data;
mod diagnostics;
mod endpoint;
mod environment;
pub(crate) mod filter;
mod functions;
pub(crate) mod inventory;
mod kapacitor_task;
mod kapacitor_template;
mod list;
mod managed_object;
mod ownership;
pub(crate) mod remedy;
mod rule_attributes;
mod task;
mod topic_handler;
mod values;
mod webhook;
mod webhook_test;

pub use self::alert_rule::handlers::names::{NamedKind, NAMED_KINDS};
use self::alert_rule::{AlertIds, AlertRuleResource};
use self::backtest::BacktestData;
use self::config::configuration::{self, Configuration};
use self::config::resolve::{Resolved, Settings};
pub use self::config::settings::attributes as settings;
use self::connection::Connection;
use self::data::alert_rule::{AlertRules, OneAlertRule};
use self::data::endpoint::{Endpoints, OneEndpoint};
use self::data::server::TheServer;
use self::data::task::{OneTask, Tasks};
use self::data::topics::Topics;
use self::data::Data;
use self::diagnostics::sentence;
pub use self::endpoint::presence::undeclared::Undeclared;
use self::endpoint::EndpointResource;
use self::functions::{AlertRuleTickscript, KapacitorConf, TickscriptFormat, TickscriptVars};
use self::kapacitor_task::KapacitorTaskResource;
use self::kapacitor_template::plan::planned::PlannedTemplates;
use self::kapacitor_template::KapacitorTemplateResource;
use self::list::List;
use self::ownership::Ownership;
use self::topic_handler::TopicHandlerResource;
use self::webhook_test::{WebhookTest, WebhookTestAction};
use crate::kapacitor::Client;
use crate::protocol::{Served, ServedProvider};
use crate::rule;
use async_trait::async_trait;
use tf_provider::schema::Schema;
use tf_provider::value::ValueEmpty;
use tf_provider::{AttributePath, Diagnostics, Provider};

/// The provider.
#[derive(Default)]
pub struct SquadcastProvider {
    connection: Connection,
    tasks: Ownership,
    alert_ids: AlertIds,
    endpoints: Ownership,
    backtests: backtest::Shared,
    topic_handlers: Ownership,
    templates: Ownership,
    planned_templates: PlannedTemplates,
}

#[async_trait]
impl Provider for SquadcastProvider {
    type Config<'a> = Configuration;
    type MetaState<'a> = ValueEmpty;

    fn schema(&self, _: &mut Diagnostics) -> Option<Schema> {
        Some(configuration::schema())
    }

    async fn configure<'a>(
        &self,
        diags: &mut Diagnostics,
        _terraform_version: String,
        config: Configuration,
    ) -> Option<()> {
        self.tasks.forget_all();
        self.alert_ids.forget_all();
        self.endpoints.forget_all();
        self.topic_handlers.forget_all();
        self.templates.forget_all();
        self.planned_templates.forget_all();
        match config.resolve(&|variable| std::env::var(variable).ok()) {
            Ok(Resolved::NotYetKnown) => self.connection.set(None),
            Ok(Resolved::Known(settings)) => self.connect(diags, *settings),
            Err(error) => diags.error("Invalid provider configuration", error.detail, error.attribute),
        }
        Some(())
    }
}

impl ServedProvider for SquadcastProvider {
    fn serves(&self) -> Served {
        let connection = || self.connection.clone();
        Served::default()
            .resource(
                "squadcast_kapacitor_alert_rule",
                AlertRuleResource::new(connection()).knowing(self.tasks.clone(), self.alert_ids.clone()),
            )
            .resource(
                "squadcast_kapacitor_endpoint",
                EndpointResource::new(connection()).knowing(self.endpoints.clone()),
            )
            .resource(
                "squadcast_kapacitor_topic_handler",
                TopicHandlerResource::new(connection(), self.topic_handlers.clone()),
            )
            .list(
                "squadcast_kapacitor_topic_handler",
                List::<topic_handler::list::TopicHandlers>::new(connection()),
            )
            .resource(
                "squadcast_kapacitor_task",
                KapacitorTaskResource::new(connection(), self.tasks.clone(), self.planned_templates.clone()),
            )
            .list(
                "squadcast_kapacitor_task",
                List::<kapacitor_task::list::Tasks>::new(connection()),
            )
            .resource(
                "squadcast_kapacitor_template",
                KapacitorTemplateResource::new(connection(), self.templates.clone(), self.planned_templates.clone()),
            )
            .list(
                "squadcast_kapacitor_template",
                List::<kapacitor_template::list::Templates>::new(connection()),
            )
            .list(
                "squadcast_kapacitor_alert_rule",
                List::<alert_rule::list::Rules>::new(connection()),
            )
            .list(
                "squadcast_kapacitor_endpoint",
                List::<endpoint::list::Endpoints>::new(connection()),
            )
            .data_source(
                "squadcast_kapacitor_alert_rule",
                Data::<OneAlertRule>::new(connection()),
            )
            .data_source("squadcast_kapacitor_alert_rules", Data::<AlertRules>::new(connection()))
            .data_source("squadcast_kapacitor_endpoint", Data::<OneEndpoint>::new(connection()))
            .data_source("squadcast_kapacitor_endpoints", Data::<Endpoints>::new(connection()))
            .data_source("squadcast_kapacitor_server", Data::<TheServer>::new(connection()))
            .data_source("squadcast_kapacitor_task", Data::<OneTask>::new(connection()))
            .data_source("squadcast_kapacitor_tasks", Data::<Tasks>::new(connection()))
            .data_source("squadcast_kapacitor_topics", Data::<Topics>::new(connection()))
            .data_source(
                "squadcast_kapacitor_backtest",
                BacktestData::new(connection(), self.backtests.clone()),
            )
            .data_source("squadcast_kapacitor_webhook_test", WebhookTest::new(connection()))
            .action("squadcast_kapacitor_webhook_test", WebhookTestAction::new(connection()))
            .function("kapacitor_conf", KapacitorConf)
            .function("alert_rule_tickscript", AlertRuleTickscript)
            .function("tickscript_format", TickscriptFormat)
            .function("tickscript_vars", TickscriptVars)
    }
}

impl SquadcastProvider {
    fn connect(&self, diags: &mut Diagnostics, mut settings: Settings) {
        settings.client.script_secrets = rule::script_secrets;
        if settings.insecure {
            diags.warning(
                "Certificates are not checked",
                "With insecure_skip_verify (or KAPACITOR_UNSAFE_SSL) anybody on the way can read and change what is sent, \
                 webhook URLs and credentials included. Set ca_cert to trust a private certificate authority instead.",
                AttributePath::new("insecure_skip_verify"),
            );
        }
        if let Some(attribute) = settings.in_clear {
            diags.warning(
                "Credentials are sent without encryption",
                "The URL begins with http:// and is not this machine's own, so that anybody on the way can read the \
                 credentials and the webhook URLs. Use https://, or reach the server through a tunnel that ends on this \
                 machine.",
                attribute,
            );
        }
        for attribute in settings.with_line_breaks {
            diags.warning(
                "A secret begins or ends with a line break",
                "It is used as it is, with the line break. If it comes from a file, take it as trimspace(file(\"…\")).",
                attribute,
            );
        }
        match Client::new(settings.client) {
            Ok(client) => self.connection.set(Some(client)),
            Err(error) => {
                let attribute = error
                    .setting()
                    .map(AttributePath::new)
                    .unwrap_or_else(AttributePath::root);
                diags.error("Invalid provider configuration", sentence(error), attribute);
            }
        }
    }
}

#[cfg(test)]
mod tests;
