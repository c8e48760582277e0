//! What the provider tells Terraform of itself.

use squadcast_kapacitor::protocol::ServedProvider;
use squadcast_kapacitor::provider::SquadcastProvider;
use tf_provider::schema::{Block, Schema};
use tf_provider::{Diagnostics, Provider};

/// The provider's name, with which every type begins.
pub const PROVIDER: &str = "squadcast";

/// What a configuration can use of the provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    Resource,
    DataSource,
}

/// A resource or a data source.
pub struct Served {
    pub kind: Kind,
    /// The full type, such as `squadcast_kapacitor_endpoint`.
    pub name: String,
    pub block: Block,
}

impl Kind {
    /// What pages call it.
    pub fn title(self) -> &'static str {
        match self {
            Kind::Resource => "Resource",
            Kind::DataSource => "Data Source",
        }
    }

    /// The keyword in a configuration.
    pub fn keyword(self) -> &'static str {
        match self {
            Kind::Resource => "resource",
            Kind::DataSource => "data",
        }
    }

    /// The folder of its pages and of its examples.
    pub fn folder(self) -> &'static str {
        match self {
            Kind::Resource => "resources",
            Kind::DataSource => "data-sources",
        }
    }
}

impl Served {
    /// Where its page is. The file's name leaves out the provider's.
    pub fn page(&self) -> String {
        let name = self.name.strip_prefix(PROVIDER).and_then(|name| name.strip_prefix('_'));
        format!("docs/{}/{}.md", self.kind.folder(), name.unwrap())
    }

    /// The example that its page shows.
    pub fn example(&self) -> String {
        let file = match self.kind {
            Kind::Resource => "resource.tf",
            Kind::DataSource => "data-source.tf",
        };
        format!("examples/{}/{}/{file}", self.kind.folder(), self.name)
    }

    /// How it is imported, as its page shows it, where it can be.
    pub fn import(&self) -> Option<String> {
        match self.kind {
            Kind::Resource => Some(format!("examples/{}/{}/import.sh", self.kind.folder(), self.name)),
            Kind::DataSource => None,
        }
    }
}

/// The configuration of the provider itself.
pub fn configuration() -> Block {
    block(SquadcastProvider::default().schema(&mut Diagnostics::default()))
}

/// Each resource and each data source, sorted.
pub fn all() -> Vec<Served> {
    let mut diags = Diagnostics::default();
    let provider = SquadcastProvider::default().serves();
    let mut served = Vec::new();
    for (name, resource) in provider.resources {
        served.push((Kind::Resource, name, block(resource.schema(&mut diags))));
    }
    for (name, source) in provider.data_sources {
        served.push((Kind::DataSource, name, block(source.schema(&mut diags))));
    }
    served.sort_by(|one, other| (one.0, &one.1).cmp(&(other.0, &other.1)));
    let served = served.into_iter();
    served.map(|(kind, name, block)| Served { kind, name, block }).collect()
}

fn block(schema: Option<Schema>) -> Block {
    schema.expect("the provider gives its schema").block
}
