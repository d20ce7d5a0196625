//! An engine that has functions of its own.
//!
//! Its catalog is that of the library with the host's entries behind it: numbers of the library stay what they are, so
//! that all engines of a process share the library's program.

use crate::Engine;
use crate::host::function::{self, AsyncFunctionBody, Erased, Parameters, Shape};
use crate::host::signature::{self, Declaration};
use crate::host::{AsyncFunction, Function, HostCall, HostReply};
use prism_bytecode::{Catalog, Entry, EntryKind, HostName, KindSet, LibraryId, Role};
use prism_vm::native::{Body, Library};
use prism_vm::value::Value;
use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, OnceLock};

/// Why an engine can't have a function.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BuildError {
    /// Its declaration can't be read.
    #[error("`{declaration}`: {fault}")]
    Declaration {
        /// The text.
        declaration: String,
        /// What is wrong with it.
        fault: String,
    },
    /// It takes more or fewer arguments than its declaration says.
    #[error("`{declaration}`: the function in Rust takes {takes} arguments, the declaration has {declared} parameters")]
    Arity {
        /// The text.
        declaration: String,
        /// What the function takes.
        takes: usize,
        /// What it is declared with.
        declared: usize,
    },
    /// Its name, or that of its namespace, means something already.
    #[error("`{name}` can't be the host's: it is {what}")]
    Taken {
        /// The name.
        name: String,
        /// What it is.
        what: &'static str,
    },
    /// There are more names than a program can refer to.
    #[error("there are more than {MOST_NAMES} names, the library's included")]
    TooMany,
}

/// How many names a catalog can have.
const MOST_NAMES: usize = u16::MAX as usize;

/// An engine to be, made by [`Engine::builder`].
#[derive(Debug, Default)]
#[must_use = "only `build` makes the engine"]
pub struct EngineBuilder {
    declared: Vec<Declared>,
}

struct Declared {
    declaration: String,
    parameters: Parameters,
    function: Erased,
}

impl fmt::Debug for Declared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.declaration)
    }
}

impl EngineBuilder {
    /// Adds a function that gives its result at once: `declaration` is its name, perhaps behind those of namespaces,
    /// with parameters and result in Prism's types, `crm.find(name: string, most?: number): array<object>`.
    ///
    /// The machine counts a call's arguments and compares their kinds with the declaration, as it does for functions of
    /// the library. A parameter that is optional (`most?`) is an `Option` in Rust, one that takes the rest (`...names`)
    /// a `Vec`.
    ///
    /// The result is as sure as an operator on the arguments would be. An argument that the function takes as an
    /// [`Uncertain`](crate::Uncertain) does not count: what it means is the function's to say. A result that is an
    /// `Uncertain` has that confidence, times that of the arguments that count.
    ///
    /// The function is called on the thread that runs the program, which waits for it. If it panics, the call fails.
    pub fn function<A, F: Function<A>>(mut self, declaration: impl Into<String>, function: F) -> Self {
        let (parameters, function) = Erased::of(function);
        self.declared.push(Declared { declaration: declaration.into(), parameters, function });
        self
    }

    /// Adds a function that gives a future of its result. A call is a task, as that of an agent is: the program goes on
    /// until it uses the result, and drops the future when nobody can use it any more. Programs that call it are run by
    /// [`LoadedProgram::run_async`](crate::LoadedProgram::run_async). Else as [`EngineBuilder::function`].
    pub fn async_function<A, F: AsyncFunction<A>>(mut self, declaration: impl Into<String>, function: F) -> Self {
        let (parameters, function) = Erased::of_async(function);
        self.declared.push(Declared { declaration: declaration.into(), parameters, function });
        self
    }

    /// The engine.
    ///
    /// # Errors
    /// If a declaration can't be read or does not fit its function, or a name means something already.
    pub fn build(self) -> Result<Engine, BuildError> {
        let base = prism_stdlib::catalog();
        let mut names = Names { base: &base, entries: Vec::new(), bodies: Vec::new(), functions: HashMap::new() };
        for declared in self.declared {
            names.add(declared)?;
        }
        let Names { entries, bodies, functions, .. } = names;
        let first = base.iter().count();
        if first + entries.len() > MOST_NAMES {
            return Err(BuildError::TooMany);
        }
        let functions = functions.into_iter().map(|(at, function)| (LibraryId((first + at) as u16), function));
        let functions = functions.collect();
        let catalog = Catalog::new(base.iter().map(|(_, entry)| entry.clone()).chain(entries).collect());
        let vocabulary = Vocabulary { catalog: Arc::new(catalog), bodies, functions, library: OnceLock::new() };
        Ok(Engine::of(Arc::new(vocabulary)))
    }
}

/// The host's entries as they come together.
struct Names<'a> {
    base: &'a Catalog,
    entries: Vec<Entry>,
    /// A body an entry.
    bodies: Vec<Body>,
    /// Asynchronous functions, by the place of their entry.
    functions: HashMap<usize, AsyncFunctionBody>,
}

