//! What the provider tells Terraform of itself.

use squadcast_kapacitor::protocol::{IdentityPart, ServedProvider};
use squadcast_kapacitor::provider::SquadcastProvider;
use tf_provider::schema::{Block, Schema};
use tf_provider::{Diagnostics, Provider};

/// The provider's name, with which every type begins.
pub(crate) const PROVIDER: &str = "squadcast";

/// What a configuration can use of the provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    Resource,
    DataSource,
    ListResource,
    Action,
}

impl Kind {
    pub(crate) const ALL: [Kind; 4] = [Kind::Resource, Kind::DataSource, Kind::ListResource, Kind::Action];
}

/// A resource, or another thing that a configuration can use.
pub(crate) struct Served {
    pub kind: Kind,
    /// The full type, such as `squadcast_kapacitor_endpoint`.
    pub name: String,
    pub block: Block,
    /// What its identity consists of.
    pub identity: &'static [IdentityPart],
    /// The paths of what only the configuration has.
    pub write_only: Vec<String>,
}

impl Kind {
    /// What pages call it.
    pub(crate) fn title(self) -> &'static str {
        match self {
            Kind::Resource => "Resource",
            Kind::DataSource => "Data Source",
            Kind::ListResource => "List Resource",
            Kind::Action => "Action",
        }
    }

    /// The keyword in a configuration.
    pub(crate) fn keyword(self) -> &'static str {
        match self {
            Kind::Resource => "resource",
            Kind::DataSource => "data",
            Kind::ListResource => "list",
            Kind::Action => "action",
        }
    }

    /// What its page says first: the Terraform that it needs, if not any.
    pub(crate) fn needs(self) -> &'static str {
        match self {
            Kind::Resource | Kind::DataSource => "",
            Kind::ListResource => {
                "-> Needs Terraform 1.14 or later. A list stands in a file whose name ends in `.tfquery.hcl`, beside the \
                 configuration of the provider. `terraform query` shows what it finds."
            }
            Kind::Action => "-> Needs Terraform 1.14 or later.",
        }
    }

    /// The folder of its pages and of its examples.
    pub(crate) fn folder(self) -> &'static str {
        match self {
            Kind::Resource => "resources",
            Kind::DataSource => "data-sources",
            Kind::ListResource => "list-resources",
            Kind::Action => "actions",
        }
    }
}

impl Served {
    /// Where its page is. The file's name leaves out the provider's.
    pub(crate) fn page(&self) -> String {
        let name = self.name.strip_prefix(PROVIDER).and_then(|name| name.strip_prefix('_'));
        format!("docs/{}/{}.md", self.kind.folder(), name.unwrap())
    }

    /// The example that its page shows.
    pub(crate) fn example(&self) -> String {
        let file = match self.kind {
            Kind::Resource => "resource.tf",
            Kind::DataSource => "data-source.tf",
            Kind::ListResource => "list-resource.tfquery.hcl",
            Kind::Action => "action.tf",
        };
        format!("examples/{}/{}/{file}", self.kind.folder(), self.name)
    }

    /// How it is imported, as its page shows it, where it can be.
    pub(crate) fn import(&self) -> Option<String> {
        match self.kind {
            Kind::Resource => Some(format!("examples/{}/{}/import.sh", self.kind.folder(), self.name)),
            Kind::DataSource | Kind::ListResource | Kind::Action => None,
        }
    }

    /// The same by identity.
    pub(crate) fn import_by_identity(&self) -> Option<String> {
        let folder = self.kind.folder();
        let is_importable = self.import().is_some();
        is_importable.then(|| format!("examples/{folder}/{}/import-by-identity.tf", self.name))
    }
}

/// The configuration of the provider itself.
pub(crate) fn configuration() -> Block {
    block(SquadcastProvider::default().schema(&mut Diagnostics::default()))
}

/// Everything that has a page, sorted.
pub(crate) fn all() -> Vec<Served> {
    let mut diags = Diagnostics::default();
    let provider = SquadcastProvider::default().serves();
    let mut served = Vec::new();
    let mut serve = |kind, name, block, identity, write_only| {
        served.push(Served {
            kind,
            name,
            block,
            identity,
            write_only,
        });
    };
    for (name, resource) in provider.resources {
        let (identity, write_only) = (resource.identity_parts(), resource.write_only());
        serve(
            Kind::Resource,
            name,
            block(resource.schema(&mut diags)),
            identity,
            write_only,
        );
    }
    for (name, source) in provider.data_sources {
        serve(Kind::DataSource, name, block(source.schema(&mut diags)), &[], vec![]);
    }
    for (name, list) in provider.lists {
        serve(Kind::ListResource, name, list.schema().block, &[], vec![]);
    }
    for (name, action) in provider.actions {
        serve(Kind::Action, name, action.schema().block, &[], vec![]);
    }
    served.sort_by(|one, other| (one.kind, &one.name).cmp(&(other.kind, &other.name)));
    served
}

fn block(schema: Option<Schema>) -> Block {
    schema.expect("the provider gives its schema").block
}
