//! The modules of a crate as its files have them, and which file uses which.
//!
//! A file uses another where it names what the other defines, also where a third one re-exports it. Code for tests alone
//! does not count. Methods are found by no name, so that only functions, types, constants and macros make an arrow.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use syn::visit::Visit;
use syn::{Attribute, Item, ItemUse, UseTree, Visibility};

type Names = Vec<String>;

/// The source of one crate, without what only its tests use.
pub(super) struct SourceTree {
    modules: BTreeMap<Names, Module>,
}

/// What the file of a module has at its top.
struct Module {
    file: PathBuf,
    lines: usize,
    defines: BTreeSet<String>,
    imports: Vec<Import>,
    mentions: BTreeSet<Names>,
}

/// A name that a `use` brings in; `*` for all names.
struct Import {
    name: String,
    path: Names,
}

impl SourceTree {
    /// Reads the crate whose root, lib.rs or main.rs, is the file.
    pub(super) fn read(root: &Path) -> Self {
        let mut tree = SourceTree {
            modules: BTreeMap::new(),
        };
        tree.add(root, Vec::new());
        tree
    }

    /// The files, each with its number of lines.
    pub(super) fn files(&self) -> impl Iterator<Item = (&Path, usize)> {
        self.modules
            .values()
            .map(|module| (module.file.as_path(), module.lines))
    }

    /// For each file the files that it uses.
    pub(super) fn arrows(&self) -> BTreeMap<&Path, BTreeSet<&Path>> {
        let mut arrows = BTreeMap::new();
        for (at, module) in &self.modules {
            let paths = module.imports.iter().map(|import| &import.path);
            let used = paths
                .chain(&module.mentions)
                .filter_map(|path| self.file_of(at, path, 0))
                .filter(|file| *file != module.file)
                .collect();
            arrows.insert(module.file.as_path(), used);
        }
        arrows
    }

    fn add(&mut self, file: &Path, at: Names) {
        let text = std::fs::read_to_string(file).expect("a source file can be read");
        let items = syn::parse_file(&text).expect("a source file is Rust").items;
        let folder = match file.file_stem().and_then(|stem| stem.to_str()) {
            Some("mod" | "lib" | "main") | None => file.with_file_name(""),
            Some(stem) => file.with_file_name(stem),
        };
        let mut module = Module {
            file: file.to_owned(),
            lines: text.lines().count(),
            defines: BTreeSet::new(),
            imports: Vec::new(),
            mentions: BTreeSet::new(),
        };
        for item in items.iter().filter(|item| !is_for_tests(item)) {
            match item {
                Item::Mod(child) if child.content.is_none() => {
                    let name = child.ident.to_string();
                    let mut path = at.clone();
                    path.push(name.clone());
                    let below = folder.join(&name).join("mod.rs");
                    let file = if below.exists() {
                        below
                    } else {
                        folder.join(name + ".rs")
                    };
                    self.add(&file, path);
                }
                Item::Use(item) => module.import(item),
                item => {
                    module.defines.extend(name_of(item));
                    Mentions(&mut module.mentions).visit_item(item);
                }
            }
        }
        self.modules.insert(at, module);
    }

    /// The file that defines what a path names, as a module sees it.
    fn file_of(&self, at: &[String], path: &[String], depth: usize) -> Option<&Path> {
        let (mut here, rest) = start(at, path)?;
        if depth > 16 {
            return None;
        }
        for (index, name) in rest.iter().enumerate() {
            let mut child = here.clone();
            child.push(name.clone());
            if self.modules.contains_key(&child) {
                here = child;
                continue;
            }
            return self.file_of_name(&here, name, &rest[index + 1..], depth);
        }
        None
    }

    fn file_of_name(&self, at: &[String], name: &str, rest: &[String], depth: usize) -> Option<&Path> {
        let module = self.modules.get(at)?;
        if module.defines.contains(name) {
            return Some(&module.file);
        }
        let named = module.imports.iter().filter(|import| import.name == name);
        let all = module.imports.iter().filter(|import| import.name == "*");
        named
            .map(|import| [&import.path, rest].concat())
            .chain(all.map(|import| [&import.path[..import.path.len() - 1], &[name.to_owned()], rest].concat()))
            .find_map(|path| self.file_of(at, &path, depth + 1))
    }
}

impl Module {
    fn import(&mut self, item: &ItemUse) {
        let mut found = Vec::new();
        flatten(&item.tree, Vec::new(), &mut found);
        self.imports.extend(found);
    }
}

/// The module in which a path begins, and what is left of the path.
fn start<'a>(at: &[String], path: &'a [String]) -> Option<(Names, &'a [String])> {
    let mut here = at.to_vec();
    let mut rest = path;
    match path.first()?.as_str() {
        "crate" => {
            here.clear();
            rest = &rest[1..];
        }
        "self" => rest = &rest[1..],
        _ => {}
    }
    while rest.first().is_some_and(|name| name == "super") {
        here.pop();
        rest = &rest[1..];
    }
    Some((here, rest))
}

fn flatten(tree: &UseTree, mut path: Names, found: &mut Vec<Import>) {
    match tree {
        UseTree::Path(below) => {
            path.push(below.ident.to_string());
            flatten(&below.tree, path, found);
        }
        UseTree::Group(group) => {
            for tree in &group.items {
                flatten(tree, path.clone(), found);
            }
        }
        UseTree::Glob(_) => {
            path.push("*".to_owned());
            found.push(Import {
                name: "*".to_owned(),
                path,
            });
        }
        UseTree::Name(name) if name.ident == "self" => {
            if let Some(name) = path.last().cloned() {
                found.push(Import { name, path });
            }
        }
        UseTree::Name(name) => {
            path.push(name.ident.to_string());
            found.push(Import {
                name: name.ident.to_string(),
                path,
            });
        }
        UseTree::Rename(rename) => {
            path.push(rename.ident.to_string());
            found.push(Import {
                name: rename.rename.to_string(),
                path,
            });
        }
    }
}

/// The paths of more than one name that code mentions.
struct Mentions<'a>(&'a mut BTreeSet<Names>);

impl<'ast> Visit<'ast> for Mentions<'_> {
    fn visit_path(&mut self, path: &'ast syn::Path) {
        if path.segments.len() > 1 {
            let names = path.segments.iter().map(|segment| segment.ident.to_string());
            self.0.insert(names.collect());
        }
        syn::visit::visit_path(self, path);
    }

    fn visit_visibility(&mut self, _: &'ast Visibility) {}

    fn visit_item(&mut self, item: &'ast Item) {
        if !is_for_tests(item) {
            syn::visit::visit_item(self, item);
        }
    }
}

fn name_of(item: &Item) -> Option<String> {
    let name = match item {
        Item::Const(item) => &item.ident,
        Item::Enum(item) => &item.ident,
        Item::Fn(item) => &item.sig.ident,
        Item::Mod(item) => &item.ident,
        Item::Static(item) => &item.ident,
        Item::Struct(item) => &item.ident,
        Item::Trait(item) => &item.ident,
        Item::TraitAlias(item) => &item.ident,
        Item::Type(item) => &item.ident,
        Item::Union(item) => &item.ident,
        Item::Macro(item) => item.ident.as_ref()?,
        _ => return None,
    };
    Some(name.to_string())
}

fn is_for_tests(item: &Item) -> bool {
    let attributes: &[Attribute] = match item {
        Item::Const(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => return false,
    };
    attributes.iter().any(|attribute| {
        let of = attribute.meta.require_list().ok();
        attribute.path().is_ident("cfg") && of.is_some_and(|list| list.tokens.to_string() == "test")
    })
}
