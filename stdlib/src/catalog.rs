//! All registrations in one list, and what is made of it: the catalog that compiler and machine number names by, and
//! the library that a machine runs with.

use crate::registration::{Body, Registration};
use crate::{
    aggregate, array, console, host, intrinsic, json, math, number, object, promise, reference, string, value,
};
use prism_bytecode::{Catalog, Function, FunctionId, Program};
use prism_vm::native::{Body as MachineBody, Library};
use std::collections::HashSet;
use std::sync::{Arc, LazyLock};

/// The part of the library that is written in Prism: each file's name and text. They are modules of one program, to be
/// compiled with hidden names allowed.
pub const PRELUDE: &[(&str, &str)] = &[
    ("agents.prism", include_str!("../std/agents.prism")),
    ("aggregate.prism", include_str!("../std/aggregate.prism")),
    ("array.prism", include_str!("../std/array.prism")),
    ("functions.prism", include_str!("../std/functions.prism")),
    ("sort.prism", include_str!("../std/sort.prism")),
    ("string.prism", include_str!("../std/string.prism")),
    ("successes.prism", include_str!("../std/successes.prism")),
];

/// The functions of the prelude behind the free names `agentResults` and `successfulResults`.
const AGENT_RESULTS: (&str, &str) = ("agentResults", "successfulResults");

/// Registrations that belong together: a section of the manual.
#[derive(Clone, Copy, Debug)]
pub struct Group {
    /// What they are about, as a heading.
    pub title: &'static str,
    /// What holds for all of them.
    pub about: &'static str,
    /// The registrations.
    pub registrations: &'static [Registration],
}

const fn group(title: &'static str, about: &'static str, registrations: &'static [Registration]) -> Group {
    Group { title, about, registrations }
}

/// All registrations, by group.
pub const GROUPS: &[Group] = &[
    group("Arrays", "No method changes another name's array; the marked ones update their variable.", array::FUNCTIONS),
    group("Strings", "Positions count Unicode scalar values.", string::FUNCTIONS),
    group("Objects", "Objects have no methods, so no key can collide with one.", object::FUNCTIONS),
    group("Mathematics", "As in JavaScript.", math::FUNCTIONS),
    group("Numbers", "Reading, writing and telling numbers apart; time.", number::FUNCTIONS),
    group("Values of any kind", "Display, truth, kinds, failing.", value::FUNCTIONS),
    group("JSON", "Texts that other programs read and write.", json::FUNCTIONS),
    group("Output", "A line each, its parts joined by a blank.", console::FUNCTIONS),
    group("Tasks", "What runs while the program goes on.", promise::FUNCTIONS),
    group("Agents", "What only the host can do.", host::FUNCTIONS),
    group(
        "Answers of agents",
        "No result is surer than the surest answer behind it; what was not reached is null with confidence 0.",
        aggregate::FUNCTIONS,
    ),
    group("Functions of lists", "For pipelines: the list comes first.", reference::FUNCTIONS),
    group("The library's own", "Hidden from programs.", intrinsic::FUNCTIONS),
];

static CATALOG: LazyLock<Arc<Catalog>> = LazyLock::new(|| {
    let all = registrations();
    let parents: HashSet<&str> = all.iter().filter_map(|one| Some(one.path.rsplit_once('.')?.0)).collect();
    let entries = all.iter().map(|one| {
        // Signatures are part of this crate's text; a test reads every one.
        one.entry(parents.contains(one.path)).unwrap_or_else(|fault| panic!("{}: {fault}", one.path))
    });
    Arc::new(Catalog::new(entries.collect()))
});

/// All registrations, in the order of the catalog.
pub fn registrations() -> Vec<&'static Registration> {
    GROUPS.iter().flat_map(|group| group.registrations).collect()
}

/// Names and signatures, made once.
pub fn catalog() -> Arc<Catalog> {
    CATALOG.clone()
}

/// Why a compiled prelude can't be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LibraryError {
    /// A body is missing.
    #[error("the prelude has no function `{0}`")]
    Missing(&'static str),
    /// Which of them is meant would be an accident.
    #[error("the prelude has two functions `{0}`")]
    Twice(&'static str),
    /// A function of the library is called without a closure, so it must not need one.
    #[error("the prelude's function `{0}` uses variables of its module")]
    Captures(&'static str),
}

/// The library that machines run with, from the compiled [`PRELUDE`].
///
/// # Errors
/// If the program is not the prelude of this build.
pub fn library(prelude: Program) -> Result<Library, LibraryError> {
    let bodies = registrations()
        .into_iter()
        .map(|one| {
            Ok(match one.body {
                Body::Native(native) => MachineBody::Native(native),
                Body::Number(function) => MachineBody::Number(function),
                Body::Prism(name) => MachineBody::Prism(function(&prelude, name)?),
                Body::Intrinsic(intrinsic) => MachineBody::Intrinsic(intrinsic),
                Body::Namespace | Body::Constant(_) => MachineBody::None,
            })
        })
        .collect::<Result<_, _>>()?;
    let agent_results = (function(&prelude, AGENT_RESULTS.0)?, function(&prelude, AGENT_RESULTS.1)?);
    Ok(Library { catalog: catalog(), bodies, program: Arc::new(prelude), agent_results: Some(agent_results) })
}

fn function(prelude: &Program, name: &'static str) -> Result<FunctionId, LibraryError> {
    let named = |(_, function): &(usize, &Function)| &*function.name == name;
    let mut found = prelude.functions.iter().enumerate().filter(named);
    let (at, function) = found.next().ok_or(LibraryError::Missing(name))?;
    if found.next().is_some() {
        return Err(LibraryError::Twice(name));
    }
    if !function.captures.is_empty() {
        return Err(LibraryError::Captures(name));
    }
    Ok(FunctionId(at as u32))
}
