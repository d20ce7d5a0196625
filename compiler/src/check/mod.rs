//! The checker: what a program would do, as far as that can be known before it runs (TYPES.md).
//!
//! It is an abstract interpreter over the resolved trees. Where the machine computes a value, the checker computes a
//! [`value::Value`]: a type and the interval in which the value's confidence must lie, by the rules of
//! `prism-confidence` that the machine uses, too. One run gives three results ([`Checked`]): what is wrong, what was
//! found out ([`facts`]), and where precision was given up ([`facts::Approximation`]).
//!
//! - *Within a body* values follow the flow: [`state`] is what holds at a point, conditions narrow it ([`narrow`]),
//!   branches join it, loops are repeated until nothing changes, widening on the way.
//! - *Between bodies* ([`functions`]) each call is gone through with its own arguments. Variables that inner bodies
//!   assign have the union of all that they are given; what such a union, or a function's parameter, comes to is known
//!   only when all is seen, so the whole is repeated until it settles.
//! - *Gradual*: what can't be known is `any`, and `any` is never a ground for a complaint. A complaint needs certainty
//!   that an operation fails, that a branch never runs, that a gate never opens.
//!
//! [`lints`] are the rules that need only the tree and its names.

mod access;
mod annotation;
mod assign;
mod bug;
mod call;
mod concurrent;
mod confident;
mod cost;
mod dispatch;
mod expr;
pub mod facts;
mod faults;
mod functions;
mod levels;
mod library;
pub(crate) mod lints;
mod narrow;
mod operators;
mod pattern;
mod result;
mod show;
mod signatures;
mod special;
mod state;
mod stmt;
mod ty;
mod value;

pub use bug::Bug;
pub(crate) use bug::guarded;

use crate::ast::{Expr, Ident, Module, Name, NodeId, PatternDecl};
use crate::hash::{HashMap, HashSet};
use crate::modules::ExportTable;
use crate::pipeline::{PatternInfo, ResolvedModule};
use crate::resolve::{BodyId, ExportSource, Resolution, VariableId};
use cost::Asked;
use facts::{Approximation, Facts, Reason};
use functions::{Bound, FunctionId, FunctionInfo};
use prism_bytecode::Catalog;
use prism_confidence::{Algebra, Config, Landmarks};
use prism_diagnostics::{Diagnostic, Span};
use signatures::Signatures;
use state::Frame;
use ty::Types;
use value::Value;

/// After so many rounds what still changes is widened.
const PATIENT_ROUNDS: u32 = 2;
/// After so many rounds nothing is waited for any more.
const MAX_ROUNDS: u32 = 24;
/// So many expressions for each one of the program may be gone through before calls are no longer told apart.
const PATIENCE: usize = 60;

/// What a check has found.
#[derive(Debug, Default)]
pub struct Checked {
    /// What is wrong, in no particular order.
    pub diagnostics: Vec<Diagnostic>,
    /// What was found out, if that was wanted.
    pub facts: Option<Facts>,
}

/// A module as the checker needs it.
struct Context<'a> {
    module: &'a Module,
    resolution: &'a Resolution,
    /// By variable: its place among those of its body.
    places: Vec<u32>,
    /// By body: the places of the variables of outer bodies that it uses and no inner body changes.
    captured: Vec<Vec<(VariableId, u32)>>,
    /// By body: how many places it has.
    counts: Vec<u32>,
    /// By body: the function that it is of, once that was met.
    function_of: Vec<Option<FunctionId>>,
}

/// A variable that several bodies use: what it is given in all places together.
#[derive(Clone, Copy, Debug)]
struct Shared {
    value: Value,
    read: bool,
}

