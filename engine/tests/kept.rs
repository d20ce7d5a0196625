//! Programs that are kept compiled: found again, and never where anything has changed.

use prism_engine::{Engine, EvalError, LoadError, Loader, NotLoadable};
use serde_json::json;
use std::cell::Cell;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

const ENTRY: &str = "import {twice} from \"./lib/words\"\nprint(input.text)\ntwice(input.text) ~> 0.5";

/// Modules in a table; counts who is asked for.
#[derive(Default)]
struct Texts {
    texts: BTreeMap<&'static str, &'static str>,
    asked: Cell<usize>,
}

impl Loader for Texts {
    fn load(&self, path: &str) -> Result<String, LoadError> {
        self.asked.set(self.asked.get() + 1);
        self.texts.get(path).map(|text| (*text).to_owned()).ok_or(LoadError::NotFound)
    }
}

fn texts(words: &'static str) -> Texts {
    Texts { texts: BTreeMap::from([("lib/words.prism", words)]), asked: Cell::default() }
}

const WORDS: &str = "export fn twice(text) { return text + text }";

fn shown(folder: &Path, entry: &str, texts: &Texts) -> String {
    let program = Engine::new().keeping(folder).prepare("main.prism", entry, texts).map_err(EvalError::from);
    program
        .and_then(|program| program.run(json!({"text": "ab"})))
        .map_or_else(|fault| fault.to_string(), |done| done.display)
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<_> = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
    files.sort();
    files
}

#[test]
fn a_program_is_found_again_and_places_of_its_errors_are_right() {
    let folder = tempfile::tempdir().expect("a folder");
    assert_eq!(shown(folder.path(), ENTRY, &texts(WORDS)), "abab (~50.0%)");
    let [file] = &files(folder.path())[..] else { panic!("{:?}", files(folder.path())) };
    let before = fs::read(file).expect("a file");
    assert_eq!(shown(folder.path(), ENTRY, &texts(WORDS)), "abab (~50.0%)");
    assert_eq!(fs::read(file).expect("the same file"), before);

    let kept = |entry| {
        let program = Engine::new().keeping(folder.path()).prepare("main.prism", entry, &texts(WORDS));
        program.map(|program| program.was_kept()).unwrap_or_default()
    };
    assert!(kept(ENTRY));
    assert_eq!([kept("1 + 1"), kept("1 + 1")], [false, true]);

    // One program's file under another's name is foreign.
    let other = files(folder.path()).into_iter().find(|path| path != file).expect("another file");
    fs::copy(&other, file).expect("a copy");
    assert_eq!(shown(folder.path(), ENTRY, &texts(WORDS)), "abab (~50.0%)");
    assert_eq!(fs::read(file).expect("the file"), before);

    let failing = "let n = input.none\nn.x";
    let error = || shown(folder.path(), failing, &texts(WORDS));
    assert_eq!(error(), error());
}

#[test]
fn a_changed_or_new_module_makes_it_compile_anew() {
    let folder = tempfile::tempdir().expect("a folder");
    assert_eq!(shown(folder.path(), ENTRY, &texts(WORDS)), "abab (~50.0%)");
    let changed = texts("export fn twice(text) { return text + \"!\" }");
    assert_eq!(shown(folder.path(), ENTRY, &changed), "ab! (~50.0%)");
    assert_eq!(files(folder.path()).len(), 1);
    assert!(shown(folder.path(), ENTRY, &Texts::default()).contains("no module"));
    assert_eq!(shown(folder.path(), ENTRY, &texts(WORDS)), "abab (~50.0%)");
}

#[test]
fn damaged_and_foreign_files_are_written_anew() {
    let folder = tempfile::tempdir().expect("a folder");
    assert_eq!(shown(folder.path(), ENTRY, &texts(WORDS)), "abab (~50.0%)");
    let [file] = &files(folder.path())[..] else { panic!("{:?}", files(folder.path())) };
    let sound = fs::read(file).expect("a file");
    let mut flipped = sound.clone();
    let last = flipped.len() - 1;
    flipped[last] ^= 1;
    for bytes in [&b"something else"[..], &[], &sound[..sound.len() / 2], &flipped] {
        fs::write(file, bytes).expect("a damaged file");
        assert_eq!(shown(folder.path(), ENTRY, &texts(WORDS)), "abab (~50.0%)");
        assert_eq!(fs::read(file).expect("a file"), sound);
    }
}

#[test]
fn warnings_are_told_each_time_and_errors_are_not_kept() {
    let folder = tempfile::tempdir().expect("a folder");
    let engine = Engine::new().keeping(folder.path().join("made/when/needed"));
    for _ in 0..2 {
        let program = engine.prepare("main.prism", "let unused = 1\n2", &Texts::default()).expect("a program");
        assert!(!program.diagnostics().is_empty());
        let faulty = engine.prepare("main.prism", "1 +", &Texts::default());
        assert!(matches!(faulty, Err(NotLoadable::Faulty { .. })));
    }
    assert!(files(folder.path()).is_empty());
    // A folder that can't be made is no reason not to run.
    let file = folder.path().join("file");
    fs::write(&file, "").expect("a file");
    assert_eq!(shown(&file, "1 + 1", &Texts::default()), "2");
}

#[test]
fn an_engine_of_other_names_does_not_find_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let text = "len(\"abc\")";
    assert_eq!(shown(folder.path(), text, &Texts::default()), "3");
    let other =
        Engine::builder().function("stock(item: string): number", |_: String| Ok(3)).build().expect("an engine");
    assert!(other.keeping(folder.path()).prepare("main.prism", text, &Texts::default()).is_ok());
    assert_eq!(files(folder.path()).len(), 2);
}
