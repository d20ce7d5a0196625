//! How variables are used: by which bodies, how often, and whether a use may come before the declaration has run.
//!
//! The binder walks a module in the order in which it would run and reports each event here; a clock numbers them.
//! What a body does happens at the earliest when the body is made. A declared function is made when its block begins,
//! but can run only once code outside the block's functions has used the name of one of them.

use super::{BodyId, BodyInfo, Resolution, Variable, VariableId, VariableKind};
use crate::ast::Name;
use crate::hash::HashSet;
use prism_diagnostics::Span;

/// A moment of the walk.
type Moment = u32;

const NEVER: Moment = Moment::MAX;

/// The number of a block that declares functions.
pub(super) type HoistId = u32;

/// A block that declares functions: they exist from its beginning on.
struct Hoist {
    begins: Moment,
    /// When code outside these functions first uses the name of one of them: none of them runs earlier.
    first_use: Moment,
}

/// What a use of a variable is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Use {
    Read,
    Write,
}

/// A use that comes before the declaration.
pub(super) struct TooEarly;

#[derive(Default)]
struct VariableTrack {
    /// When it got its first value; none before.
    initialized: Option<Moment>,
    /// Of a declared function: its block.
    hoist: Option<HoistId>,
    constant: bool,
    early_reported: bool,
}

struct BodyTrack {
    /// Of a declared function: its block.
    hoist: Option<HoistId>,
    /// Whether it runs where it stands, as the blocks of `parallel` and `race` do.
    inline: bool,
    captured: HashSet<VariableId>,
}

/// How a body comes to run.
#[derive(Clone, Copy)]
pub(super) enum Made {
    /// A declared function: made when its block begins.
    Hoisted(VariableId),
    /// A lambda or function without a name: made where it stands, to be called later.
    Here,
    /// Made where it stands, and run at once.
    Inline,
}

/// Where a variable is used, seen from the body that it lives in.
#[derive(Clone, Copy)]
struct Inside {
    /// The outermost body around the use that is inside the variable's own.
    outermost: BodyId,
    /// Whether all bodies between run where they stand.
    inline: bool,
}

/// The events of one module so far.
pub(super) struct Usage {
    clock: Moment,
    variables: Vec<VariableTrack>,
    bodies: Vec<BodyTrack>,
    hoists: Vec<Hoist>,
    /// Uses in declared functions, to be judged when it is known how early these may run.
    undecided: Vec<(VariableId, HoistId)>,
}

impl Usage {
    /// No events yet, of a module with that many nodes.
    pub fn new(node_count: u32) -> Usage {
        Usage {
            clock: 0,
            variables: Vec::with_capacity(super::usual_variables(node_count)),
            bodies: Vec::with_capacity(super::usual_bodies(node_count)),
            hoists: Vec::new(),
            undecided: Vec::new(),
        }
    }

    fn tick(&mut self) -> Moment {
        self.clock += 1;
        self.clock
    }

    fn track(&mut self, variable: VariableId) -> &mut VariableTrack {
        &mut self.variables[variable.0 as usize]
    }

    /// A new variable. An implicit one is null from its body's beginning on, the others have no value yet.
    pub fn declare(
        &mut self,
        out: &mut Resolution,
        name: &Name,
        kind: VariableKind,
        declared: Span,
        body: BodyId,
    ) -> VariableId {
        let id = VariableId(out.variables.len() as u32);
        let name = name.clone();
        out.variables.push(Variable {
            name,
            kind,
            declared,
            body,
            captured: false,
            assignments: 0,
            shared: false,
            check_init: false,
            reads: 0,
        });
        let initialized = (kind == VariableKind::Implicit).then_some(0);
        let constant = kind == VariableKind::Const;
        self.variables.push(VariableTrack { initialized, constant, ..VariableTrack::default() });
        id
    }

    /// Makes a name of a loop's header a constant.
    pub fn set_constant(&mut self, variable: VariableId) {
        self.track(variable).constant = true;
    }

    /// Whether the variable may not be assigned anew.
    pub fn is_constant(&self, variable: VariableId) -> bool {
        self.variables[variable.0 as usize].constant
    }

    /// The functions of a block exist from now on.
    pub fn hoist(&mut self) -> HoistId {
        let begins = self.tick();
        self.hoists.push(Hoist { begins, first_use: NEVER });
        self.hoists.len() as HoistId - 1
    }

