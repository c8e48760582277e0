//! Secrets that a configuration leaves out and the rule keeps.
//!
//! `terraform plan -generate-config-out` writes `null` for every secret of an imported rule. Its configuration has to plan
//! empty, and must not take the webhook away, so that a secret that is left out stays as it is.

use super::model::{AlertRuleState, HandlerBlock, PostBlock};
use crate::rule::{Field, HandlerSpec, PostSpec, RuleSpec};
use tf_provider::value::Value;

/// The configuration's attributes as far as they can be checked without the state: a secret that is left out may be there.
pub fn spec_to_validate(config: &AlertRuleState) -> RuleSpec {
    let mut spec = config.spec();
    if let Field::Known(posts) = &mut spec.posts {
        posts
            .iter_mut()
            .filter(|post| names_no_target(post))
            .for_each(|post| post.url = Field::Unknown);
    }
    if let Field::Known(handlers) = &mut spec.handlers {
        let without = |handler: &&mut HandlerSpec| handler.secrets.is_absent();
        handlers
            .iter_mut()
            .filter(without)
            .for_each(|handler| handler.secrets = Field::Unknown);
    }
    spec
}

fn names_no_target(post: &PostSpec) -> bool {
    post.url.is_absent() && post.endpoint.is_absent()
}

/// Fills in what the configuration leaves out and the state has.
pub fn keep_secrets(planned: &mut AlertRuleState, config: &AlertRuleState, prior: Option<&AlertRuleState>) {
    let former_posts = prior.map_or(&[][..], |prior| known_blocks(&prior.post));
    if let (Value::Value(planned), Value::Value(config)) = (&mut planned.post, &config.post) {
        for (position, (planned, config)) in planned.iter_mut().zip(config).enumerate() {
            keep_in_post(planned, config, former_posts.get(position));
        }
    }
    let former_handlers = prior.map_or(&[][..], |prior| known_blocks(&prior.handler));
    if let (Value::Value(planned), Value::Value(config)) = (&mut planned.handler, &config.handler) {
        for (position, (planned, config)) in planned.iter_mut().zip(config).enumerate() {
            keep_in_handler(planned, config, former_handlers.get(position));
        }
    }
}

fn known_blocks<B>(blocks: &Value<Vec<B>>) -> &[B] {
    match blocks {
        Value::Value(blocks) => blocks,
        _ => &[],
    }
}

fn keep_in_post(planned: &mut PostBlock, config: &PostBlock, former: Option<&PostBlock>) {
    planned.url = config.url.clone();
    planned.sensitive_headers = config.sensitive_headers.clone();
    let Some(former) = former else {
        return;
    };
    if config.url.is_null() && config.url_env.is_null() && config.endpoint.is_null() {
        planned.url = former.url.clone();
    }
    if config.sensitive_headers.is_null() {
        planned.sensitive_headers = former.sensitive_headers.clone();
    }
}

fn keep_in_handler(planned: &mut HandlerBlock, config: &HandlerBlock, former: Option<&HandlerBlock>) {
    planned.secrets = config.secrets.clone();
    if let Some(former) = former.filter(|former| config.secrets.is_null() && former.kind == config.kind) {
        planned.secrets = former.secrets.clone();
    }
}
