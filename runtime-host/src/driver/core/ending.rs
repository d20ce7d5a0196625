//! How machines end: by themselves, with the run, or because nobody needs them any more.

use super::{Action, Core, MachineId, Now, Slot};
use crate::clock::Ticket;
use crate::driver::exchange::{self, Ended};
use crate::explain::{Explanation, explain};
use prism_confidence::Rule;
use prism_diagnostics::Code;
use prism_engine::Portable;
use prism_vm::confidence::Conf;
use prism_vm::limits::Stop;
use prism_vm::machine::{OpId, Outcome, Response};
use std::time::Duration;

impl<'m> Core<'m> {
    pub(super) fn cancel(&mut self, id: MachineId, op: OpId, elapsed: Duration) {
        if let Some(&ticket) = self.tickets.get(&(id, op)) {
            self.forget(ticket, elapsed);
        }
        let child = self.machines.iter().find(|(_, slot)| slot.parent == Some((id, op)));
        if let Some(child) = child.map(|(child, _)| *child) {
            self.remove(child, elapsed);
        }
    }

    fn forget(&mut self, ticket: Ticket, elapsed: Duration) {
        let Some(open) = self.close(ticket) else { return };
        if let Some((call, _)) = open.call {
            self.record.cancelled(call, elapsed);
        }
        self.actions.push(Action::Forget(ticket));
    }

    /// Drops a machine with everything that it started and that is not over.
    pub(super) fn remove(&mut self, id: MachineId, elapsed: Duration) -> Option<Slot<'m>> {
        let slot = self.machines.remove(&id)?;
        let usage = slot.machine.usage();
        self.past.steps += usage.steps;
        self.past.dispatches += usage.dispatches;
        self.past.tasks += usage.tasks;
        let open: Vec<_> = self.open.iter().filter(|(_, open)| open.machine == id).map(|(ticket, _)| *ticket).collect();
        for ticket in open {
            self.forget(ticket, elapsed);
        }
        let is_child = |slot: &Slot<'_>| slot.parent.is_some_and(|(parent, _)| parent == id);
        let children: Vec<_> = self.machines.iter().filter(|(_, slot)| is_child(slot)).map(|(id, _)| *id).collect();
        for child in children {
            self.remove(child, elapsed);
        }
        Some(slot)
    }

    pub(super) fn done(&mut self, id: MachineId, outcome: Outcome, now: Now) {
        let Some(mut slot) = self.remove(id, now.elapsed) else { return };
        match slot.parent {
            None => {
                let mut ended = exchange::read_outcome(&mut slot.machine, outcome, exchange::for_report);
                let explanation = self.judge(&slot, &mut ended);
                self.ended = Some((ended, explanation));
            }
            Some((parent, op)) => {
                let mut ended = exchange::read_outcome(&mut slot.machine, outcome, exchange::for_machine);
                let explanation = self.judge(&slot, &mut ended);
                let who = format!("pattern `{}`", slot.pattern.name());
                // Its memory is its parent's again.
                drop(slot);
                self.hand_up(parent, op, &who, ended, explanation);
            }
        }
    }

    /// Adds what the host has to say of a result, and explains its confidence where that was traced.
    fn judge<T>(&self, slot: &Slot<'_>, ended: &mut Ended<T>) -> Option<Explanation> {
        ended.result.as_ref().ok()?;
        ended.warnings.extend(slot.pattern.doubt(ended.confidence));
        let tree =
            explain(slot.machine.ledger()?, ended.conf, ended.confidence?, slot.pattern.sources(), &self.explanations);
        Some(tree)
    }

    /// Gives what came of a pattern to the machine that ran it.
    fn hand_up(&mut self, parent: MachineId, op: OpId, who: &str, ended: Ended<Portable>, tree: Option<Explanation>) {
        for warning in ended.warnings {
            self.record.warn(format!("{who}: {warning}"));
        }
        match ended.result {
            Ok(value) => {
                let note = format!("{who}, request {} of machine {}", op.0, parent.0);
                let conf = |number| Conf::derive_noted(number, Rule::Reported, &[], Some(&note));
                self.explanations.extend(tree.map(|tree| (note.clone(), tree)));
                self.respond(parent, op, |runtime| Response::Value(value.put_in(runtime, &conf)));
            }
            Err(failed) => match limit(failed.code) {
                Some(stop) => self.stop(stop),
                None => self.respond(parent, op, |runtime| exchange::raised(runtime, failed)),
            },
        }
    }
}

/// The limit that a pattern failed for, if it is one of the whole run: nothing in the program can catch it. Depth and
/// deadline are a machine's own.
fn limit(code: Code) -> Option<Stop> {
    let stops = [Stop::Fuel, Stop::Memory, Stop::Output, Stop::Tasks, Stop::Dispatches, Stop::Budget];
    stops.into_iter().find(|stop| stop.code() == code)
}
