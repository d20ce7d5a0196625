//! Projects on disk: what is the root, what is read, what is refused.

use prism_diagnostics::{Code, Source};
use prism_engine::{Engine, FileError, FileProject, LoadError, Loader, Project, find_root, read_source};
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("its folder");
        fs::write(path, text).expect("a file");
    }
    folder
}

fn real(path: &Path) -> PathBuf {
    fs::canonicalize(path).expect("a path")
}

#[test]
fn the_root_is_the_nearest_marked_folder_else_the_program_s_own() {
    let tree = folder(&[("a/prism.toml", ""), ("a/b/c/main.prism", "1"), ("d/main.prism", "1")]);
    let root = |program: &str| find_root(&tree.path().join(program)).expect("a root");
    assert_eq!(root("a/b/c/main.prism"), real(&tree.path().join("a")));
    assert_eq!(root("d/main.prism"), real(&tree.path().join("d")));
    assert!(matches!(find_root(&tree.path().join("none.prism")), Err(FileError::NotFound)));
}

#[test]
fn a_program_is_opened_with_its_path_from_the_root() {
    let tree = folder(&[
        ("prism.toml", ""),
        ("lib/main.prism", "import {x} from \"./x\"\nx\n"),
        ("lib/x.prism", "export x = 1\n"),
    ]);
    let (project, path, text) = FileProject::open(&tree.path().join("lib/main.prism"), None).expect("a program");
    assert_eq!((path.as_str(), project.root()), ("lib/main.prism", real(tree.path()).as_path()));
    let compilation = Engine::new().compile(&path, &text, &project);
    assert_eq!(compilation.diagnostics, []);
    assert_eq!(project.programs(), ["lib/main.prism", "lib/x.prism"]);
    let outside = FileProject::open(&tree.path().join("prism.toml"), Some(&tree.path().join("lib")));
    assert!(matches!(outside, Err(FileError::OutsideRoot { .. })));
}

#[test]
fn what_is_no_program_is_refused_with_its_reason() {
    let tree = folder(&[]);
    let at = |name: &str| tree.path().join(name);
    fs::write(at("latin.prism"), b"let a = 1\nlet b = \"caf\xe9\"\n").expect("a file");
    let error = read_source(&at("latin.prism")).expect_err("no text");
    assert_eq!(error.to_string(), "it is no text: the byte 0xe9 at line 2, column 13 can't stand in UTF-8 source");
    fs::write(at("nul.prism"), b"ab\0").expect("a file");
    let FileError::NoText { byte: 0, at: place } = read_source(&at("nul.prism")).expect_err("no text") else {
        panic!("another reason");
    };
    assert_eq!((place.line, place.column), (1, 3));
    fs::write(at("large.prism"), vec![b' '; Source::MAX_BYTES + 1]).expect("a file");
    assert!(matches!(read_source(&at("large.prism")), Err(FileError::TooLarge)));
    fs::write(at("most.prism"), vec![b' '; Source::MAX_BYTES]).expect("a file");
    assert!(read_source(&at("most.prism")).is_ok());
    assert!(matches!(read_source(tree.path()), Err(FileError::NoFile)));
    assert!(matches!(read_source(&at("none.prism")), Err(FileError::NotFound)));
    let project = FileProject::new(tree.path()).expect("a project");
    assert!(
        matches!(project.load("latin.prism"), Err(LoadError::Unreadable(why)) if why.contains("line 2, column 13"))
    );
    assert_eq!(project.load("none.prism"), Err(LoadError::NotFound));
}

#[cfg(unix)]
#[test]
fn links_do_not_lead_out_of_the_root() {
    let tree = folder(&[
        ("secret.prism", "export s = 1\n"),
        ("root/main.prism", "1\n"),
        ("root/lib/a.prism", "export a = 1\n"),
    ]);
    let root = tree.path().join("root");
    std::os::unix::fs::symlink(tree.path().join("secret.prism"), root.join("link.prism")).expect("a link");
    std::os::unix::fs::symlink(tree.path(), root.join("up")).expect("a link");
    std::os::unix::fs::symlink(root.join("lib/a.prism"), root.join("inner.prism")).expect("a link");
    let project = FileProject::new(&root).expect("a project");
    assert_eq!(project.load("link.prism"), Err(LoadError::OutsideRoot));
    assert_eq!(project.load("up/secret.prism"), Err(LoadError::OutsideRoot));
    assert_eq!(project.load("inner.prism").as_deref(), Ok("export a = 1\n"));
    // Links to folders are not followed, so a circle is no trouble.
    assert_eq!(project.programs(), ["inner.prism", "lib/a.prism", "link.prism", "main.prism"]);
    let text = "import {s} from \"./link\"\ns\n";
    let codes: Vec<_> =
        Engine::new().compile("main.prism", text, &project).diagnostics.iter().map(|one| one.code).collect();
    assert_eq!(codes, [Code::E0503]);
}
