//! What a configuration of a template may say, as far as a plan can know it.

use super::state::model::KapacitorTemplateState;
use crate::kapacitor::api::is_of_lease;
use crate::provider::attributes::write_only::{check_version, report_both};
use crate::provider::task::{script, task_id};
use crate::provider::values::known;
use tf_provider::{AttributePath, Diagnostics};

const INVALID: &str = "Invalid attribute value";

/// Reports what is wrong.
pub(super) fn check(diags: &mut Diagnostics, config: &KapacitorTemplateState) {
    let at = |name: String| AttributePath::new(name);
    match known(&config.template_id) {
        Some(id) if !task_id::can_be(id) => diags.error(
            INVALID,
            "The id of a template consists of letters (of any alphabet), digits (0 to 9), `-`, `.` and `_`, and must not be `.` \
             or `..`.",
            AttributePath::new("template_id"),
        ),
        Some(id) if is_of_lease(id) => diags.error(
            INVALID,
            "Templates of such names are the lease by which Terraform runs take turns at writing. Choose another name.",
            AttributePath::new("template_id"),
        ),
        _ => {}
    }
    if !config.script.is_null() && !config.script_wo.0.is_null() {
        report_both(diags, "script", "script_wo", &at);
    }
    check_version(diags, "script_wo", &config.script_wo.0, &config.script_wo_version, &at);
    for (attribute, value) in [("script", &config.script), ("script_wo", &config.script_wo.0)] {
        if let Some(text) = known(value) {
            script::parsed(diags, text, attribute);
        }
    }
}
