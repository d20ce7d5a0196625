//! `docs/architecture.md` is true: its table of crates is the law for who depends on whom, and its table of third-party
//! crates is complete. Plus the rules on the tree that no compiler checks.

use cargo_metadata::{Dependency, DependencyKind, Metadata, MetadataCommand, Package};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// The most lines of a hand-written file that is no test.
const MOST_LINES: usize = 800;

/// The crates without I/O, clock and threads; what they deny is listed in `clippy.toml`.
const PURE: [&str; 4] = ["bytecode", "compiler", "confidence", "vm"];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().expect("the workspace's folder")
}

fn metadata() -> Metadata {
    let mut command = MetadataCommand::new();
    command.manifest_path(root().join("Cargo.toml")).no_deps().other_options(vec!["--offline".to_owned()]);
    command.exec().expect("cargo metadata")
}

/// The cells of the rows below a heading, without the table's own heading.
fn table(heading: &str) -> Vec<Vec<String>> {
    let page = fs::read_to_string(root().join("docs/architecture.md")).expect("docs/architecture.md");
    let section = page.lines().skip_while(|line| line.trim() != heading).skip(1);
    let rows = section.take_while(|line| !line.starts_with("## ")).filter(|line| line.starts_with('|')).skip(2);
    let cells = |row: &str| row.trim_matches('|').split('|').map(|cell| cell.trim().replace('`', "")).collect();
    let rows: Vec<_> = rows.map(cells).collect();
    assert!(!rows.is_empty(), "docs/architecture.md has no table below `{heading}`");
    rows
}

/// A row of the table of crates.
struct Row {
    folder: String,
    package: String,
    may_depend_on: BTreeSet<String>,
}

fn rows() -> Vec<Row> {
    let table = table("## Crates");
    let folders: BTreeSet<_> = table.iter().map(|cells| cells[0].clone()).collect();
    let arrows = |cell: &str| match cell {
        "–" => BTreeSet::new(),
        "all" => folders.clone(),
        folders => folders.split_whitespace().map(str::to_owned).collect(),
    };
    let row = |cells: &Vec<String>| match cells.as_slice() {
        [folder, package, _, may] => {
            Row { folder: folder.clone(), package: package.clone(), may_depend_on: arrows(may) }
        }
        _ => panic!("a row of the table of crates has four cells, not {}: {cells:?}", cells.len()),
    };
    table.iter().map(row).collect()
}

/// The folder of a package, seen from the root.
fn folder(package: &Package) -> String {
    let folder = package.manifest_path.parent().expect("a manifest lies in a folder");
    let folder = folder.strip_prefix(root()).expect("a member lies in the workspace");
    folder.to_string()
}

/// The folder of the member that a dependency is, if it is one.
fn member(metadata: &Metadata, dependency: &Dependency) -> Option<String> {
    let path = dependency.path.as_ref()?;
    let package = metadata.packages.iter().find(|package| package.manifest_path.parent() == Some(path))?;
    Some(folder(package))
}

#[test]
fn the_page_names_every_crate() {
    let named: BTreeMap<_, _> = rows().into_iter().map(|row| (row.folder, row.package)).collect();
    let members: BTreeMap<_, _> =
        metadata().packages.iter().map(|package| (folder(package), package.name.to_string())).collect();
    assert_eq!(named, members, "left: docs/architecture.md, right: the workspace");
}

#[test]
fn no_arrow_is_forbidden() {
    let rows: BTreeMap<_, _> = rows().into_iter().map(|row| (row.folder, row.may_depend_on)).collect();
    // What lies below a crate, over any number of arrows.
    let below = |from: &str| {
        let (mut found, mut open) = (BTreeSet::new(), vec![from.to_owned()]);
        while let Some(next) = open.pop() {
            for to in rows.get(&next).into_iter().flatten() {
                if found.insert(to.clone()) {
                    open.push(to.clone());
                }
            }
        }
        found
    };
    let metadata = metadata();
    let mut forbidden = Vec::new();
    for package in &metadata.packages {
        let from = folder(package);
        for dependency in &package.dependencies {
            let Some(to) = member(&metadata, dependency) else { continue };
            let allowed = match dependency.kind {
                DependencyKind::Development => to == "engine" || below(&from).contains(&to),
                _ => rows.get(&from).is_some_and(|may| may.contains(&to)),
            };
            if !allowed {
                forbidden.push(format!("{from} -> {to} ({} dependency)", dependency.kind));
            }
        }
    }
    assert!(forbidden.is_empty(), "the table in docs/architecture.md does not allow:\n{}", forbidden.join("\n"));
}

