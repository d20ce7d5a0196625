//! What `README.md` shows is what happens.
//!
//! Every `sh` block is run, in order, in one folder that begins with a copy of `patterns`; a `text` block right after it
//! is what it writes to standard output. `cargo run --release -q --bin parallax --` stands for the built binary.
//!
//! A `console` block is a recording: what follows its `$` line is everything that the command writes, to standard error
//! too. Agents run side by side, so the lines' order does not count, nor do their times.
//!
//! A `rust` block is a file of `engine/examples`, which it names; the tests of the engine's documentation run it.
//!
//! The command that runs the tests is not run: this is one of them.

use parallax_tests::binary::{self, root};
use parallax_tests::markdown::blocks;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const CARGO_RUN: &str = "cargo run --release -q --bin parallax --";
const RUNS_THE_TESTS: &str = "tests/run";

/// A new folder with a copy of `patterns`.
fn workplace(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    if folder.exists() {
        fs::remove_dir_all(&folder).expect("the old folder");
    }
    copy(&root().join("patterns"), &folder.join("patterns"));
    folder
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder") {
        let path = entry.expect("an entry").path();
        let target = to.join(path.file_name().expect("a name"));
        if path.is_dir() { copy(&path, &target) } else { fs::copy(&path, &target).map(drop).expect("a copy") }
    }
}

fn shell(script: &str, folder: &Path, binaries: &Path) -> Output {
    let path = env::join_paths(
        [binaries.to_owned()].into_iter().chain(env::split_paths(&env::var_os("PATH").unwrap_or_default())),
    );
    let mut shell = Command::new("sh");
    shell.args(["-c", &script.replace(CARGO_RUN, "parallax")]).current_dir(folder).env("PATH", path.expect("a path"));
    shell.output().expect("a shell")
}

#[test]
fn every_block_of_the_tour_does_what_it_says() {
    let page = fs::read_to_string(root().join("README.md")).expect("README.md");
    let (blocks, binaries, folder) = (blocks(&page), binary::folder(), workplace("tour"));
    let mut runs = 0;
    for (at, block) in blocks.iter().enumerate().filter(|(_, block)| block.kind == "sh") {
        if block.text.trim() == RUNS_THE_TESTS {
            assert!(root().join(RUNS_THE_TESTS).is_file(), "{RUNS_THE_TESTS} is not there");
            continue;
        }
        let output = shell(&block.text, &folder, &binaries);
        let (said, talk) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        match blocks.get(at + 1).filter(|next| next.kind == "text" && next.follows) {
            Some(expected) => {
                assert_eq!(said, expected.text, "README.md, line {}:\n{}\n{talk}", block.line, block.text)
            }
            None => assert!(output.status.success(), "README.md, line {}: {}\n{said}{talk}", block.line, output.status),
        }
        runs += 1;
    }
    assert!(runs > 4, "README.md has a tour of only {runs} blocks");
}

#[test]
fn the_recording_is_real() {
    let page = fs::read_to_string(root().join("README.md")).expect("README.md");
    let (blocks, binaries, folder) = (blocks(&page), binary::folder(), workplace("recording"));
    let recording = blocks.iter().find(|block| block.kind == "console").expect("a recording");
    let (commands, shown): (Vec<&str>, Vec<&str>) = recording.text.lines().partition(|line| line.starts_with("$ "));
    let [command] = commands.as_slice() else { panic!("a recording has one command, not {}", commands.len()) };
    let output = shell(&format!("({}) 2>&1", command.trim_start_matches("$ ")), &folder, &binaries);
    assert_eq!(lines(&String::from_utf8_lossy(&output.stdout)), lines(&shown.join("\n")));
}

#[test]
fn rust_is_an_example_of_the_engine() {
    let page = fs::read_to_string(root().join("README.md")).expect("README.md");
    let examples = root().join("engine/examples");
    let files = fs::read_dir(&examples).expect("a folder").map(|entry| entry.expect("an entry").path());
    let files: Vec<_> = files.map(|path| fs::read_to_string(path).expect("an example")).collect();
    let blocks: Vec<_> = blocks(&page).into_iter().filter(|block| block.kind == "rust").collect();
    assert!(!blocks.is_empty(), "README.md does not show how to embed the engine");
    for block in blocks {
        assert!(
            files.contains(&block.text),
            "README.md, line {}: no file of engine/examples has this text",
            block.line
        );
    }
}

/// The lines in some fixed order, times left out.
fn lines(text: &str) -> Vec<String> {
    let timeless = |line: &str| match line.strip_suffix(" ms").and_then(|line| line.rsplit_once(' ')) {
        Some((line, _)) => format!("{line} … ms"),
        None => line.to_owned(),
    };
    let mut lines: Vec<_> = text.lines().map(timeless).collect();
    lines.sort();
    lines
}
