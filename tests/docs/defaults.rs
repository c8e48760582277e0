//! Defaults of the provider's settings that a guide repeats.

use crate::project::root;
use regex::Regex;
use squadcast_kapacitor::provider::settings;
use std::collections::BTreeMap;

#[test]
fn a_guide_names_the_default_that_a_setting_has() {
    let default = Regex::new(r"Default: `(\d+)`").unwrap();
    let defaults: BTreeMap<&str, String> = settings()
        .iter()
        .filter_map(|setting| Some((setting.name, default.captures(&setting.description)?[1].to_owned())))
        .collect();
    let repeated = Regex::new(r"`(\w+)` seconds, (\d+) by default").unwrap();
    let mut found = 0;
    for guide in std::fs::read_dir(root().join("docs/guides")).unwrap() {
        let path = guide.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        for captures in repeated.captures_iter(&text) {
            found += 1;
            assert_eq!(
                defaults.get(&captures[1]),
                Some(&captures[2].to_owned()),
                "{}",
                path.display()
            );
        }
    }
    assert!(
        found >= 3,
        "the guides name {found} defaults in the words that this test looks for"
    );
}
