//! What a machine has beside fibers and tasks: its rules, its ledger, its exports, what it counts.

use super::super::{Machine, Settings};
use super::read::Reader;
use super::write::{Writer, confidence};
use super::{Read, SnapshotError};
use crate::confidence::{Conf, Ledger, Provenance};
use crate::value::Task;
use prism_bytecode::codec::{Decoder, Encoder, Malformed};
use prism_confidence::{Combination, Confidence, Config, Gate, GateFailure, Rule};

/// The highest that a counter of the machine may stand at, so that none overflows.
const HIGHEST: u64 = 1 << 62;

pub(super) fn write_rules(out: &mut Encoder, machine: &Machine) {
    let Config { arithmetic, comparison, and, or, chain, ternary, call, parallel, coalesce_threshold, gate } =
        machine.settings.config;
    for combination in [arithmetic, comparison, and, or, chain, ternary, call, parallel] {
        out.size(combination as usize);
    }
    [coalesce_threshold, gate.threshold, gate.factor].iter().for_each(|number| out.double(number.get()));
    out.size(gate.failure as usize);
    out.number(machine.settings.seed);
    out.bool(machine.settings.trace);
}

pub(super) fn read_rules(input: &mut Decoder<'_>, settings: Settings) -> Result<Settings, Malformed> {
    let mut combination = || input.one_of(Combination::ALL);
    let (arithmetic, comparison, and, or) = (combination()?, combination()?, combination()?, combination()?);
    let (chain, ternary, call, parallel) = (combination()?, combination()?, combination()?, combination()?);
    let mut number = || Confidence::new(input.double()?).ok_or_else(|| input.fault("no confidence"));
    let (coalesce_threshold, threshold, factor) = (number()?, number()?, number()?);
    let gate = Gate { threshold, factor, failure: input.one_of(GateFailure::ALL)? };
    let config = Config { arithmetic, comparison, and, or, chain, ternary, call, parallel, coalesce_threshold, gate };
    Ok(Settings { config, seed: input.number()?, trace: input.bool()?, ..settings })
}

pub(super) fn write_ledger(out: &mut Encoder, machine: &Machine) {
    let Some(ledger) = &machine.ledger else { return };
    out.list(ledger.entries().iter(), |out, entry| {
        let Provenance { confidence, rule, note, inputs, span } = entry;
        out.double(*confidence);
        out.size(*rule as usize);
        out.option(note.as_deref(), Encoder::text);
        out.list(inputs.iter(), |out, input| self::confidence(out, *input));
        out.span(*span);
    });
    out.span(ledger.place());
}

/// The ledger of a run that is traced.
pub(super) fn read_ledger(reader: &mut Reader<'_, '_>) -> Read<Option<Ledger>> {
    if !reader.machine.settings.trace {
        return Ok(None);
    }
    let mut ledger = Ledger::default();
    for _ in 0..reader.input.count()? {
        let number = reader.input.double()?;
        if !(0.0..=1.0).contains(&number) {
            return Err(reader.input.fault("no confidence").into());
        }
        let rule = reader.input.one_of(Rule::ALL)?;
        let note = reader.input.option(Decoder::text)?.map(Into::into);
        let count = reader.input.count()?;
        reader.room(count.saturating_mul(size_of::<Conf>()))?;
        // What went in was there before.
        let inputs = (0..count).map(|_| reader.confidence()).collect::<Read<_>>()?;
        let entry = Provenance { confidence: number, rule, note, inputs, span: reader.input.span()? };
        if !ledger.enter(entry) {
            return Err(SnapshotError::Limit { what: "memory" });
        }
        reader.tickets += 1;
    }
    ledger.go_to(reader.input.span()?);
    Ok(Some(ledger))
}

pub(super) fn write(writer: &mut Writer<'_>) {
    let machine = writer.machine;
    for unit in [&machine.library_unit, &machine.program_unit] {
        writer.values(&unit.exports);
    }
    writer.value(&machine.input);
    writer.value(&machine.agent_list);
    for task in &machine.gathered {
        writer.optional_handle(task.as_ref());
    }
    writer.out.list(machine.warnings.iter(), |out, line| out.text(line));
    writer.value(&machine.metadata);
    let (printed, kept) = machine.runtime.counted();
    let used = machine.runtime.limits.fuel - machine.runtime.fuel;
    let counters = [used, printed as u64, kept as u64, machine.peak as u64, machine.copies, machine.dispatches];
    let numbers = [machine.next_op, machine.next_task, machine.first_task, machine.next_fiber];
    let modules = [machine.first_module as u64, machine.finished_modules as u64];
    let all = counters.iter().chain(&numbers).chain(&modules);
    all.for_each(|number| writer.out.number(*number));
    // Of all 64 bits each is likely.
    writer.out.double(f64::from_bits(machine.random));
    writer.out.bool(machine.started);
    writer.out.option(machine.asking, |out, op| out.number(op.0));
}

pub(super) fn read(reader: &mut Reader<'_, '_>) -> Read<()> {
    for library in [true, false] {
        let exports = reader.slots()?;
        let machine = &mut *reader.machine;
        let unit = if library { &mut machine.library_unit } else { &mut machine.program_unit };
        if unit.exports.len() != exports.len() {
            return Err(reader.input.fault("not the program's number of exports").into());
        }
        unit.exports = exports;
    }
    reader.machine.input = reader.value()?;
    reader.machine.agent_list = reader.value()?;
    reader.machine.gathered = [reader.optional_handle::<Task>()?, reader.optional_handle::<Task>()?];
    for _ in 0..reader.input.count()? {
        let line = reader.input.text()?;
        reader.room(line.len())?;
        reader.machine.warnings.push(line.to_owned());
    }
    reader.machine.metadata = reader.value()?;
    let used = counter(reader)?;
    let (printed, kept, peak) = (counter(reader)? as usize, counter(reader)? as usize, counter(reader)? as usize);
    reader.room(kept)?;
    reader.machine.runtime.count(printed, kept);
    reader.machine.runtime.fuel = reader.machine.runtime.limits.fuel.saturating_sub(used);
    reader.machine.peak = peak;
    reader.machine.copies = counter(reader)?;
    reader.machine.dispatches = counter(reader)?;
    reader.machine.next_op = counter(reader)?;
    reader.machine.next_task = counter(reader)?;
    reader.machine.first_task = counter(reader)?;
    reader.machine.next_fiber = counter(reader)?;
    // One past the last is where a session begins that has run them all.
    let modules = reader.machine.program_unit.program.modules.len() + 1;
    reader.machine.first_module = reader.input.index(modules)?;
    reader.machine.finished_modules = reader.input.index(modules)?;
    if reader.machine.first_task > reader.machine.next_task {
        return Err(reader.input.fault("the first task is none of those that were started").into());
    }
    reader.machine.random = reader.input.double()?.to_bits();
    reader.machine.started = reader.input.bool()?;
    reader.machine.asking = reader.input.option(|input| input.number().map(super::OpId))?;
    Ok(())
}

fn counter(reader: &mut Reader<'_, '_>) -> Read<u64> {
    let number = reader.input.number()?;
    if number < HIGHEST { Ok(number) } else { Err(reader.input.fault("a counter that stands too high").into()) }
}