    /// A declared function is made and its name gets it.
    pub fn make_function(&mut self, out: &mut Resolution, variable: VariableId, hoist: HoistId) {
        self.track(variable).hoist = Some(hoist);
        self.initialize(out, variable);
    }

    /// A variable gets its first value.
    pub fn initialize(&mut self, out: &mut Resolution, variable: VariableId) {
        let now = self.tick();
        self.track(variable).initialized = Some(now);
        out.variables[variable.0 as usize].assignments += 1;
    }

    /// A variable is about to get a function that runs only when it has it: uses in there are not early.
    pub fn expect(&mut self, variable: VariableId) {
        let now = self.tick();
        self.track(variable).initialized.get_or_insert(now);
    }

    /// A new body inside `parent`.
    pub fn open_body(&mut self, out: &mut Resolution, parent: Option<BodyId>, made: Made) -> BodyId {
        let hoist = match made {
            Made::Hoisted(function) => self.track(function).hoist,
            Made::Here | Made::Inline => None,
        };
        let inline = matches!(made, Made::Inline);
        self.bodies.push(BodyTrack { hoist, inline, captured: HashSet::default() });
        out.bodies.push(BodyInfo { parent, captures: Vec::new(), implicit: Vec::new() });
        BodyId(out.bodies.len() as u32 - 1)
    }

    /// A use of a variable in a body.
    ///
    /// # Errors
    /// If the declaration can't have run yet; only the first time for a variable.
    pub fn note(
        &mut self,
        out: &mut Resolution,
        variable: VariableId,
        body: BodyId,
        usage: Use,
    ) -> Result<(), TooEarly> {
        let inside = self.capture(out, variable, body);
        let facts = &mut out.variables[variable.0 as usize];
        facts.captured |= inside.is_some();
        match usage {
            Use::Read => facts.reads += 1,
            Use::Write => {
                facts.assignments += 1;
                facts.shared |= inside.is_some();
            }
        }
        self.note_function(variable, inside);
        if self.may_have_run(facts, variable, inside)
            || std::mem::replace(&mut self.track(variable).early_reported, true)
        {
            Ok(())
        } else {
            Err(TooEarly)
        }
    }

    /// Puts the variable among the captures of all bodies from `body` out to its own.
    fn capture(&mut self, out: &mut Resolution, variable: VariableId, body: BodyId) -> Option<Inside> {
        let home = out.variable(variable).body;
        let (mut at, mut inside) = (body, None::<Inside>);
        while at != home {
            let track = &mut self.bodies[at.0 as usize];
            if track.captured.insert(variable) {
                out.bodies[at.0 as usize].captures.push(variable);
            }
            let inline = track.inline && inside.is_none_or(|inside| inside.inline);
            inside = Some(Inside { outermost: at, inline });
            at = out.body(at).parent?;
        }
        inside
    }

    /// If the variable is a declared function: from now on it, and the others of its block, may run.
    fn note_function(&mut self, variable: VariableId, inside: Option<Inside>) {
        let Some(hoist) = self.track(variable).hoist else { return };
        let now = match inside.and_then(|inside| self.bodies[inside.outermost.0 as usize].hoist) {
            Some(own) if own == hoist => return,
            Some(other) => self.hoists[other as usize].begins,
            None => self.clock,
        };
        let first_use = &mut self.hoists[hoist as usize].first_use;
        *first_use = now.min(*first_use);
    }

    /// Whether the declaration may have run; where that is open, reads will check.
    fn may_have_run(&mut self, facts: &mut Variable, variable: VariableId, inside: Option<Inside>) -> bool {
        let initialized = self.track(variable).initialized.is_some();
        match inside {
            Some(Inside { outermost, inline: false }) if facts.kind != VariableKind::Parameter => {
                match self.bodies[outermost.0 as usize].hoist {
                    Some(hoist) => self.undecided.push((variable, hoist)),
                    None => facts.check_init |= !initialized,
                }
                true
            }
            _ => initialized,
        }
    }

    /// Settles what only the whole module could tell.
    pub fn finish(self, out: &mut Resolution) {
        for (variable, hoist) in self.undecided {
            let initialized = self.variables[variable.0 as usize].initialized.unwrap_or(NEVER);
            if self.hoists[hoist as usize].first_use < initialized {
                out.variables[variable.0 as usize].check_init = true;
            }
        }
    }
}
