//! `parallax repl` on a terminal, driven through a pseudo-terminal as a user would.

#![cfg(unix)]

use rexpect::session::{PtySession, spawn_command};
use std::path::Path;
use std::process::Command;

/// No answer of these tests takes longer, on the slowest machine and without optimisation; in milliseconds.
const PATIENCE: u64 = 120_000;
const UP: &str = "\u{1b}[A";
/// What the editor writes first when it is ready for the next input; the prompt itself is written with every key.
const READY: &str = "\u{1b}[?2004h";

/// A terminal with the command in it, its history in `home`.
fn terminal(home: &Path, arguments: &[&str], colour: bool) -> PtySession {
    let mut command = Command::new(env!("CARGO_BIN_EXE_parallax"));
    command.arg("repl").args(arguments).current_dir(home);
    command.env("HOME", home).env("XDG_DATA_HOME", home).env("TERM", "xterm");
    if colour {
        command.env_remove("NO_COLOR");
    } else {
        command.env("NO_COLOR", "1");
    }
    let mut session = spawn_command(command, Some(PATIENCE)).expect("a terminal");
    session.exp_string(READY).and_then(|_| session.exp_string("prism> ")).expect("a prompt");
    session
}

/// Types a line and waits for a piece of output, then until the editor is ready again.
#[track_caller]
fn line(session: &mut PtySession, text: &str, gives: &str) {
    session.send(text).and_then(|_| session.send("\r")).and_then(|_| session.flush()).expect("a terminal");
    expect(session, gives);
}

#[track_caller]
fn expect(session: &mut PtySession, gives: &str) {
    session.exp_string(gives).unwrap_or_else(|error| panic!("no `{gives}`: {error}"));
    session.exp_string(READY).unwrap_or_else(|error| panic!("no prompt after `{gives}`: {error}"));
}

#[track_caller]
fn leave(session: &mut PtySession) {
    session.send_control('d').and_then(|()| session.flush()).expect("a terminal");
    session.exp_eof().expect("the end");
    let status = session.process().wait().expect("a status");
    assert!(format!("{status:?}").ends_with(", 0)"), "{status:?}");
}

#[test]
fn a_session_is_typed() {
    let home = tempfile::tempdir().expect("a folder");
    let mut session = terminal(home.path(), &["--fuel", "unlimited"], false);

    // An input of several lines.
    session.send("fn double(n) {\rn * 2\r}\r").and_then(|_| session.flush()).expect("a terminal");
    session.exp_string(READY).expect("a prompt");
    line(&mut session, "double(21)", "\r\n42\r\n");

    // TAB completes a name, the arrow brings the input back.
    line(&mut session, "doub\t(4)", "\r\n8\r\n");
    line(&mut session, UP, "\r\n8\r\n");

    // Ctrl-C ends what runs, and only that.
    session.send("print(\"goes\" + \" on\"); while (true) {}\r").and_then(|_| session.flush()).expect("a terminal");
    session.exp_string("goes on\r\n").expect("a line");
    session.send_control('c').and_then(|()| session.flush()).expect("a terminal");
    expect(&mut session, "R0104");
    line(&mut session, "double(5)", "\r\n10\r\n");

    // At the prompt it drops what was written.
    session
        .send("let broken = (")
        .and_then(|_| session.send_control('c'))
        .and_then(|()| session.flush())
        .expect("a terminal");
    session.exp_string(READY).expect("a prompt");
    line(&mut session, "3 + 4", "\r\n7\r\n");

    line(&mut session, "let sure = \"a\" ~> 0.5", "\r\n");
    line(&mut session, ":type sure", "\r\nstring ~ 0.50\r\n");
    line(&mut session, ":explain sure", "asserted");
    line(&mut session, "missing()", "E0200");
    line(&mut session, ":tpye", "did you mean `:type`?");
    leave(&mut session);
}

#[test]
fn the_history_outlives_the_session() {
    let home = tempfile::tempdir().expect("a folder");
    let mut first = terminal(home.path(), &[], false);
    line(&mut first, "6 * 111", "\r\n666\r\n");
    leave(&mut first);
    let mut second = terminal(home.path(), &[], false);
    line(&mut second, UP, "\r\n666\r\n");
    leave(&mut second);
    let mut third = terminal(home.path(), &["--no-history"], false);
    line(&mut third, &format!("{UP}1 + 1"), "\r\n2\r\n");
    leave(&mut third);
}

#[test]
fn a_history_that_can_not_be_written_is_none() {
    let home = tempfile::tempdir().expect("a folder");
    std::fs::write(home.path().join("parallax"), "no folder").expect("a file");
    let mut session = terminal(home.path(), &[], false);
    line(&mut session, "6 * 7", "\r\n42\r\n");
    leave(&mut session);
}

#[test]
fn results_have_colours() {
    let home = tempfile::tempdir().expect("a folder");
    let mut session = terminal(home.path(), &[], true);
    session.send("6 * 7 ~> 0.9\r").and_then(|_| session.flush()).expect("a terminal");
    // The value's colour, then the bar in that of its level.
    expect(&mut session, "\r\n\u{1b}[33m42\u{1b}[0m  \u{1b}[32m");
    leave(&mut session);
}
