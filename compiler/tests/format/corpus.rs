//! All conformance programs and examples.

use crate::common::{check, long_lines, tree};
use std::fs;
use std::path::{Path, PathBuf};

/// The programs of the repository that have no faults.
pub fn programs() -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut folders = vec![root.join("tests/conformance"), root.join("patterns")];
    let mut programs = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "prism") {
                let text = fs::read_to_string(&path).unwrap();
                programs.push((path, text));
            }
        }
    }
    programs.retain(|(_, text)| tree(text).is_some());
    programs.sort();
    programs
}

#[test]
fn programs_keep_their_meaning() {
    let programs = programs();
    assert!(programs.len() > 700, "only {} programs were found", programs.len());
    let failures: Vec<_> = programs
        .iter()
        .filter_map(|(path, text)| check(text).err().map(|failure| format!("{}: {failure}", path.display())))
        .collect();
    assert!(failures.is_empty(), "{} failures\n{}", failures.len(), failures[..failures.len().min(5)].join("\n\n"));
}

#[test]
fn programs_become_narrow() {
    for (path, text) in programs() {
        let formatted = check(&text).unwrap();
        let long = long_lines(&formatted);
        assert!(long.is_empty(), "{}: {long:#?}", path.display());
    }
}

#[test]
fn ends_of_lines_become_plain() {
    for (path, text) in programs() {
        let text = text.replace("\r\n", "\n");
        let windows = format!("\u{feff}{}", text.replace('\n', "\r\n"));
        assert_eq!(check(&windows), check(&text), "{}", path.display());
    }
}
