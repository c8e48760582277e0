//! No two files of the sandbox import each other, directly or in a circle: what a file needs stands below it.

use regex::Regex;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

static COMMENT: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"(?m)//.*$").unwrap());
static STATEMENT: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?m)^ *(pub(?:\([a-z]+\))? )?use ([\w:{}, \n]+);").unwrap());
static ROOM: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"(?m)^(?:pub(?:\([a-z]+\))? )?mod (\w+);").unwrap());
static INLINE: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\b(?:crate|super|self)(?:::\w+)+").unwrap());

/// The names from the crate's root to a module; the root has none.
type Module = Vec<String>;

/// A file, as far as it imports.
struct Source {
    path: PathBuf,
    /// What its paths lead to, from the root.
    uses: BTreeSet<Vec<String>>,
    /// What it hands on under a name of its own.
    hands_on: BTreeMap<String, Vec<String>>,
}

struct House(BTreeMap<Module, Source>);

impl House {
    fn read(folder: &Path) -> Self {
        let mut house = House(BTreeMap::new());
        house.enter(folder, &Module::new());
        house
    }

    fn enter(&mut self, folder: &Path, module: &Module) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_stem().unwrap().to_string_lossy().into_owned();
            let inner = [module.as_slice(), std::slice::from_ref(&name)].concat();
            if path.is_dir() {
                self.enter(&path, &inner);
                continue;
            }
            let module = match (name.as_str(), path.extension()) {
                ("lib" | "mod", Some(extension)) if extension == "rs" => module.clone(),
                ("main", _) => continue,
                (_, Some(extension)) if extension == "rs" => inner,
                _ => continue,
            };
            let source = Source::read(path, &module);
            self.0.insert(module, source);
        }
    }

    /// The module in whose file a path ends, past those that only hand on.
    fn defines(&self, path: &[String]) -> Option<&Module> {
        let (module, source) = (0..=path.len())
            .rev()
            .find_map(|end| self.0.get_key_value(&path[..end]))?;
        let handed_on = path.get(module.len()).and_then(|name| source.hands_on.get(name));
        match handed_on {
            Some(target) => self.defines(target),
            None => Some(module),
        }
    }

    /// Whoever imports a whole module may use all that it hands on.
    fn imports<'a>(&'a self, module: &Module) -> BTreeSet<&'a Module> {
        let mut found = BTreeSet::new();
        for one in self.0[module].uses.iter().filter_map(|path| self.defines(path)) {
            found.insert(one);
            found.extend(self.0[one].hands_on.values().filter_map(|path| self.defines(path)));
        }
        found.remove(module);
        found
    }

    /// A way from a file back to it.
    fn circle(&self) -> Option<Vec<&Path>> {
        // What imports nothing that is left stands in no circle.
        let mut left: BTreeMap<&Module, BTreeSet<&Module>> =
            self.0.keys().map(|one| (one, self.imports(one))).collect();
        loop {
            let free: Vec<&Module> = left
                .iter()
                .filter(|(_, wants)| wants.is_empty())
                .map(|(one, _)| *one)
                .collect();
            if free.is_empty() {
                break;
            }
            for one in free {
                left.remove(one);
                for wants in left.values_mut() {
                    wants.remove(one);
                }
            }
        }
        let mut way = vec![*left.keys().next()?];
        loop {
            let next = left[way[way.len() - 1]].first().copied()?;
            if let Some(begins) = way.iter().position(|one| *one == next) {
                return Some(way[begins..].iter().map(|one| self.0[*one].path.as_path()).collect());
            }
            way.push(next);
        }
    }
}

impl Source {
    fn read(path: PathBuf, module: &Module) -> Self {
        let text = fs::read_to_string(&path).unwrap();
        let text = COMMENT.replace_all(&text, "");
        let (mut uses, mut hands_on) = (BTreeSet::new(), BTreeMap::new());
        for found in STATEMENT.captures_iter(&text) {
            for (path, name) in leaves(&found[2]) {
                let Some(target) = from_the_root(&path, module) else {
                    continue;
                };
                match found.get(1) {
                    Some(_) => drop(hands_on.insert(name, target)),
                    None => {
                        uses.insert(target);
                    }
                }
            }
        }
        let rest = STATEMENT.replace_all(&text, "");
        for found in INLINE.find_iter(&rest) {
            uses.extend(from_the_root(&parts(found.as_str()), module));
        }
        for found in ROOM.captures_iter(&text) {
            let inside = Regex::new(&format!(r"\b{}(?:::\w+)+", &found[1])).unwrap();
            let paths = inside.find_iter(&rest).map(|path| parts(path.as_str()));
            uses.extend(paths.map(|path| [module.as_slice(), &path].concat()));
        }
        Source { path, uses, hands_on }
    }
}

fn parts(path: &str) -> Vec<String> {
    path.split("::").map(|part| part.trim().to_owned()).collect()
}

/// The paths of a tree of imports, and under which name each is known.
fn leaves(tree: &str) -> Vec<(Vec<String>, String)> {
    let tree = tree.trim();
    let Some((stem, inner)) = tree.split_once('{') else {
        let (path, renamed) = tree
            .split_once(" as ")
            .map_or((tree, None), |(path, name)| (path, Some(name)));
        let mut path = parts(path);
        path.retain(|part| part != "self" || tree.starts_with("self"));
        let name = renamed.map_or_else(
            || path.last().cloned().unwrap_or_default(),
            |name| name.trim().to_owned(),
        );
        return vec![(path, name)];
    };
    let inner = inner.trim_end().strip_suffix('}').unwrap();
    let mut depth = 0;
    let branches = inner.split(|letter| {
        depth += i32::from(letter == '{') - i32::from(letter == '}');
        letter == ',' && depth == 0
    });
    let branches = branches.filter(|branch| !branch.trim().is_empty());
    branches
        .flat_map(|branch| leaves(&format!("{stem}{}", branch.trim())))
        .collect()
}

/// A path of this crate from its root; nothing where it leads to another crate.
fn from_the_root(path: &[String], module: &Module) -> Option<Vec<String>> {
    let (first, rest) = path.split_first()?;
    match first.as_str() {
        "crate" => Some(rest.to_vec()),
        "super" => {
            let (_, above) = module.split_last()?;
            match rest.first().map(String::as_str) {
                Some("super") => from_the_root(rest, &above.to_vec()),
                _ => Some([above, rest].concat()),
            }
        }
        "self" => Some([module.as_slice(), rest].concat()),
        // A face names its own rooms without a word before them.
        name if name.chars().all(|letter| letter.is_lowercase() || letter == '_') => {
            Some([module.as_slice(), path].concat())
        }
        _ => None,
    }
}

#[test]
fn no_files_import_each_other_in_a_circle() {
    let house = House::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"));
    assert!(house.0.len() > 100, "{} files", house.0.len());
    let server: Module = parts("kapacitor::instance");
    assert!(house.imports(&server).contains(&parts("kapacitor::process::state")));
    if let Some(circle) = house.circle() {
        panic!("these import each other in a circle: {circle:#?}");
    }
}
