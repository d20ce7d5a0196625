//! The programs of `tests/hostile`: each tries to hang, swell, crash or escape, and must end as it says, within its limits.
//!
//! A program is run by the built command, as a stranger's would be: with the limits that hold unless said, and with small
//! ones. It must end with the code that its head names, by itself, with a status that is documented, and without taking
//! more of the machine's memory than its limit, a tenth of it and a MiB, beyond what it takes with hardly any.
//!
//! A test is this executable, run again to run the command: so the peak that the system reports is that of one process.
//! To try some programs, give part of their names: `cargo test -p parallax-tests --test hostile -- string`.

#[cfg(not(target_os = "linux"))]
fn main() {
    // Only there the system tells how much memory a process took at its peak, in units that are known.
}

#[cfg(target_os = "linux")]
fn main() -> std::process::ExitCode {
    linux::main()
}

#[cfg(target_os = "linux")]
mod linux {
    use libtest_mimic::{Arguments, Failed, Trial};
    use nix::sys::resource::{UsageWho, getrusage};
    use parallax_tests::binary;
    use parallax_tests::hostile::{Head, Program};
    use std::path::{Path, PathBuf};
    use std::process::{Command, ExitCode, Stdio};
    use std::time::{Duration, Instant};
    use std::{env, fs, io, thread};

    /// The word that makes this executable run the command instead of the tests.
    const MEASURE: &str = "measure";

    /// No program may hang: a guard, for fuel ends all of them long before.
    const PATIENCE: Duration = Duration::from_secs(300);

    /// How the machine runs.
    const MODES: &[&str] = &["--jit=off", "--jit=on"];

    /// With so little a program does everything at least once, and hardly takes memory for it; nothing is compiled.
    const LEAST: &[&str] = &["--fuel", "20000", "--memory", "256KiB"];

