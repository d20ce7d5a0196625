//! The session with its agents: runs inputs, and shows what they give.
//!
//! Values go to standard output, faults to standard error; on a terminal both are the screen.

use super::highlight::highlight;
use super::kind::Kind;
use crate::agents::Chosen;
use crate::console::Console;
use crate::exit::Unusable;
use crate::progress::Progress;
use crate::project::{PROMPT_PATH, Place, unusable};
use crate::report;
use crate::setting::Setting;
use crate::show;
use crate::stop::Interrupts;
use parallax_runtime_host::{RunOptions, RunReport, Session, SessionInput, Status};
use prism_bytecode::Catalog;
use prism_compiler::ast::StmtKind;
use prism_compiler::parse::parse;
use prism_diagnostics::{SourceId, render};
use prism_engine::{Engine, find_root, find_root_of_folder, read_source};
use prism_vm::limits::Stop;
use serde_json::Value;
use std::path::Path;
use tokio::runtime::Runtime;

/// A session at a prompt or in a pipe.
pub struct Repl {
    runtime: Runtime,
    engine: Engine,
    session: Session,
    /// What sessions begin with: those after `:reset` as well.
    beginning: Beginning,
    place: Place,
    /// What paths of inputs begin with: the folder that imports are relative to, empty or ending with `/`.
    folder: String,
    console: Console,
    /// Whether Ctrl-C ends what runs and no more; else it ends the process, as everywhere.
    outlives_interrupts: bool,
}

/// What a session begins with.
struct Beginning {
    input: Value,
    agents: Chosen,
    options: RunOptions,
}

impl Beginning {
    fn session(&self, engine: &Engine, place: &Place) -> Session {
        let (input, agents, options) = (self.input.clone(), self.agents.agents.clone(), self.options.clone());
        Session::new(engine.clone(), place.project.clone(), input, agents, options)
    }
}

impl Repl {
    /// A session whose imports are relative to the folder of `file`, else to the current one.
    ///
    /// # Errors
    /// If something that the command line names can't be used.
    pub fn new(setting: &Setting, file: Option<&str>, console: Console) -> Result<Self, Unusable> {
        let runtime = Runtime::new().map_err(|error| Unusable::agent(format!("can't start threads: {error}")))?;
        let (place, folder) = place(setting.root.as_deref(), file)?;
        let input = setting.input()?;
        let agents = runtime.block_on(setting.agents())?;
        let beginning = Beginning { input, agents, options: setting.options() };
        let engine = Engine::new();
        let session = beginning.session(&engine, &place);
        Ok(Repl { runtime, engine, session, beginning, place, folder, console, outlives_interrupts: false })
    }

    /// From now on Ctrl-C ends the input that runs, and no more.
    pub fn outlive_interrupts(&mut self) {
        self.outlives_interrupts = true;
    }

    /// Where everything is written.
    pub fn console(&self) -> &Console {
        &self.console
    }

    /// The session with the library's names, for completion.
    pub fn names(&mut self) -> (&mut Session, &Catalog) {
        (&mut self.session, self.engine.catalog())
    }

    /// Runs a piece of program and shows what it gives; whether it went well.
    pub fn input(&mut self, text: &str) -> bool {
        self.run_and_show(self.next_path(), text)
    }

    /// Runs a file as an input; whether it went well.
    pub fn load(&mut self, file: &str) -> bool {
        let path = Path::new(file);
        match read_source(path).and_then(|text| Ok((self.place.project.path_of(path)?, text))) {
            Ok((path, text)) => self.run_and_show(path, &text),
            Err(error) => {
                self.console.say(unusable(file, &error).render(self.console.colour()).trim_end());
                false
            }
        }
    }

    fn run_and_show(&mut self, path: String, text: &str) -> bool {
        let report = self.run(path, text, true);
        self.show_faults(&report);
        if report.status != Status::Completed {
            return false;
        }
        if is_worth_showing(&report, text) {
            self.console.print(&self.value(&report));
        }
        if !report.metadata.is_null() {
            self.console.print(&format!("metadata {}", show::literal(&report.metadata)));
        }
        true
    }

    /// Says what kind of value an expression gives; whether it gives one. Agents are not asked.
    pub fn show_kind(&mut self, text: &str) -> bool {
        let report = self.run(self.next_path(), text, false);
        if report.error.as_ref().is_some_and(|error| error.code == Stop::Dispatches.code()) {
            self.console.say(
                "`:type` asks no agents, and this asks one: run it, keep the answer in a variable, and ask for that",
            );
            return false;
        }
        self.show_faults(&report);
        let is_completed = report.status == Status::Completed;
        if is_completed {
            self.console.print(&Kind::of(&report.result).with(report.confidence).to_string());
        }
        is_completed
    }