/// The state of a check.
struct Checker<'a> {
    modules: Vec<Context<'a>>,
    catalog: &'a Catalog,
    exports: &'a ExportTable,
    info: &'a PatternInfo,
    config: Config,
    landmarks: Landmarks,
    types: Types,
    signatures: Signatures<'a>,
    /// In the order in which they were met.
    functions: Vec<FunctionInfo<'a>>,
    /// By module and variable: those that are used outside their own bodies.
    shared: Vec<Vec<Shared>>,
    /// By the number of the export.
    exported: Vec<Value>,
    /// What `input` is.
    input: Value,
    /// The runs of bodies that are being gone through, each called by the one before.
    frames: Vec<Frame>,
    /// What calls gave in this round.
    results: HashMap<(FunctionId, Bound), Value>,
    round: u32,
    /// Whether something has changed that was already used in this round.
    changed: bool,
    /// While above 0 nothing is said: what is gone through is only tried.
    quiet: u32,
    wants_facts: bool,
    /// How many calls were told in general, since they could not be gone through.
    generalized: u32,
    steps: usize,
    most_steps: usize,
    diagnostics: Vec<Diagnostic>,
    /// Callbacks that were gone through where they stand, in this round.
    inlined: Vec<FunctionId>,
    /// Declared names by place.
    declared: Vec<(Span, &'a Name, Value)>,
    /// Calls that ask agents or models.
    asked: Asked,
    /// Whether a loop was met that goes through no collection.
    has_open_loops: bool,
    approximations: HashSet<Approximation>,
    /// Expressions that take a value and leave its confidence behind, by module and node.
    drops: HashSet<(u32, NodeId)>,
    /// Where what the program gives is written, with what that is.
    program_results: Vec<(&'a Expr, Value)>,
    /// What an agent's answer is.
    answer: Value,
}

/// Checks all modules of a program, in the order in which they run.
pub fn check(
    modules: &[ResolvedModule],
    exports: &ExportTable,
    catalog: &Catalog,
    info: &PatternInfo,
    wants_facts: bool,
) -> Checked {
    let mut checker = Checker::new(modules, exports, catalog, info);
    checker.wants_facts = wants_facts;
    checker.run();
    checker.finish()
}

impl<'a> Checker<'a> {
    fn new(
        modules: &'a [ResolvedModule],
        exports: &'a ExportTable,
        catalog: &'a Catalog,
        info: &'a PatternInfo,
    ) -> Checker<'a> {
        let contexts: Vec<Context> = modules.iter().map(Context::new).collect();
        let landmarks: Vec<f64> =
            modules.iter().flat_map(|module| module.resolution.fractions.iter().copied()).collect();
        let nodes: usize = contexts.iter().map(|context| context.module.node_count as usize).sum();
        let shared = |context: &Context| vec![Shared { value: Value::NEVER, read: false }; context.places.len()];
        let algebra = info.confidence.as_deref().and_then(Algebra::parse).unwrap_or_default();
        let mut checker = Checker {
            shared: contexts.iter().map(shared).collect(),
            modules: contexts,
            catalog,
            exports,
            info,
            config: algebra.into(),
            landmarks: Landmarks::new(landmarks),
            types: Types::new(),
            signatures: Signatures::default(),
            // Most bodies are functions'.
            functions: Vec::with_capacity(modules.iter().map(|module| module.resolution.bodies.len()).sum()),
            exported: vec![Value::ANY; exports.slots as usize],
            input: Value::ANY,
            frames: Vec::new(),
            results: HashMap::default(),
            round: 0,
            changed: false,
            quiet: 0,
            wants_facts: false,
            generalized: 0,
            steps: 0,
            most_steps: nodes * PATIENCE + 10_000,
            diagnostics: Vec::new(),
            inlined: Vec::new(),
            declared: Vec::new(),
            asked: Asked::default(),
            has_open_loops: false,
            approximations: HashSet::default(),
            drops: HashSet::default(),
            program_results: Vec::new(),
            answer: Value::ANSWER,
        };
        checker.input = checker.input_value();
        checker.expect_answers();
        checker
    }

    /// Repeats the whole until nothing changes that was already used.
    fn run(&mut self) {
        for round in 0..MAX_ROUNDS {
            self.round = round;
            self.changed = false;
            self.results.clear();
            self.diagnostics.clear();
            self.inlined.clear();
            self.declared.clear();
            self.asked = Asked::default();
            self.drops.clear();
            self.approximations.clear();
            self.program_results.clear();
            self.shared.iter_mut().flatten().for_each(|shared| shared.read = false);
            self.begin_round();
            for module in 0..self.modules.len() {
                self.run_module(module as u32);
            }
            self.open_escaped();
            // Going through one may meet others.
            let mut next = 0;
            while next < self.functions.len() {
                self.finish_function(FunctionId(next as u32));
                self.open_escaped();
                next += 1;
            }
            if !self.changed {
                return;
            }
        }
        // It did not settle: nothing is certain enough to be told.
        self.diagnostics.clear();
        if let Some(span) = self.modules.last().and_then(|context| context.module.body.first()).map(|stmt| stmt.span) {
            self.approximations.insert(Approximation { span, reason: Reason::Program });
        }
    }

    fn run_module(&mut self, module: u32) {
        let context = &self.modules[module as usize];
        let (tree, resolution) = (context.module, context.resolution);
        let is_program = module as usize + 1 == self.modules.len();
        self.push_frame(module, BodyId(0), None, is_program);
        for (earlier, _) in &resolution.shared.earlier {
            self.write_variable(*earlier, Value::ANY);
        }
        let last = self.run_stmts(&tree.body);
        if is_program {
            self.note_program_result(&tree.body, last);
        }
        // What a module that ends by a `return` has not come to is null to others.
        let leaves_early = !is_program && !self.frame().returned.is_never();
        if leaves_early {
            self.blank_variables(module);
        }
        for export in &resolution.exports {
            if let ExportSource::Variable(variable) = export.source {
                let mut value = self.read_variable(variable);
                if leaves_early {
                    value = self.types.join_values(value, Value::NULL);
                }
                self.set_export(export.slot, value);
            }
        }
        for (own, _) in &resolution.shared.own {
            let value = self.read_variable(*own);
            self.types.escape(value.ty);
        }
        self.pop_frame();
    }

    /// What others may import, they may call with whatever.
    fn set_export(&mut self, slot: u32, value: Value) {
        self.types.escape(value.ty);
        if let Some(exported) = self.exported.get_mut(slot as usize) {
            *exported = value;
        }
    }

    /// What agents answer is what the pattern expects of them.
    fn expect_answers(&mut self) {
        let Some(entry) = self.modules.last() else { return };
        if let Some(fields) =
            entry.module.body.iter().find_map(PatternDecl::of).and_then(|pattern| pattern.expects.as_ref())
        {
            self.answer = self.expected_answer(fields);
        }
    }

    /// Says what is wrong, unless nothing gets here or this is only tried.
    fn say(&mut self, diagnostic: Diagnostic) {
        if self.quiet == 0 && !self.frame().state.dead {
            self.diagnostics.push(diagnostic);
        }
    }

    /// Whether so much was gone through that calls are no longer told apart.
    fn is_tired(&self) -> bool {
        self.steps > self.most_steps
    }

    fn resolution(&self) -> &'a Resolution {
        self.modules[self.frame().module as usize].resolution
    }

    /// Notes what a name is right after it is declared.
    fn note_declared(&mut self, ident: &'a Ident, value: Value) {
        self.note_assigned(&ident.name, ident.span, value);
    }

    /// The same of a name that is declared by being assigned.
    fn note_assigned(&mut self, name: &'a Name, at: Span, value: Value) {
        if self.quiet == 0 && self.wants_facts {
            self.declared.push((at, name, value));
        }
    }

    /// What holds in the end.
    fn finish(mut self) -> Checked {
        self.judge_results();
        self.forget_silent();
        if self.has_open_loops && self.asked.any() {
            self.judge_loops();
        }
        let facts = self.wants_facts.then(|| self.facts());
        Checked { diagnostics: self.diagnostics, facts }
    }
}

