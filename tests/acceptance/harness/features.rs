//! What the Terraform or OpenTofu that the tests drive can do.

use super::terraform::binary;
use std::process::Command;
use std::sync::OnceLock;

/// What came with a newer version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Feature {
    /// Functions of providers.
    Functions,
    /// Attributes that only the configuration has.
    WriteOnly,
    /// `import { identity = … }`.
    Identity,
    /// `list` blocks and `terraform query`.
    Query,
    /// `action` blocks.
    Actions,
}

impl Feature {
    /// The version from which Terraform has it, and the one from which OpenTofu has it, if it has it at all.
    fn since(self) -> [Option<(u32, u32)>; 2] {
        match self {
            Feature::Functions => [Some((1, 8)), Some((1, 7))],
            Feature::WriteOnly => [Some((1, 11)), Some((1, 11))],
            Feature::Identity => [Some((1, 12)), Some((1, 12))],
            Feature::Query | Feature::Actions => [Some((1, 14)), None],
        }
    }
}

/// Whether the binary has the feature. Says so if it has not, since the test then skips.
pub(crate) fn has(feature: Feature) -> bool {
    let (is_tofu, version) = version();
    let [terraform, tofu] = feature.since();
    let since = if is_tofu { tofu } else { terraform };
    let has = since.is_some_and(|since| version >= since);
    if !has {
        let (major, minor) = version;
        let name = if is_tofu { "OpenTofu" } else { "Terraform" };
        println!("skipped: {feature:?} is not in {name} {major}.{minor}");
    }
    has
}

/// Whether it is OpenTofu, and its version.
fn version() -> (bool, (u32, u32)) {
    static VERSION: OnceLock<(bool, (u32, u32))> = OnceLock::new();
    *VERSION.get_or_init(|| {
        let output = Command::new(binary()).arg("version").output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        let line = text.lines().find(|line| line.contains(" v")).unwrap();
        let (name, version) = line.split_once(" v").unwrap();
        let mut numbers = version.split('.').map(|number| number.parse().unwrap());
        (name == "OpenTofu", (numbers.next().unwrap(), numbers.next().unwrap()))
    })
}
