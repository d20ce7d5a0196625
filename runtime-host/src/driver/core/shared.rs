//! What a run may use, shared by all its machines. Each keeps to what is left when it begins; what they use together is
//! compared with the limits after every slice.

use super::{Core, MachineId};
use prism_vm::limits::{Limits, Stop};
use prism_vm::machine::Usage;

impl Core<'_> {
    /// What all machines together have used.
    pub(super) fn used(&self) -> Usage {
        self.machines.values().map(|slot| slot.machine.usage()).fold(self.past, |sum, usage| Usage {
            steps: sum.steps + usage.steps,
            dispatches: sum.dispatches + usage.dispatches,
            tasks: sum.tasks + usage.tasks,
            memory: sum.memory + usage.memory,
            peak_memory: sum.peak_memory + usage.peak_memory,
        })
    }

    /// The memory that a machine may use, since others of the run use the rest.
    pub(super) fn room_of(&self, id: MachineId) -> usize {
        let others = self.machines.iter().filter(|(other, _)| **other != id);
        let used: usize = others.map(|(_, slot)| slot.machine.usage().memory).sum();
        self.setting.options.limits.memory.saturating_sub(used)
    }

    /// What is left for one machine more.
    pub(super) fn remaining(&self) -> Limits {
        let (limits, used) = (self.setting.options.limits, self.used());
        Limits {
            fuel: limits.fuel.saturating_sub(used.steps),
            memory: limits.memory.saturating_sub(used.memory),
            depth: limits.depth,
            output: limits.output.saturating_sub(self.record.printed_bytes()),
            tasks: limits.tasks.saturating_sub(used.tasks),
            dispatches: limits.dispatches.saturating_sub(used.dispatches),
        }
    }

    /// The limit that the machines have reached together.
    pub(super) fn overrun(&mut self) -> Option<Stop> {
        let (limits, used) = (self.setting.options.limits, self.used());
        self.peak_memory = self.peak_memory.max(used.peak_memory);
        [
            (used.steps > limits.fuel, Stop::Fuel),
            (used.memory > limits.memory, Stop::Memory),
            (self.record.printed_bytes() > limits.output, Stop::Output),
            (used.tasks > limits.tasks, Stop::Tasks),
            (used.dispatches > limits.dispatches, Stop::Dispatches),
        ]
        .into_iter()
        .find_map(|(over, stop)| over.then_some(stop))
    }
}
