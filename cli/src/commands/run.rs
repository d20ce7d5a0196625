//! `parallax run`: runs a pattern and shows what came out.

use crate::agents::{Chosen, Origin};
use crate::console::Console;
use crate::exit::{Exit, Unusable};
use crate::input::{self, Given};
use crate::progress::Progress;
use crate::project::Program;
use crate::report::{self, Shown};
use crate::stop::Requests;
use bytesize::ByteSize;
use clap::ValueEnum;
use parallax_runtime_host::agent::list::AgentAddress;
use parallax_runtime_host::{RunOptions, RunReport, RunRequest, run};
use prism_confidence::{Algebra, Config};
use prism_diagnostics::Code;
use prism_vm::limits::Limits;
use std::io;
use std::process;
use std::time::Duration;

/// Runs a pattern: prints its lines, its result and how sure that is.
#[derive(Debug, clap::Args)]
#[command(after_help = DETAILS)]
pub struct Arguments {
    /// The pattern; `-` reads it from standard input.
    file: String,
    /// What the pattern is given: JSON, @FILE of JSON, NAME=VALUE, or NAME=@FILE for a file's text. May be repeated.
    #[arg(long, value_name = "INPUT")]
    input: Vec<Given>,
    /// Who can be asked: `local` for the agents that come along, or a JSON file that lists agents.
    #[arg(long, value_name = "local|FILE")]
    agents: Option<Origin>,
    /// One more agent, by its address. May be repeated.
    #[arg(long, value_name = "NAME=HOST:PORT[,CAPABILITY…]")]
    agent: Vec<AgentAddress>,
    /// How the report is printed.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// How long the run may take: 500ms, 30s, 2m.
    #[arg(long, value_name = "TIME", value_parser = humantime::parse_duration)]
    timeout: Option<Duration>,
    /// How many steps the run may take, or `unlimited`.
    #[arg(long, value_name = "STEPS", value_parser = fuel, default_value_t = Limits::default().fuel)]
    fuel: u64,
    /// How much memory the program's values may take: 64MiB, 1GiB.
    #[arg(long, value_name = "SIZE", default_value_t = ByteSize(Limits::default().memory as u64))]
    memory: ByteSize,
    /// How confidences are combined, instead of the pattern's own rule: min, product, lukasiewicz, average.
    #[arg(long, value_name = "ALGEBRA", value_parser = algebra)]
    confidence: Option<Algebra>,
    /// The folder that imports may not leave.
    #[arg(long, value_name = "FOLDER")]
    root: Option<String>,
    /// Makes random numbers, and the order of what could happen at once, the same in each run.
    #[arg(long)]
    seed: Option<u64>,
    /// Shows where the result's confidence comes from.
    #[arg(long)]
    explain: bool,
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

fn fuel(text: &str) -> Result<u64, String> {
    match text {
        "unlimited" => Ok(Limits::UNLIMITED_FUEL),
        number => number.replace('_', "").parse().map_err(|_| "write a number of steps, or `unlimited`".to_owned()),
    }
}

fn algebra(name: &str) -> Result<Algebra, String> {
    Algebra::parse(name).ok_or_else(|| {
        let known: Vec<_> = Algebra::ALL.iter().map(|algebra| algebra.as_str()).collect();
        format!("there are {}", known.join(", "))
    })
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
    let without_agents = arguments.agents.is_none() && arguments.agent.is_empty();
    if without_agents && report.error.as_ref().is_some_and(|error| error.code == Code::R0010) {
        console
            .say("No agents were given: --agents local starts those that come along, --agent NAME=HOST:PORT adds one.");
    }
    exit
}

/// Runs the pattern; an error means that nothing was run.
#[tokio::main]
async fn perform(arguments: &Arguments, console: &Console) -> Result<RunReport, Unusable> {
    let program = Program::read(&arguments.file, arguments.root.as_deref())?;
    let input = input::gather(&arguments.input)?;
    let chosen = Chosen::new(arguments.agents.as_ref(), &arguments.agent).await?;
    let request = RunRequest {
        input,
        agents: chosen.agents.clone(),
        options: options(arguments),
        observer: Some(Box::new(Progress::new(console.clone(), arguments.format == Format::Text, arguments.quiet))),
        cancel: Some(Box::pin(end(console.clone(), Requests::listen()))),
        ..RunRequest::new(program.path.clone(), program.text.clone(), program.project.clone())
    };
    let mut report = run(request).await;
    chosen.stop().await;
    program.locate(&mut report);
    Ok(report)
}

fn options(arguments: &Arguments) -> RunOptions {
    RunOptions {
        limits: Limits {
            fuel: arguments.fuel,
            memory: usize::try_from(arguments.memory.as_u64()).unwrap_or(usize::MAX),
            ..Limits::default()
        },
        deadline: arguments.timeout,
        confidence: arguments.confidence.map(Config::from),
        trace: arguments.explain,
        seed: arguments.seed,
        ..RunOptions::default()
    }
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
