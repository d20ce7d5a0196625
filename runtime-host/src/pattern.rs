//! What surrounds a program (§10 of the language's definition): the schema of its input, the agents that it wants, what it promises of its
//! result; and the shelf that patterns are found on by name.

use crate::input::{BadSchema, InputSchema, Mismatch};
use crate::registry::Registry;
use prism_confidence::Config;
use prism_diagnostics::{Code, Diagnostic, SourceMap};
use prism_engine::{Engine, LoadedProgram, NotLoadable, PatternInfo, Project, VerifyError};
use serde_json::{Map, Value};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

/// A program that is ready to run, with what it says of itself.
#[derive(Debug)]
pub struct Pattern {
    name: String,
    program: LoadedProgram,
    schema: Option<InputSchema>,
}

/// Why a program can't be run at all.
#[derive(Debug, thiserror::Error)]
pub enum Faulty {
    /// It has errors.
    #[error("{}", first_error(diagnostics, sources))]
    Program {
        /// The errors, with warnings between them.
        diagnostics: Vec<Diagnostic>,
        /// The texts that they speak of.
        sources: SourceMap,
    },
    /// Its input's schema is none.
    #[error(transparent)]
    Schema(#[from] BadSchema),
    /// The compiler is at fault.
    #[error("the compiler is at fault: {0}")]
    Compiler(VerifyError),
}

impl Faulty {
    /// Its row of the catalog.
    pub fn code(&self) -> Code {
        match self {
            Faulty::Program { diagnostics, .. } => {
                diagnostics.iter().find(|one| one.is_error()).map_or(Code::E0100, |one| one.code)
            }
            Faulty::Schema(_) => Code::E0504,
            Faulty::Compiler(_) => Code::R0900,
        }
    }
}

impl From<NotLoadable> for Faulty {
    fn from(fault: NotLoadable) -> Self {
        match fault {
            NotLoadable::Faulty { diagnostics, sources } => Faulty::Program { diagnostics, sources },
            NotLoadable::Invalid(fault) => Faulty::Compiler(fault),
        }
    }
}

fn first_error(diagnostics: &[Diagnostic], sources: &SourceMap) -> String {
    let Some(first) = diagnostics.iter().find(|one| one.is_error()) else { return "the program has errors".to_owned() };
    let at = sources.position(first.span);
    let file = sources.get(first.span.source).map_or("", |source| source.name());
    format!("{file}:{}:{}: {} ({})", at.line, at.column, first.message, first.code)
}

/// Why a pattern does not run with what it was given.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The input does not fit its schema.
    #[error(transparent)]
    Input(#[from] Mismatch),
    /// There are fewer agents than `@minAgents`.
    #[error("the pattern needs at least {wanted} agents{}, but there are {found}: add some", can(capabilities))]
    Agents {
        /// How many it wants.
        wanted: usize,
        /// How many there are.
        found: usize,
        /// What they must be able to do.
        capabilities: Vec<String>,
    },
}

impl Refusal {
    /// Its row of the catalog.
    pub fn code(&self) -> Code {
        match self {
            Refusal::Input(_) => Code::E0601,
            Refusal::Agents { .. } => Code::R0010,
        }
    }
}

fn can(capabilities: &[String]) -> String {
    if capabilities.is_empty() { String::new() } else { format!(" that can {}", capabilities.join(", ")) }
}

/// What a pattern begins with.
#[derive(Clone, Debug, PartialEq)]
pub struct Admission {
    /// The input, completed.
    pub input: Value,
    /// `agentList`: places in the order of registration.
    pub agents: Vec<usize>,
}

impl Pattern {
    /// Checks and compiles a program; `path` is its path from the project's root.
    ///
    /// # Errors
    /// If it has errors.
    pub fn compile(engine: &Engine, path: &str, text: &str, project: &dyn Project) -> Result<Self, Faulty> {
        let program = engine.prepare(path, text, project)?;
        let info = program.pattern();
        let name = info.name.clone().unwrap_or_else(|| stem(path).to_owned());
        let schema = info.input_schema.clone().map(InputSchema::new).transpose()?;
        Ok(Pattern { name, program, schema })
    }

    /// An input of a session: nothing is asked of the session's own input.
    pub(crate) fn of_session(program: LoadedProgram, path: &str) -> Self {
        let name = program.pattern().name.clone().unwrap_or_else(|| stem(path).to_owned());
        Pattern { name, program, schema: None }
    }

    /// Its name: what it calls itself, else that of its file.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The program.
    pub fn program(&self) -> &LoadedProgram {
        &self.program
    }

    /// Its texts.
    pub fn sources(&self) -> &SourceMap {
        self.program.sources()
    }

    /// The confidence rules that it chooses.
    pub fn confidence(&self) -> Config {
        self.program.confidence()
    }

    /// How long it may take.
    pub fn timeout(&self) -> Option<Duration> {
        self.info().timeout.map(Duration::from_millis)
    }

    fn info(&self) -> &PatternInfo {
        self.program.pattern()
    }