    /// Shows an expression's value and where its confidence comes from; whether it gives one.
    pub fn explain(&mut self, text: &str) -> bool {
        let report = self.run(self.next_path(), text, true);
        self.show_faults(&report);
        if report.status != Status::Completed {
            return false;
        }
        self.console.print(&self.value(&report));
        match &report.explanation {
            Some(tree) => self.console.print(tree.to_string().trim_end()),
            None => self.console.print("it is plain: no confidence came into it"),
        }
        true
    }

    /// Lists who can be asked.
    pub fn list_agents(&self) {
        let agents = self.session.agents();
        if agents.is_empty() {
            self.console.print("no agents: begin with --agents local, or --agent NAME=HOST:PORT");
        }
        let width = agents.iter().map(|agent| agent.id.chars().count()).max().unwrap_or_default();
        for agent in agents {
            let line = format!("{:width$}  {}", agent.id, agent.capabilities.join(", "));
            self.console.print(line.trim_end());
        }
    }

    /// Begins anew.
    pub fn reset(&mut self) {
        self.session = self.beginning.session(&self.engine, &self.place);
    }

    fn next_path(&self) -> String {
        format!("{}{PROMPT_PATH}{}", self.folder, self.session.count() + 1)
    }

    /// Runs a text. The end of whoever reads standard output ends it, and so does Ctrl-C, if that was asked for.
    fn run(&mut self, path: String, text: &str, asks: bool) -> RunReport {
        let Repl { runtime, session, console, outlives_interrupts, .. } = self;
        let mut report = runtime.block_on(async {
            let interrupts = if *outlives_interrupts { Interrupts::listen().ok() } else { None };
            let observer = Progress::new(console.clone(), true, false);
            let input = SessionInput {
                asks,
                observer: Some(Box::new(observer)),
                cancel: Some(Box::pin(end(console.clone(), interrupts))),
                ..SessionInput::new(path, text)
            };
            session.run(input).await
        });
        self.place.locate(&mut report);
        report
    }

    /// A value with its confidence: `"today"  ▰▰▰▰▰▰▰▰▱▱ 80 %`.
    fn value(&self, report: &RunReport) -> String {
        let colour = self.console.colours_output();
        let literal = show::literal(&report.result);
        let literal = if colour { highlight(&literal) } else { literal };
        match report.confidence {
            None => literal,
            Some(confidence) => {
                let bar = format!("{} {}", show::bar(confidence), show::percent(confidence));
                format!("{literal}  {}", show::of_level(&bar, confidence, colour))
            }
        }
    }

    fn show_faults(&self, report: &RunReport) {
        let colour = self.console.colour();
        if !report.diagnostics.is_empty() {
            self.console.say(render::to_string(&report.diagnostics, &report.sources, colour).trim_end());
        }
        if let Some(error) = report.error.as_ref().filter(|_| report.status == Status::Failed) {
            report::show_error(error, report, &self.console);
        }
        for warning in &report.warnings {
            self.console.say(&format!("warning: {warning}"));
        }
        if let Some(spent) = report.metrics.spent {
            self.console.say(&format!("spent {spent}"));
        }
    }
}

/// Ends at Ctrl-C, if it is listened to, and when nobody reads the output any more.
async fn end(console: Console, interrupts: Option<Interrupts>) {
    match interrupts {
        None => console.closed().await,
        Some(mut interrupts) => tokio::select! {
            () = console.closed() => {}
            () = interrupts.next() => {}
        },
    }
}

/// The project and, from its root, the folder that imports of inputs are relative to.
fn place(root: Option<&str>, file: Option<&str>) -> Result<(Place, String), Unusable> {
    let here = Path::new(".");
    let folder =
        file.map_or(here, |file| Path::new(file).parent().filter(|path| *path != Path::new("")).unwrap_or(here));
    let name = file.or(root).unwrap_or(".");
    let found = match (root, file) {
        (Some(root), _) => Ok(Path::new(root).to_owned()),
        (None, Some(file)) => find_root(Path::new(file)),
        (None, None) => find_root_of_folder(here),
    };
    let place = found.and_then(|root| Place::new(&root)).map_err(|error| unusable(name, &error))?;
    // Outside of the root, imports are relative to the root itself.
    let folder = place.project.path_of(folder).unwrap_or_default();
    let folder = if folder.is_empty() { folder } else { format!("{folder}/") };
    Ok((place, folder))
}

/// Whether there is more to a result than that it is none: a null that something was to give.
fn is_worth_showing(report: &RunReport, text: &str) -> bool {
    if report.result != Value::Null || report.confidence.is_some() {
        return true;
    }
    let last = parse(SourceId::default(), text).module.body.pop();
    report.stdout.is_empty() && last.is_some_and(|last| matches!(last.kind, StmtKind::Expr(_)))
}