impl Names<'_> {
    fn add(&mut self, declared: Declared) -> Result<(), BuildError> {
        let Declared { declaration: text, parameters, function } = declared;
        let mut declaration =
            signature::read(&text).map_err(|fault| BuildError::Declaration { declaration: text.clone(), fault })?;
        let params = &mut declaration.signature.params;
        if params.len() != parameters.len() {
            let (takes, declared) = (parameters.len(), params.len());
            return Err(BuildError::Arity { declaration: text, takes, declared });
        }
        for (param, keeps) in params.iter_mut().zip(parameters) {
            let sees = if param.rest { keeps.elements } else { keeps.own };
            if sees {
                param.role = Role::Value;
            }
        }
        self.namespaces(&declaration)?;
        if let Some(what) = self.meaning(&declaration.path) {
            return Err(BuildError::Taken { name: declaration.path, what });
        }
        let shape = Shape::new(&declaration);
        let body = match function {
            Erased::Sync(function) => Body::Host(function::body(shape, function)),
            Erased::Async(function) => {
                self.functions.insert(self.entries.len(), AsyncFunctionBody { shape, function });
                declaration.signature.result = format!("task<{}>", declaration.signature.result).into();
                Body::Request
            }
        };
        self.push(declaration.path, EntryKind::Function(declaration.signature), body);
        Ok(())
    }
}

impl Names<'_> {
    fn push(&mut self, path: String, kind: EntryKind, body: Body) {
        self.entries.push(Entry { path: path.into(), kind, hidden: false });
        self.bodies.push(body);
    }

    fn own(&self, path: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| &*entry.path == path)
    }

    /// Adds the namespaces that a path goes through.
    fn namespaces(&mut self, declaration: &Declaration) -> Result<(), BuildError> {
        let path = declaration.path.as_str();
        for (end, _) in path.match_indices('.') {
            let namespace = &path[..end];
            match self.own(namespace).map(|entry| &entry.kind) {
                Some(EntryKind::Namespace(_)) => continue,
                Some(_) => return Err(taken(namespace, "a function already, and can't be a namespace")),
                None => {}
            }
            if KindSet::named(namespace).is_some() {
                return Err(taken(namespace, "a kind of values, and can't be a namespace"));
            }
            if let Some(what) = self.meaning(namespace) {
                return Err(taken(namespace, what));
            }
            self.push(namespace.to_owned(), EntryKind::Namespace(None), Body::None);
        }
        Ok(())
    }

    /// What a path means without the function that is to have it.
    fn meaning(&self, path: &str) -> Option<&'static str> {
        match self.own(path).map(|entry| &entry.kind) {
            Some(EntryKind::Namespace(_)) => return Some("a namespace already"),
            Some(_) => return Some("declared already"),
            None => {}
        }
        if self.base.find(path).is_some() {
            Some("a name of the library")
        } else if HostName::find(path).is_some() {
            Some("a free name of patterns")
        } else {
            None
        }
    }
}

fn taken(name: &str, what: &'static str) -> BuildError {
    BuildError::Taken { name: name.to_owned(), what }
}

/// All names that programs of an engine have without importing them, and what is behind them.
#[derive(Debug)]
pub(crate) struct Vocabulary {
    pub(crate) catalog: Arc<Catalog>,
    /// The bodies of the host's entries, which are the catalog's last.
    bodies: Vec<Body>,
    functions: HashMap<LibraryId, AsyncFunctionBody>,
    library: OnceLock<Arc<Library>>,
}

impl Vocabulary {
    /// The library's alone; one for the process.
    pub(crate) fn standard() -> Arc<Vocabulary> {
        static STANDARD: OnceLock<Arc<Vocabulary>> = OnceLock::new();
        let make = || Vocabulary {
            catalog: prism_stdlib::catalog(),
            bodies: Vec::new(),
            functions: HashMap::new(),
            library: OnceLock::new(),
        };
        Arc::clone(STANDARD.get_or_init(|| Arc::new(make())))
    }

    /// What machines run with, made once.
    pub(crate) fn library(&self) -> Arc<Library> {
        let make = || {
            let standard = crate::library();
            if self.bodies.is_empty() {
                return standard;
            }
            let bodies = standard.bodies.iter().chain(&self.bodies).cloned().collect();
            let (program, agent_results) = (Arc::clone(&standard.program), standard.agent_results);
            Arc::new(Library { catalog: Arc::clone(&self.catalog), bodies, program, agent_results })
        };
        Arc::clone(self.library.get_or_init(make))
    }

    /// Begins a call that a machine asks for; must be called inside it.
    pub(crate) fn call(&self, function: LibraryId, arguments: &[Value]) -> HostCall {
        match self.functions.get(&function) {
            Some(body) => body.start(arguments),
            None => HostCall::missing(),
        }
    }

    /// What comes of a call where nothing can wait for it.
    pub(crate) fn refuse(&self, function: LibraryId) -> HostReply {
        self.functions.get(&function).map_or_else(HostReply::missing, AsyncFunctionBody::refuse)
    }
}
