//! `parallax run`: runs a pattern and shows what came out.

use crate::console::Console;
use crate::exit::{Exit, Unusable};
use crate::progress::Progress;
use crate::project::Program;
use crate::report::{self, Shown};
use crate::setting::Setting;
use crate::stop::Requests;
use clap::ValueEnum;
use parallax_runtime_host::{RunOptions, RunReport, RunRequest, run};
use prism_diagnostics::Code;
use prism_engine::Engine;
use std::io;
use std::path::PathBuf;
use std::process;

/// Runs a pattern: prints its lines, its result and how sure that is.
#[derive(Debug, clap::Args)]
#[command(after_help = DETAILS)]
pub struct Arguments {
    /// The pattern; `-` reads it from standard input.
    file: String,
    #[command(flatten)]
    setting: Setting,
    /// How the report is printed.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// Shows where the result's confidence comes from.
    #[arg(long)]
    explain: bool,
    /// Keeps compiled programs in that folder, which is made if need be, and takes them from there the next time.
    #[arg(long, value_name = "FOLDER")]
    cache: Option<PathBuf>,
    /// Prints only the program's own lines and the result.
    #[arg(long, short)]
    quiet: bool,
}

const DETAILS: &str = "\
Input:
  --input '{\"name\": \"Ada\"}'    the whole input as JSON
  --input @order.json           the same from a file
  --input name=Ada              one field, as JSON if it is JSON (3, true), else as text
  --input letter=@letter.txt    one field, the text of a file (@- for standard input)
  Several are merged, later fields over earlier ones.

Exit status: 0 completed, 1 failed or refused, 2 the command line names something that can't be used.

Examples:
  parallax run triage.prism --agents local --input document=@letter.txt
  parallax run triage.prism --agent a1=127.0.0.1:50100,review --input @order.json --format json
  echo 'return 1 + 1' | parallax run -";

/// How the report is printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people.
    #[default]
    Text,
    /// One JSON object on standard output.
    Json,
}

pub fn execute(arguments: Arguments) -> Exit {
    let console = Console::new();
    let (report, exit) = match perform(&arguments, &console) {
        Ok(report) => {
            let exit = report::exit(&report);
            (report, exit)
        }
        Err(unusable) => (RunReport::refused(unusable.code, unusable.message), Exit::Usage),
    };
    report::show(&report, &console, Shown { format: arguments.format, is_quiet: arguments.quiet });
    let without_agents = !arguments.setting.has_agents();
    if without_agents && report.error.as_ref().is_some_and(|error| error.code == Code::R0010) {
        console
            .say("No agents were given: --agents local starts those that come along, --agent NAME=HOST:PORT adds one.");
    }
    exit
}

/// Runs the pattern; an error means that nothing was run.
///
/// The machine runs on this thread. One more is enough for what comes from agents meanwhile (local ones work on threads of
/// their own), and a short run is over before several have begun.
#[tokio::main(worker_threads = 1)]
async fn perform(arguments: &Arguments, console: &Console) -> Result<RunReport, Unusable> {
    let program = Program::read(&arguments.file, arguments.setting.root.as_deref())?;
    let input = arguments.setting.input()?;
    let chosen = arguments.setting.agents().await?;
    let engine = match &arguments.cache {
        Some(folder) => Engine::new().keeping(folder),
        None => Engine::new(),
    };
    let request = RunRequest {
        engine,
        input,
        agents: chosen.agents.clone(),
        options: RunOptions { trace: arguments.explain, ..arguments.setting.options() },
        observer: Some(Box::new(Progress::new(console.clone(), arguments.format == Format::Text, arguments.quiet))),
        cancel: Some(Box::pin(end(console.clone(), Requests::listen()))),
        ..RunRequest::new(program.path.clone(), program.text.clone(), program.place.project.clone())
    };
    let mut report = run(request).await;
    chosen.stop().await;
    program.place.locate(&mut report);
    Ok(report)
}

/// Ends when the run should: at Ctrl-C, or when nobody reads the output any more. A second Ctrl-C ends the process.
async fn end(console: Console, requests: io::Result<Requests>) {
    let Ok(mut requests) = requests else {
        // Without signals there is only the output to watch.
        return console.closed().await;
    };
    tokio::select! {
        () = console.closed() => {}
        () = requests.next() => {
            tokio::spawn(async move {
                requests.next().await;
                process::exit(Exit::Failed as i32);
            });
        }
    }
}
