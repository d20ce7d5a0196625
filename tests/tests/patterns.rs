//! The patterns that come along: each has a page, tests, an example to run it on, and does what its tests say.

use parallax_tests::{case, run};
use prism_engine::{Engine, FileProject};
use std::fs;
use std::path::{Path, PathBuf};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../patterns")
}

fn patterns() -> Vec<PathBuf> {
    let entries = fs::read_dir(folder()).expect("the folder of patterns");
    let files = entries.map(|entry| entry.expect("an entry").path());
    let mut found: Vec<_> = files.filter(|path| path.extension().is_some_and(|end| end == "prism")).collect();
    found.sort();
    assert!(!found.is_empty(), "no patterns in {}", folder().display());
    found
}

#[tokio::test]
async fn each_does_what_its_tests_say() {
    for pattern in patterns() {
        let cases = case::of_pattern(&pattern).expect("a list of tests beside the pattern");
        assert!(cases.len() > 1, "{} has too few tests", pattern.display());
        for case in cases {
            let faults = run::faults(&case).await;
            assert!(faults.is_empty(), "{}: {faults:#?}", case.name);
        }
    }
}

#[test]
fn each_is_free_of_faults() {
    for pattern in patterns() {
        let (project, path, text) = FileProject::open(&pattern, None).expect("the pattern");
        let compilation = Engine::new().compile(&path, &text, &project);
        assert!(compilation.diagnostics.is_empty(), "{path}: {:#?}", compilation.diagnostics);
    }
}

#[test]
fn each_has_a_page_that_runs_it_on_an_example() {
    for pattern in patterns() {
        let name = pattern.file_stem().expect("a name").to_string_lossy().into_owned();
        let page =
            fs::read_to_string(pattern.with_extension("md")).unwrap_or_else(|error| panic!("{name}.md: {error}"));
        assert!(page.starts_with(&format!("# {name}\n")), "{name}.md has another title");
        let command =
            page.lines().find(|line| line.contains("parallax run")).unwrap_or_else(|| panic!("{name}.md runs nothing"));
        assert!(command.contains(&format!("patterns/{name}.prism")), "{name}.md runs another pattern");
        let example = command.split_whitespace().find_map(|word| word.split_once("=@").map(|(_, path)| path));
        let example = example.unwrap_or_else(|| panic!("{name}.md gives its pattern no file"));
        assert!(folder().join("..").join(example).is_file(), "{example} is not there");
    }
}
