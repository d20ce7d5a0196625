//! A machine that stays while its program grows: heap, slots and ledger are kept, and the next run is that of the modules
//! that came along. Limits count anew for each run; memory counts what earlier ones have left, too.
//!
//! A session's variables live in cells that stand in slots. What becomes of names, and which slots they mean, is the
//! compiler's affair.

use super::code::{Loaded, Origin, Unit};
use super::{Machine, is_min_untraced};
use crate::limits::{Limits, Stop};
use crate::raise::Raise;
use crate::runtime::Runtime;
use crate::value::Value;
use crate::value::heap::lift_doom;
use prism_bytecode::{FunctionId, Program};
use prism_confidence::Config;
use prism_diagnostics::SourceMap;
use std::rc::Rc;
use std::sync::Arc;

/// What a machine goes on with.
#[derive(Clone, Debug)]
pub struct Extension {
    /// The program, verified. It begins with all that the machine has: functions, constants, modules, slots.
    pub program: Arc<Program>,
    /// Its texts.
    pub sources: SourceMap,
    /// What the next run may use.
    pub limits: Limits,
    /// The confidence rules of the next run.
    pub config: Config,
}

impl Machine {
    /// Readies the machine to run the modules that are new in this program. What the last run has left unfinished is
    /// cancelled.
    pub fn extend(&mut self, extension: Extension) {
        self.inside(|machine| machine.grow(extension));
    }

    fn grow(&mut self, Extension { program, sources, limits, config }: Extension) {
        if self.started && self.outcome.is_none() {
            self.halt(Stop::Cancelled, None);
        }
        self.first_module = self.program_unit.program.modules.len();
        let known = self.program_unit.program.functions.len();
        let unit = Unit::new(Arc::clone(&program), self.program_unit.first);
        let before = std::mem::replace(&mut self.program_unit, unit);
        for (slot, value) in self.program_unit.exports.iter_mut().zip(before.exports) {
            *slot = value;
        }
        // Compiled code has addresses of what the program before had.
        self.jit = None;
        // Nothing runs, so each function has one handle: none keeps the program before alive.
        for loaded in self.functions.iter_mut().filter(|loaded| loaded.origin == Origin::Program) {
            if let Some(loaded) = Rc::get_mut(loaded) {
                loaded.belong_to(&self.program_unit, self.settings.jit);
            }
        }
        for (id, function) in (0..).map(FunctionId).zip(&program.functions).skip(known) {
            let loaded = Loaded::new(&self.program_unit, Origin::Program, id, function, self.settings.jit);
            self.functions.push(Rc::new(loaded));
            self.runtime.function_names.push(function.name.clone());
        }
        self.settings.sources = sources;
        (self.settings.limits, self.settings.config) = (limits, config);
        self.min_untraced = is_min_untraced(&self.settings);
        self.runtime.begin(config, limits);
        self.forget_run();
    }

    /// Forgets what belongs to one run alone.
    fn forget_run(&mut self) {
        (self.started, self.asking, self.stopped, self.outcome) = (false, None, None, None);
        self.refused = None;
        lift_doom();
        self.gathered = [None, None];
        self.metadata = Value::NULL;
        self.warnings.clear();
        self.effects.clear();
        self.first.clear();
        self.ready.clear();
        self.waiters.clear();
        self.watchers.clear();
        (self.dispatches, self.first_task) = (0, self.next_task);
        self.peak = 0;
    }

    /// How many of the program's modules have run to their end, those of earlier runs included.
    pub fn finished_modules(&self) -> usize {
        self.finished_modules.max(self.first_module)
    }

    /// Reads the variable of a session whose cell stands in that slot; `None` if there is none, or its declaration has
    /// not run.
    pub fn variable<R>(&mut self, slot: u32, read: impl FnOnce(&Runtime, &Value) -> R) -> Option<R> {
        self.inside(|machine| {
            let value = machine.program_unit.exports.get(slot as usize)?.as_cell()?.get();
            (!value.is_uninit()).then(|| read(&machine.runtime, &value))
        })
    }

    /// Empties a slot: closures that share its variable keep it.
    pub fn release(&mut self, slot: u32) {
        self.inside(|machine| {
            if let Some(held) = machine.program_unit.exports.get_mut(slot as usize) {
                *held = Value::NULL;
            }
        });
    }

    /// Waits for tasks that variables of a session hold: when the run ends, those that still go on are cancelled, and
    /// later runs could only find them failed. A task that has failed by itself is no fault of the run.
    pub(super) fn settle_shared(&mut self) -> Result<(), Raise> {
        for slot in 0..self.program_unit.exports.len() {
            if self.running.is_empty() && self.ops.is_empty() {
                break;
            }
            let Some(value) = self.program_unit.exports[slot].as_cell().map(|cell| cell.get()) else { continue };
            if !value.is_uninit()
                && let Err(raise @ (Raise::Wait(_) | Raise::Stop(_))) = self.settled_deep(&value)
            {
                return Err(raise);
            }
        }
        Ok(())
    }
}