#[test]
fn the_page_gives_a_reason_for_every_third_party_crate() {
    let metadata = metadata();
    let dependencies = metadata.packages.iter().flat_map(|package| &package.dependencies);
    let used: BTreeSet<_> = dependencies.filter(|it| it.path.is_none()).map(|it| it.name.clone()).collect();
    let table = table("## Third-party crates");
    let without_reason: Vec<_> = table.iter().filter(|cells| cells.get(1).is_none_or(String::is_empty)).collect();
    assert!(without_reason.is_empty(), "no reason is given: {without_reason:?}");
    let named: BTreeSet<_> = table.iter().flat_map(|cells| cells[0].split(", ")).map(str::to_owned).collect();
    let missing: Vec<_> = used.difference(&named).collect();
    let unused: Vec<_> = named.difference(&used).collect();
    assert!(
        missing.is_empty() && unused.is_empty(),
        "docs/architecture.md does not name {missing:?}; it names but no crate uses {unused:?}"
    );
}

/// The workspace's hand-written Rust files, as paths from the root.
fn rust_files() -> Vec<PathBuf> {
    let (root, mut files) = (root(), Vec::new());
    let mut open = vec![root.clone()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder).expect("a folder that can be read") {
            let entry = entry.expect("an entry of a folder");
            let (path, name) = (entry.path(), entry.file_name());
            let name = name.to_string_lossy();
            if entry.file_type().expect("a kind of file").is_dir() {
                if !name.starts_with('.') && name != "target" && name != "node_modules" {
                    open.push(path);
                }
            } else if name.ends_with(".rs") {
                files.push(path.strip_prefix(&root).expect("a path below the root").to_owned());
            }
        }
    }
    files.sort();
    files
}

fn is_test(file: &Path) -> bool {
    let folders = ["tests", "benches"];
    file.file_stem().is_some_and(|stem| stem == "tests")
        || file.components().any(|part| folders.contains(&part.as_os_str().to_string_lossy().as_ref()))
}

#[test]
fn no_file_is_too_large_to_live_in() {
    let lines = |file: &PathBuf| fs::read_to_string(root().join(file)).expect("a source file").lines().count();
    let files = rust_files();
    assert!(files.len() > PURE.len(), "only {} source files were found", files.len());
    let files = files.into_iter().filter(|file| !is_test(file)).map(|file| (lines(&file), file));
    let large: Vec<_> = files.filter(|(lines, _)| *lines > MOST_LINES).collect();
    assert!(large.is_empty(), "files over {MOST_LINES} lines, to be divided: {large:?}");
}

#[test]
fn pure_crates_deny_what_is_impure() {
    let all = ["disallowed_methods", "disallowed_types", "print_stdout", "print_stderr"];
    for name in PURE {
        let text = fs::read_to_string(root().join(name).join("src/lib.rs")).expect("lib.rs");
        let denied = text.lines().find(|line| line.starts_with("#![deny(")).unwrap_or_default();
        let missing: Vec<_> = all.iter().filter(|lint| !denied.contains(&format!("clippy::{lint}"))).collect();
        assert!(missing.is_empty(), "{name}/src/lib.rs does not deny {missing:?} of clippy");
    }
}

#[test]
fn every_crate_takes_the_lints_of_the_workspace() {
    for package in &metadata().packages {
        let manifest = fs::read_to_string(&package.manifest_path).expect("a manifest");
        assert!(manifest.contains("[lints]\nworkspace = true"), "{} does not", package.name);
    }
}

#[test]
fn only_the_machine_is_unsafe() {
    let names = |file: &PathBuf| {
        let text = fs::read_to_string(root().join(file)).expect("a source file");
        text.contains(concat!("unsafe", "_code"))
    };
    let outside: Vec<_> = rust_files().into_iter().filter(|file| !file.starts_with("vm") && names(file)).collect();
    assert!(outside.is_empty(), "only the crate vm may: {outside:?}");
}
