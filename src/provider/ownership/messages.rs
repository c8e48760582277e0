//! What a conflict between two resources is called, and what to do about it.

use tf_provider::{AttributePath, Diagnostics};

/// What stands in the way of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Conflict {
    /// Two resources of the configuration have or want the object.
    Clash,
    /// One resource of the object goes, and another one comes: it has moved.
    Moved,
}

/// The words for one kind of object.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Words {
    /// The resource's type.
    pub resource: &'static str,
    /// What the server calls the object, with its article.
    pub object: &'static str,
    /// What tells objects apart in a configuration.
    pub told_apart_by: &'static str,
}

impl Words {
    /// Reports the conflict over the object with this id, whose resource has this name, at an attribute.
    pub(crate) fn report(&self, diags: &mut Diagnostics, conflict: Conflict, id: &str, name: &str, at: AttributePath) {
        let (summary, detail) = match conflict {
            Conflict::Clash => ("Two resources have the same object", self.clash(id, name)),
            Conflict::Moved => ("The resource has moved", self.moved(id, name)),
        };
        diags.error(summary, detail, at);
    }

    /// Says that a destroy left the object to another resource.
    pub(crate) fn warn_of_keeping(&self, diags: &mut Diagnostics, id: &str) {
        diags.root_warning(
            "The object stays",
            format!(
                "Another resource of this state has {} {id:?} now, so it was not removed together with this one. That is so if a \
                 resource with create_before_destroy is replaced, since Kapacitor cannot have two of one id; and if an earlier \
                 apply of such a replacement did not come to its end.",
                self.object
            ),
        );
    }

    fn clash(&self, id: &str, name: &str) -> String {
        format!(
            "This resource, with the name {name:?}, and another {} of the configuration would both be {} {id:?}: each apply of \
             one would undo the other, and a destroy of one would remove both. Give each {}. With count or for_each, use \
             count.index or each.key in it.\n\nIf the state has the object twice already, remove the entry that is too much \
             with `terraform state rm ADDRESS`, which leaves the object alone.",
            self.resource, self.object, self.told_apart_by
        )
    }

    fn moved(&self, id: &str, name: &str) -> String {
        let called = if name == id {
            String::new()
        } else {
            format!(" ({name:?})")
        };
        format!(
            "The plan removes {object} {id:?}{called} at one address of the configuration, and creates it at another one. \
             An apply would do both in any order, and could end without it. If the resource was renamed, or moved into or out \
             of a module, count or for_each, say so in the configuration, with the two addresses of this plan:\n\n  \
             moved {{\n    from = {resource}.OLD\n    to   = {resource}.NEW\n  }}\n\nIf the old one really is to go and a new \
             one of the same name is to come, remove the old one by an apply of its own first.",
            object = self.object,
            resource = self.resource,
        )
    }
}
