//! The attributes of `squadcast_kapacitor_endpoint`, each defined once.

use super::presence::undeclared::Undeclared;
use crate::protocol::IdentityPart;
use crate::provider::attributes::{write_only_twin, Definition, Given, Kind};

/// What the resource is, for the schema and the docs page.
pub(crate) const DESCRIPTION: &str =
    "Manages an element `[[httppost]]` of Kapacitor's configuration: a named webhook that \
    TICKscripts use with `.post().endpoint('NAME')`.\n\n\
    The element must be declared in kapacitor.conf: Kapacitor lists one that was added through its API, but never \
    delivers to it. The resource overrides the declared element's options while Kapacitor runs, without a restart, and \
    gives the file's values back when it is destroyed.";

/// What tells an endpoint from all others of its server.
pub(crate) const IDENTITY: &[IdentityPart] = &[IdentityPart {
    name: "name",
    description: "Name of the endpoint, as kapacitor.conf has it.",
}];

/// The attributes.
pub(crate) fn attributes() -> Vec<Definition> {
    use Given::{Computed, Defaulted, Optional, Required};
    let mut attributes = vec![
        Definition::new("name", Kind::Text, Required,
            "Name of the endpoint, as in `endpoint = \"NAME\"` in kapacitor.conf: letters, digits, `_` and `-`; changing it makes a new resource."),
        Definition::new("url", Kind::Url, Defaulted,
            "URL that alerts are posted to, such as the webhook URL that Squadcast shows for the alert source Kapacitor of a service (see [URL and headers](#url-and-headers)).").sensitive(),
        Definition::new("url_env", Kind::UrlVariable, Optional,
            "Name of an environment variable that holds the URL where Terraform runs, so that it is in no plan and no state (see [Secrets](../guides/secrets.md))."),
        Definition::new("headers", Kind::TextMap, Optional,
            "HTTP headers of each post, in place of all those of kapacitor.conf (see [URL and headers](#url-and-headers))."),
        Definition::new("sensitive_headers", Kind::TextMap, Defaulted,
            "More HTTP headers of each post, whose values Terraform does not show (see [URL and headers](#url-and-headers)).").sensitive(),
        Definition::new("alert_template", Kind::Text, Optional,
            "Go template for the body of each alert, instead of the JSON that Squadcast reads; not together with `alert_template_file` (see [Templates](#templates)).").sensitive(),
        Definition::new("alert_template_file", Kind::Text, Optional,
            "Absolute path, on Kapacitor's host, of a file that holds such a template; not together with `alert_template`."),
        Definition::new("row_template", Kind::Text, Optional,
            "Go template for the body of what the node `httpPost` sends; not together with `row_template_file` (see [Templates](#templates)).").sensitive(),
        Definition::new("row_template_file", Kind::Text, Optional,
            "Absolute path, on Kapacitor's host, of a file that holds such a template; not together with `row_template`."),
        Definition::new("undeclared", Kind::Text, Optional, Undeclared::description()),
        Definition::new("id", Kind::Text, Computed, "The endpoint's name."),
        Definition::new("declared", Kind::Flag, Computed,
            "Whether kapacitor.conf declares the endpoint."),
        Definition::new("live", Kind::Flag, Computed,
            "Whether Kapacitor delivers to the endpoint; it never does to one that was only added through its API."),
        Definition::new("url_fingerprint", Kind::Text, Computed,
            "Keyed fingerprint of the endpoint's URL, by which a plan shows that the URL changed, and not what it is."),
        Definition::new("kapacitor_conf", Kind::Text, Computed,
            "The TOML that declares this endpoint, to paste into kapacitor.conf.").sensitive(),
    ];
    attributes.extend(write_only_twin!("url", Kind::Url));
    attributes.extend(write_only_twin!("sensitive_headers", Kind::TextMap));
    attributes.push(Definition::new("basic_auth", Kind::Object(basic_auth()), Optional,
        "Credentials for basic authentication at the URL, which Kapacitor does not show again (see [Secrets](../guides/secrets.md#write-only))."));
    attributes
}

fn basic_auth() -> Vec<Definition> {
    let mut attributes = vec![
        Definition::new(
            "username",
            Kind::Text,
            Given::Required,
            "User name that Kapacitor sends.",
        ),
        Definition::new(
            "password",
            Kind::Text,
            Given::Optional,
            "Password that Kapacitor sends; either this or `password_wo` is required.",
        )
        .sensitive(),
    ];
    attributes.extend(write_only_twin!("password", Kind::Text));
    attributes
}
