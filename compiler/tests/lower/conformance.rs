//! Every conformance program that compiles gives bytecode that the verifier proves.

use super::catalog::catalog;
use super::program;
use prism_compiler::modules::{LoadError, Loader};
use prism_compiler::pipeline::{Options, Sources, compile};
use std::path::{Path, PathBuf};

/// The texts of a folder.
struct Folder(PathBuf);

impl Loader for Folder {
    fn load(&self, path: &str) -> Result<String, LoadError> {
        std::fs::read_to_string(self.0.join(path)).map_err(|_| LoadError::NotFound)
    }
}

#[test]
fn conformance_programs_are_verified() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/conformance");
    let mut entries = Vec::new();
    for area in folders(&root) {
        for path in files(&area) {
            let is_entry = path.extension().is_some_and(|extension| extension == "prism");
            let folder = path.join("main.prism");
            if is_entry {
                entries.push(path);
            } else if folder.is_file() {
                entries.push(folder);
            }
        }
    }
    assert!(entries.len() > 500, "only {} conformance programs were found", entries.len());
    let mut compiled = 0;
    for path in &entries {
        let (Some(folder), Ok(text)) = (path.parent(), std::fs::read_to_string(path)) else { continue };
        let loader = Folder(folder.to_path_buf());
        let compilation = compile(Sources::new("main.prism", &text, &loader), catalog(), &Options::default());
        if compilation.program.is_some() {
            program(compilation, &path.display().to_string());
            compiled += 1;
        }
    }
    assert!(compiled * 10 > entries.len() * 7, "only {compiled} of {} conformance programs compiled", entries.len());
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("the folder can be read");
    let mut paths: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    paths
}

fn folders(root: &Path) -> Vec<PathBuf> {
    files(root).into_iter().filter(|path| path.is_dir()).collect()
}