    /// What a run may use.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    enum Allowance {
        /// What it may unless said; without optimisation, less fuel.
        Usual,
        /// Little.
        Small,
    }

    impl Allowance {
        fn flags(self) -> &'static [&'static str] {
            match self {
                Allowance::Usual if cfg!(debug_assertions) => &["--fuel", "5000000"],
                Allowance::Usual => &[],
                Allowance::Small => &[
                    "--fuel",
                    "300000",
                    "--memory",
                    "32MiB",
                    "--depth",
                    "500",
                    "--output",
                    "256KiB",
                    "--tasks",
                    "500",
                    "--dispatches",
                    "20",
                ],
            }
        }

        /// In KiB.
        fn memory(self) -> i64 {
            match self {
                Allowance::Usual => 256 << 10,
                Allowance::Small => 32 << 10,
            }
        }

        fn ends(self, head: &Head) -> &[String] {
            match self {
                Allowance::Usual => &head.ends,
                Allowance::Small => &head.ends_small,
            }
        }
    }

    /// What a run came to.
    struct Outcome {
        status: Option<i32>,
        stderr: String,
        /// The most memory that it took, in KiB.
        peak: i64,
    }

    pub fn main() -> ExitCode {
        let arguments: Vec<String> = env::args().collect();
        if let [_, word, place, command @ ..] = &arguments[..]
            && word == MEASURE
        {
            return measure(Path::new(place), command);
        }
        let programs = Program::all(&binary::root().join("tests/hostile")).expect("the programs");
        let trials = programs.into_iter().map(|program| {
            let name = program.name.clone();
            Trial::test(name, move || try_out(&prepare(&program)?, &program))
        });
        let mut arguments = Arguments::from_args();
        // Each takes up to the limit of memory.
        arguments.test_threads.get_or_insert(2);
        libtest_mimic::run(&arguments, trials.collect()).exit_code()
    }

    /// A folder of the program's own, with what programs may refer to: tests may run side by side.
    fn prepare(program: &Program) -> io::Result<PathBuf> {
        let from = binary::root().join("tests/hostile");
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("hostile").join(&program.name);
        fs::create_dir_all(folder.join("modules"))?;
        for place in [".", "modules"] {
            for entry in fs::read_dir(from.join(place))? {
                let path = entry?.path();
                let is_wanted = place != "." || path.extension().is_some_and(|extension| extension == "json");
                if let Some(name) = path.file_name().filter(|_| is_wanted) {
                    fs::copy(&path, folder.join(place).join(name))?;
                }
            }
        }
        fs::write(folder.join(format!("{}.prism", program.name)), &program.text)?;
        Ok(folder)
    }

    fn try_out(folder: &Path, program: &Program) -> Result<(), Failed> {
        let file = format!("{}.prism", program.name);
        let flags: Vec<&str> = program.head.flags.iter().map(String::as_str).collect();
        let mut faults = Vec::new();
        for mode in MODES {
            let run =
                |allowance: &[&str]| run(folder, &[&["run", file.as_str(), mode], allowance, &flags[..]].concat());
            // What the command takes that does the same, but for the memory that is limited.
            let least = run(LEAST)?.peak;
            for allowance in [Allowance::Usual, Allowance::Small] {
                let outcome = run(allowance.flags())?;
                let fault = judge(&outcome, allowance, &program.head, least);
                faults.extend(fault.map(|fault| format!("{allowance:?} {mode}: {fault}\n{}", brief(&outcome.stderr))));
            }
        }
        if faults.is_empty() { Ok(()) } else { Err(faults.join("\n").into()) }
    }

    /// What is wrong with how a run ended.
    fn judge(outcome: &Outcome, allowance: Allowance, head: &Head, least: i64) -> Option<String> {
        let Some(status) = outcome.status else { return Some("it was ended by a signal, or by the guard".to_owned()) };
        if status > 1 || outcome.stderr.contains("panicked") {
            return Some(format!("it ended with status {status}"));
        }
        let code = outcome.stderr.split_once('[').and_then(|(_, rest)| rest.split_once(']')).map(|(code, _)| code);
        let code = if status == 0 { "0" } else { code.unwrap_or("no code") };
        let wanted = allowance.ends(head);
        // Without optimisation there is less fuel.
        let is_short = cfg!(debug_assertions) && code == "R0100";
        if !is_short && !wanted.iter().any(|wanted| wanted == code) {
            return Some(format!("it ended with {code}, not with {}", wanted.join(" or ")));
        }
        let (taken, most) = (outcome.peak - least, allowance.memory() * 11 / 10 + 1024);
        (taken > most).then(|| format!("it took {taken} KiB, {most} are the most"))
    }

    fn run(folder: &Path, arguments: &[&str]) -> Result<Outcome, Failed> {
        let own = env::current_exe()?;
        let mut measured = Command::new(own);
        measured.arg(MEASURE).arg(binary::folder().join("parallax")).args(arguments);
        let output = measured.current_dir(folder).stdin(Stdio::null()).output()?;
        let stdout = String::from_utf8_lossy(&output.stdout);
        let (status, peak) = stdout.trim().split_once(' ').ok_or("no measurement")?;
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        Ok(Outcome { status: status.parse().ok(), peak: peak.parse()?, stderr })
    }

    /// Runs the command, and prints its status and the most memory that it took. Lines that it prints are thrown away.
    fn measure(place: &Path, arguments: &[String]) -> ExitCode {
        let child = Command::new(place).args(arguments).env("NO_COLOR", "1").stdout(Stdio::null()).spawn();
        let mut child = child.expect("the command");
        let begun = Instant::now();
        let status = loop {
            match child.try_wait().expect("a process") {
                Some(status) => break status.code(),
                None if begun.elapsed() > PATIENCE => {
                    child.kill().expect("a process to end");
                    child.wait().expect("its end");
                    break None;
                }
                None => thread::park_timeout(Duration::from_millis(5)),
            }
        };
        let peak = getrusage(UsageWho::RUSAGE_CHILDREN).expect("what the command used").max_rss();
        println!("{} {peak}", status.map_or("signal".to_owned(), |status| status.to_string()));
        ExitCode::SUCCESS
    }

    fn brief(text: &str) -> String {
        text.lines().take(12).map(|line| line.chars().take(160).collect::<String>() + "\n").collect()
    }
}
