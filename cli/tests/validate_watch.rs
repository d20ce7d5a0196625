//! `parallax pattern validate --watch`.

mod common;

use common::{command, file, parallax, parallax_reading};
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::Child;
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;

/// No change may take longer to be seen, on the slowest machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// A watching command, ended with the test.
struct Watching {
    process: Child,
    lines: Receiver<String>,
}

impl Watching {
    fn start(arguments: &[&str]) -> Self {
        let arguments = [&["pattern", "validate", "--watch"], arguments].concat();
        let mut process = command(&arguments).spawn().expect("the command");
        let output = BufReader::new(process.stdout.take().expect("standard output"));
        let (sender, lines) = mpsc::channel();
        thread::spawn(move || output.lines().map_while(Result::ok).try_for_each(|line| sender.send(line)));
        Watching { process, lines }
    }

    /// Waits for the line that ends a check, and reads on until one is as it should be: a change that comes in several
    /// steps may be seen in several checks.
    #[track_caller]
    fn expect(&self, totals: &str) {
        let mut seen = Vec::new();
        while seen.last().is_none_or(|line| line != totals) {
            match self.lines.recv_timeout(PATIENCE) {
                Ok(line) => seen.push(line),
                Err(_) => panic!("no `{totals}` in {seen:#?}"),
            }
        }
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        self.process.kill().unwrap_or_default();
        self.process.wait().expect("an end");
    }
}

const CLEAN: &str = "1 file: 0 errors, 0 warnings";
const FAULTY: &str = "1 file: 1 error, 0 warnings";

#[test]
fn changes_of_a_file_and_its_modules_are_seen() {
    file("validate_watch/part.prism", "export x = 1");
    let path = file("validate_watch/whole.prism", "import {x} from \"./part\"\nprint(x)");
    // Another run may have left it.
    fs::remove_dir_all(Path::new(&path).with_file_name("lib")).unwrap_or_default();
    let watching = Watching::start(&[&path]);
    watching.expect(CLEAN);
    file("validate_watch/whole.prism", "import {x} from \"./part\"\nprint(y, x)");
    watching.expect(FAULTY);
    file("validate_watch/whole.prism", "import {x} from \"./lib/more\"\nprint(x)");
    watching.expect(FAULTY);
    // A module that was missing comes, in a folder that was missing.
    file("validate_watch/lib/more.prism", "export x = 1");
    watching.expect(CLEAN);
    file("validate_watch/lib/more.prism", "export x = missing");
    watching.expect(FAULTY);
    fs::remove_dir_all(Path::new(&path).with_file_name("lib")).expect("removed");
    watching.expect(FAULTY);
    file("validate_watch/lib/more.prism", "export x = 2");
    watching.expect(CLEAN);
}

#[test]
fn files_that_come_into_a_folder_are_seen() {
    let first = file("validate_watch_folder/a.prism", "print(1)");
    let folder = Path::new(&first).parent().and_then(Path::to_str).expect("a folder");
    for old in ["b.prism", "deep/c.prism"] {
        fs::remove_file(Path::new(folder).join(old)).unwrap_or_default();
    }
    let watching = Watching::start(&[folder]);
    watching.expect(CLEAN);
    // Editors write another file and rename it.
    let new = file("validate_watch_folder/.b.prism.new", "print(a)");
    fs::rename(&new, format!("{folder}/b.prism")).expect("renamed");
    watching.expect("2 files: 1 error, 0 warnings");
    file("validate_watch_folder/deep/c.prism", "print(c)");
    watching.expect("3 files: 2 errors, 0 warnings");
}

#[cfg(unix)]
#[test]
fn an_interrupt_ends_it_well() {
    let path = file("validate_watch/ended.prism", "print(1)");
    let mut watching = Watching::start(&["--format", "json", &path]);
    let line = watching.lines.recv_timeout(PATIENCE).expect("a check");
    assert!(line.starts_with("{\"files\":[") && line.ends_with("\"errors\":0,\"warnings\":0}"), "{line}");
    let id = watching.process.id().to_string();
    assert!(std::process::Command::new("kill").args(["-INT", &id]).status().expect("kill").success());
    assert_eq!(watching.process.wait().expect("an end").code(), Some(0));
}

#[test]
fn what_can_not_be_watched_is_refused() {
    parallax_reading(b"1", &["pattern", "validate", "--watch", "-"]).expect(2).says("standard input");
    parallax(&["pattern", "validate", "--watch", "--fix", "x.prism"]).expect(2).says("--fix");
}