    /// Holds the input against the schema, and chooses the agents. No input is `{}`.
    ///
    /// # Errors
    /// If the input does not fit, or there are too few agents.
    pub fn admit(&self, input: Value, registry: &Registry) -> Result<Admission, Refusal> {
        let input = if input.is_null() { Value::Object(Map::new()) } else { input };
        let input = match &self.schema {
            Some(schema) => schema.accept(input)?,
            None => input,
        };
        let info = self.info();
        let capabilities = capabilities(info.agents.as_ref());
        let mut agents = registry.select(&capabilities);
        let wanted = info.min_agents.unwrap_or(0) as usize;
        if agents.len() < wanted {
            return Err(Refusal::Agents { wanted, found: agents.len(), capabilities });
        }
        agents.truncate(info.max_agents.map_or(usize::MAX, |most| most as usize));
        Ok(Admission { input, agents })
    }

    /// What is to be said of a result with that confidence (1 if it is plain): that it stays below what is promised.
    pub fn doubt(&self, confidence: Option<f64>) -> Option<String> {
        let (promised, confidence) = (self.info().min_confidence?, confidence.unwrap_or(1.0));
        (confidence < promised)
            .then(|| format!("the result's confidence {confidence} is below @minConfidence {promised}"))
    }
}

/// What `@agents` asks for: `{"capabilities": ["a", "b"]}`, or the list alone.
fn capabilities(agents: Option<&Value>) -> Vec<String> {
    let names = agents.and_then(|agents| agents.get("capabilities").unwrap_or(agents).as_array());
    names.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

/// The name of a program's file without folder and ending.
fn stem(path: &str) -> &str {
    let file = path.rsplit('/').next().unwrap_or(path);
    file.strip_suffix(".prism").unwrap_or(file)
}

/// The patterns of a project, by name. Each is compiled once, and what there is not is looked for once.
pub struct Shelf {
    engine: Engine,
    project: Arc<dyn Project>,
    /// What was looked for, with what was found.
    known: HashMap<String, Result<Arc<Pattern>, Arc<NotFound>>>,
}

/// Why there is no pattern of a name.
#[derive(Debug, thiserror::Error)]
pub enum NotFound {
    /// No file has that name, and none calls itself so.
    #[error("there is no such file below the root, and no pattern calls itself so")]
    Unknown,
    /// More than one.
    #[error("{} could be meant: say which, by its path from the root", .0.join(" and "))]
    Ambiguous(Vec<String>),
    /// Its file can't be read.
    #[error("{path}: {fault}")]
    Unreadable {
        /// The file.
        path: String,
        /// Why.
        fault: prism_engine::LoadError,
    },
    /// It has errors.
    #[error(transparent)]
    Faulty(#[from] Faulty),
}

impl NotFound {
    /// Its row of the catalog.
    pub fn code(&self) -> Code {
        match self {
            NotFound::Unknown | NotFound::Ambiguous(_) => Code::R0010,
            NotFound::Unreadable { .. } => Code::E0106,
            NotFound::Faulty(fault) => fault.code(),
        }
    }
}

impl Shelf {
    /// The patterns of `project`.
    pub fn new(engine: Engine, project: Arc<dyn Project>) -> Self {
        Shelf { engine, project, known: HashMap::new() }
    }

    /// The pattern of that name: the one whose path from the root it is (with or without `.prism`), else the file of
    /// that name in some folder, else the pattern that calls itself so.
    ///
    /// # Errors
    /// If there is none, or more than one, or it has errors.
    pub fn find(&mut self, name: &str) -> Result<Arc<Pattern>, Arc<NotFound>> {
        if let Some(known) = self.known.get(name) {
            return known.clone();
        }
        let found = self.search(name).map(Arc::new).map_err(Arc::new);
        self.known.insert(name.to_owned(), found.clone());
        found
    }

    fn search(&self, name: &str) -> Result<Pattern, NotFound> {
        let programs = self.project.programs();
        let path = if name.ends_with(".prism") { name.to_owned() } else { format!("{name}.prism") };
        if programs.contains(&path) {
            return self.compile(&path);
        }
        let mut named = programs.iter().filter(|path| stem(path) == name);
        if let Some(first) = named.next() {
            return match named.next() {
                None => self.compile(first),
                Some(second) => Err(NotFound::Ambiguous(vec![first.clone(), second.clone()])),
            };
        }
        let mut found: Vec<(String, Pattern)> = Vec::new();
        for path in programs {
            // Only a text that has the name in it can be a pattern of that name, and only those are worth compiling.
            let may_be = self.project.load(&path).is_ok_and(|text| text.contains(name));
            let pattern = if may_be { self.compile(&path).ok() } else { None };
            found.extend(pattern.filter(|pattern| pattern.name == name).map(|pattern| (path, pattern)));
        }
        match found.len() {
            0 | 1 => found.pop().map(|(_, pattern)| pattern).ok_or(NotFound::Unknown),
            _ => Err(NotFound::Ambiguous(found.into_iter().map(|(path, _)| path).collect())),
        }
    }

    fn compile(&self, path: &str) -> Result<Pattern, NotFound> {
        let text = self.project.load(path).map_err(|fault| NotFound::Unreadable { path: path.to_owned(), fault })?;
        Ok(Pattern::compile(&self.engine, path, &text, self.project.as_ref())?)
    }
}