impl<'a> Context<'a> {
    fn new(resolved: &'a ResolvedModule) -> Context<'a> {
        let resolution = &resolved.resolution;
        let mut counts = vec![0; resolution.bodies.len()];
        let mut next = |body: BodyId| {
            let count = &mut counts[body.0 as usize];
            *count += 1;
            *count
        };
        let places = resolution.variables.iter().map(|variable| next(variable.body)).collect();
        let mut captured = Vec::with_capacity(resolution.bodies.len());
        for (at, body) in resolution.bodies.iter().enumerate() {
            let own = body.captures.iter().filter(|variable| !resolution.variable(**variable).shared);
            captured.push(own.map(|variable| (*variable, next(BodyId(at as u32)))).collect());
        }
        let function_of = vec![None; resolution.bodies.len()];
        Context { module: &resolved.module, resolution, places, captured, counts, function_of }
    }

    /// The place that a body keeps a variable in: one of its own, or one that it sees and that only its own body changes.
    fn place_in(&self, variable: VariableId, body: BodyId) -> Option<usize> {
        if self.resolution.variable(variable).body == body {
            return Some(self.places[variable.0 as usize] as usize);
        }
        let captured = self.captured[body.0 as usize].iter();
        captured.copied().find(|(one, _)| *one == variable).map(|(_, place)| place as usize)
    }
}
