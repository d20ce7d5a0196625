//! Runs the built command as a user would.

// Each test file uses its own part of this.
#![allow(dead_code)]

use serde_json::Value;
use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

/// No command of these tests may take longer, on the slowest machine and without optimisation.
const PATIENCE: Duration = Duration::from_secs(120);

/// What a command gave.
#[derive(Debug)]
pub struct Outcome {
    pub status: i32,
    pub stdout: String,
    pub stderr: String,
    pub took: Duration,
}

impl Outcome {
    /// The one JSON object on standard output.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error} in {self:#?}"))
    }

    #[track_caller]
    pub fn expect(self, status: i32) -> Self {
        assert_eq!(self.status, status, "{self:#?}");
        self
    }

    #[track_caller]
    pub fn says(self, text: &str) -> Self {
        assert!(self.stderr.contains(text), "no `{text}` in {self:#?}");
        self
    }
}

/// The workspace's folder.
pub fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

pub fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_parallax"));
    command.args(arguments).current_dir(workspace()).env_remove("NO_COLOR");
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Runs `parallax` with these arguments and nothing on standard input.
#[track_caller]
pub fn parallax(arguments: &[&str]) -> Outcome {
    finish(command(arguments).spawn().expect("the command"))
}

/// Runs `parallax` with a text on standard input.
#[track_caller]
pub fn parallax_reading(input: &[u8], arguments: &[&str]) -> Outcome {
    let mut child = command(arguments).stdin(Stdio::piped()).spawn().expect("the command");
    let (mut pipe, input) = (child.stdin.take().expect("standard input"), input.to_owned());
    // The command may end without reading everything.
    thread::spawn(move || pipe.write_all(&input).unwrap_or_default());
    finish(child)
}

/// Runs a program from standard input.
#[track_caller]
pub fn run_text(text: &str, arguments: &[&str]) -> Outcome {
    parallax_reading(text.as_bytes(), &[&["run", "-"], arguments].concat())
}

/// Waits for the end; kills and fails when it does not come.
#[track_caller]
pub fn finish(mut child: Child) -> Outcome {
    let begun = Instant::now();
    let (out, err) = (child.stdout.take().expect("stdout"), child.stderr.take().expect("stderr"));
    let (stdout, stderr) = (read_in_background(out), read_in_background(err));
    let status = wait(&mut child);
    let receive = |lines: mpsc::Receiver<String>| lines.recv().expect("a stream");
    let status: ExitStatus = status.unwrap_or_else(|| {
        child.kill().expect("a process to kill");
        panic!("not finished after {PATIENCE:?}");
    });
    let code = status.code().unwrap_or_else(|| panic!("ended by a signal: {status}"));
    Outcome { status: code, stdout: receive(stdout), stderr: receive(stderr), took: begun.elapsed() }
}

fn read_in_background(mut stream: impl Read + Send + 'static) -> mpsc::Receiver<String> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let mut bytes = Vec::new();
        // What came before a broken pipe is still worth seeing.
        stream.read_to_end(&mut bytes).unwrap_or_default();
        sender.send(String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default();
    });
    receiver
}

fn wait(child: &mut Child) -> Option<ExitStatus> {
    let end = Instant::now() + PATIENCE;
    loop {
        if let Some(status) = child.try_wait().expect("a process") {
            return Some(status);
        }
        if Instant::now() > end {
            return None;
        }
        thread::yield_now();
        thread::park_timeout(Duration::from_millis(2));
    }
}

/// A file for one test, named after it.
pub fn file(name: &str, content: impl AsRef<[u8]>) -> String {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
    // Several tests may write the same file, each in a process of its own: none may see half of it.
    let aside = path.with_extension(format!("{}.aside", std::process::id()));
    fs::write(&aside, content).expect("a file");
    fs::rename(&aside, &path).expect("a file");
    path.to_str().expect("UTF-8").to_owned()
}

/// A file of a pattern's folder.
pub fn pattern(name: &str) -> String {
    workspace().join("patterns").join(name).to_str().expect("UTF-8").to_owned()
}
