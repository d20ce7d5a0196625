//! A machine that was moved takes the same course, here and in another process.

use crate::host::{Course, PROGRAMS, Run, limits, machine, program, settings};
use prism_bytecode::seal::SealError;
use prism_engine::{Limits, LoadedProgram, SnapshotError};
use prism_vm::machine::{JitMode, NotSuspended, SNAPSHOT, Settings};
use prism_vm::value::heap::Charge;
use std::env;
use std::io::{Read, Write};
use std::process::{Command, Stdio};

/// Stops after which every run has ended.
const STOPS: usize = 10_000;

/// What is set in the process that goes on with another's machine.
const OTHER: &str = "PARALLAX_SNAPSHOT_OF";
/// What stands before its course in what it prints.
const COURSE: &str = "course: ";

#[test]
fn a_machine_that_moves_at_every_stop_takes_the_same_course() {
    for jit in [JitMode::Off, JitMode::Always] {
        for trace in [false, true] {
            for (name, text) in PROGRAMS {
                let (program, settings) = (program(text), Settings { jit, ..settings(trace) });
                let mut stays = Run::new(machine(&program, settings.clone()));
                assert!(stays.finish(STOPS), "{name}");
                assert!(!stays.course.end.contains("RunFailure"), "{name}: {}", stays.course.end);
                let mut moves = Run::new(machine(&program, settings.clone()));
                while moves.step() {
                    let snapshot = moves.machine.snapshot().expect("a machine that waits");
                    let again = program.resume(settings.clone(), &snapshot).unwrap_or_else(|fault| panic!("{fault}"));
                    let (before, after) = (moves.machine.usage(), again.usage());
                    assert!(after.memory <= before.memory, "{name}: {} bytes are now {}", before.memory, after.memory);
                    assert!(again.snapshot().as_ref() == Ok(&snapshot), "{name}: another machine");
                    moves.machine = again;
                    moves.answer();
                }
                assert_eq!(moves.course, stays.course, "{name}, {jit:?}, traced: {trace}");
            }
        }
    }
}

#[test]
fn a_snapshot_is_no_larger_than_the_heap() {
    for (name, text) in PROGRAMS {
        let program = program(text);
        let mut run = Run::new(machine(&program, settings(false)));
        while run.step() {
            let (bytes, live) =
                (run.machine.snapshot().expect("a machine that waits").len(), run.machine.usage().memory);
            assert!(bytes as f64 <= 1.2 * live as f64, "{name}: {bytes} bytes for {live} live ones");
            run.answer();
        }
    }
}

#[test]
fn a_machine_goes_on_in_another_process() {
    for (at, (name, text)) in PROGRAMS.iter().enumerate() {
        let program = program(text);
        let mut stays = Run::new(machine(&program, settings(false)));
        while stays.step() && stays.machine.open_requests().next().is_none() {}
        let snapshot = stays.machine.snapshot().expect("a machine that waits");
        let here = go_on(&program, &snapshot);

        let mut other = Command::new(env::current_exe().expect("this test's own file"))
            .args(["moves::the_other_process", "--exact", "--nocapture"])
            .env(OTHER, at.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("another process");
        other.stdin.take().expect("its input").write_all(&snapshot).expect("the snapshot is read");
        let output = other.wait_with_output().expect("its end");
        let output = String::from_utf8(output.stdout).expect("text");
        let course = output.split_once(COURSE).map(|(_, rest)| rest.lines().next().unwrap_or_default());
        assert_eq!(course, Some(format!("{here:?}").as_str()), "{name}");
    }
}

/// What comes of a snapshot where nobody knows who was asked what.
fn go_on(program: &LoadedProgram, snapshot: &[u8]) -> Course {
    let machine = program.resume(settings(false), snapshot).unwrap_or_else(|fault| panic!("{fault}"));
    let mut run = Run::new(machine);
    run.answer();
    assert!(run.finish(STOPS));
    run.course
}

/// Is run by the test above in a process of its own; does nothing otherwise.
#[test]
fn the_other_process() {
    let Ok(at) = env::var(OTHER) else { return };
    let (_, text) = PROGRAMS[at.parse::<usize>().expect("the program's place")];
    let mut snapshot = Vec::new();
    std::io::stdin().read_to_end(&mut snapshot).expect("a snapshot");
    println!("\n{COURSE}{:?}", go_on(&program(text), &snapshot));
}

#[test]
fn what_cannot_be_gone_on_with_is_refused() {
    let (program, other) = (program(PROGRAMS[0].1), program(PROGRAMS[1].1));
    let mut run = Run::new(machine(&program, settings(false)));
    run.machine.run(1_000);
    assert_eq!(run.machine.snapshot(), Err(NotSuspended::Effects));
    assert!(run.step());
    let snapshot = run.machine.snapshot().expect("a machine that waits");
    let refused = |program: &LoadedProgram, settings, bytes: &[u8]| program.resume(settings, bytes).err();

    assert_eq!(refused(&other, settings(false), &snapshot), Some(SnapshotError::Foreign { what: "program" }));
    let small = Limits { memory: 1 << 10, ..limits() };
    let fault = refused(&program, Settings { limits: small, ..Settings::default() }, &snapshot);
    assert_eq!(fault, Some(SnapshotError::Limit { what: "memory" }));
    let sealed = |bytes: &[u8]| refused(&program, settings(false), bytes);
    assert_eq!(sealed(b"something else"), Some(SealError::Foreign.into()));
    assert_eq!(sealed(&snapshot[..snapshot.len() - 1]), Some(SealError::Damaged.into()));
    let mut later = snapshot.clone();
    later[4] += 1;
    let (found, expected) = (SNAPSHOT.version + 1, SNAPSHOT.version);
    assert_eq!(sealed(&later), Some(SealError::Version { found, expected }.into()));

    assert!(run.finish(STOPS));
    assert_eq!(run.machine.snapshot(), Err(NotSuspended::Ended));
}

#[test]
fn a_run_that_is_out_of_memory_is_at_its_end() {
    let program = program(PROGRAMS[0].1);
    let mut run = Run::new(machine(&program, settings(false)));
    assert!(run.step());
    run.machine.enter(|_| assert!(!Charge::default().grow(limits().memory)));
    assert_eq!(run.machine.snapshot(), Err(NotSuspended::Ended));
    run.answer();
    assert!(run.finish(1));
    assert!(run.course.end.contains("R0101"), "{}", run.course.end);
}

#[test]
fn limits_are_those_of_the_reader_and_what_was_used_counts() {
    let program = program(
        "let sum = 0\nfor n in range(100) { sum = sum + n }\nlet none = 0 * agentList[0].analyze(\"so\")\nsum + none",
    );
    let mut run = Run::new(machine(&program, settings(false)));
    while run.step() && run.machine.open_requests().next().is_none() {}
    let (snapshot, used) = (run.machine.snapshot().expect("a machine that waits"), run.machine.usage().steps);
    let resumed = |fuel| {
        let settings = Settings { limits: Limits { fuel, ..limits() }, ..Settings::default() };
        let mut run = Run::new(program.resume(settings, &snapshot).unwrap_or_else(|fault| panic!("{fault}")));
        run.answer();
        assert!(run.finish(STOPS));
        run.course
    };
    assert!(resumed(used + 1_000).end.starts_with("4950"), "{:?}", resumed(used + 1_000));
    assert_eq!(run.machine.usage().steps, used);
}
