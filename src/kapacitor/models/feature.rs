//! A part of Kapacitor's API.

/// A part of Kapacitor's API that a server may lack, switch off, or keep from a user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Feature {
    /// The configuration of endpoints, which `[config-override]` can switch off.
    Endpoints,
    /// Templates; the lease that keeps machines from writing at the same time is one.
    Templates,
    /// Alert topics, by which it is seen what fires.
    Topics,
    /// Test posts to a webhook.
    WebhookTests,
}

impl Feature {
    /// All of them.
    pub const ALL: [Feature; 4] = [
        Feature::Endpoints,
        Feature::Templates,
        Feature::Topics,
        Feature::WebhookTests,
    ];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Feature::Endpoints => "endpoints",
            Feature::Templates => "templates",
            Feature::Topics => "topics",
            Feature::WebhookTests => "webhook_tests",
        }
    }
}
