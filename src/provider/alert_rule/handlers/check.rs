//! What of `handlers` cannot be, whatever the rule is.

use super::block::HandlerBlock;
use super::names::NamedKind;
use super::place::{self, Secret};
use crate::provider::attributes::elements::Whole;
use crate::provider::values::known;
use tf_provider::value::Value;
use tf_provider::{AttributePath, Diagnostics};

/// Reports handlers and items of lists that are null.
pub(crate) fn check_nulls(diags: &mut Diagnostics, blocks: &[HandlerBlock]) {
    for (index, block) in blocks.iter().enumerate() {
        let at = || place::of_block(blocks, index);
        if block.whole == Whole::Null {
            null(diags, "handler", at());
        }
        for (option, list) in &block.lists {
            let named = known(&block.kind).and_then(NamedKind::of);
            let options = named.map(|named| named.options.as_slice()).unwrap_or_default();
            let Some(named) = options.iter().find(|named| named.option.name == *option) else {
                continue;
            };
            for (item, _) in (0..).zip(list).filter(|(_, item)| item.is_null()) {
                null(diags, "item", at().attribute(named.attribute).index(item));
            }
        }
    }
}

fn null(diags: &mut Diagnostics, what: &str, at: AttributePath) {
    let detail = format!("This {what} is null. Give it a value, or leave it out of the list.");
    diags.error("Invalid attribute value", detail, at);
}

/// Reports write-only secrets without a version, versions without a secret, and secrets that are set twice.
pub(crate) fn check_secrets(diags: &mut Diagnostics, blocks: &[HandlerBlock]) {
    for (index, block) in blocks
        .iter()
        .enumerate()
        .filter(|(_, block)| block.whole == Whole::Known)
    {
        let Some(option) = known(&block.kind).and_then(NamedKind::of).and_then(NamedKind::secret) else {
            continue;
        };
        let at = |name: String| place::of_block(blocks, index).attribute(name);
        let (secret, version) = (&block.secrets_wo.0, &block.secrets_wo_version);
        let twin = Secret::Twin.name(option);
        crate::provider::attributes::write_only::check_version(diags, twin, secret, version, &at);
        if let (Value::Value(_), Value::Value(_)) = (&block.secrets, secret) {
            crate::provider::attributes::write_only::report_both(diags, option.attribute, twin, &at);
        }
    }
}
