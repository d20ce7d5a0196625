//! Making code: for what registers hold just then, as often as what is assumed of them needs it.

use super::context::{Made, Site, Why};
use super::translate::{self, Failure, Observed, Part, Source, Translator};
use super::{Body, Jit, flow, worth};
use crate::machine::{Fiber, JitMode, Machine};
use crate::value::Value;
use foldhash::{HashMap, HashMapExt};

/// A function is compiled so often at most.
const MOST_TIMES: u32 = 8;
/// A translation is begun anew so often at most: each time a loop's head is widened, of which there are few ways.
const MOST_ATTEMPTS: u32 = 16;
/// Entries where registers were something else before a loop is compiled anew.
const MISSES: u32 = 3;

impl Jit {
    /// Compiles a function or loop for what its registers hold now.
    pub(super) fn compile(&mut self, machine: &Machine, fiber: &Fiber, number: u32, part: Part) {
        let before = self.code.bytes();
        let code = self.translated(machine, fiber, number, part);
        let bytes = self.code.bytes() - before;
        self.budget.made(bytes);
        if let (Some(made), Part::Function) = (&code, part) {
            self.entries[number as usize].set(made);
        }
        let checks = self.checks(machine, fiber, number, part);
        let code = code.map(|made| made.boxed);
        let body = Body { code, checks, bytes, ..Body::default() };
        self.bodies.insert((number, part), body);
    }

    /// What a loop's registers must be where it is entered: as they are now.
    fn checks(&self, machine: &Machine, fiber: &Fiber, number: u32, part: Part) -> Vec<(usize, Observed)> {
        let (Part::Loop(head), Some(frame)) = (part, fiber.frames.last()) else { return Vec::new() };
        let function = &machine.functions[number as usize];
        let flow = flow::of(machine, function);
        let registers = fiber.stack[frame.base..].iter().take(function.registers as usize).enumerate();
        let check = |(reg, value): (usize, &Value)| match self.observe(machine, (number, part, reg), value) {
            Observed::Anything => None,
            Observed::Text | Observed::Idle if flow.is_live(head as usize, reg) => None,
            _ if !flow.is_live(head as usize, reg) => Some((reg, Observed::Uncounted)),
            Observed::Uncounted => None,
            observed => Some((reg, observed)),
        };
        registers.filter_map(check).collect()
    }

    /// What a register is taken to hold where a body is entered.
    fn observe(&self, machine: &Machine, register: (u32, Part, usize), value: &Value) -> Observed {
        if self.mixed.contains(&register) {
            return Observed::Anything;
        }
        observe(value, machine.min_untraced, register.1)
    }

    /// Whether registers are what the code of a loop was made for; what is not read again is [tidied](Value::tidy) up.
    pub(super) fn fits(&mut self, fiber: &mut Fiber, number: u32, part: Part) -> bool {
        let (Some(body), Some(frame)) = (self.bodies.get_mut(&(number, part)), fiber.frames.last()) else {
            return false;
        };
        let registers = &mut fiber.stack[frame.base..];
        for (reg, wanted) in &body.checks {
            let value = &mut registers[*reg];
            let fits = match wanted {
                Observed::Num => value.is_number() && !value.is_confident(),
                Observed::Int => {
                    !value.is_confident() && value.as_number().and_then(translate::whole_constant).is_some()
                }
                Observed::Conf => value.is_number() && value.is_confident(),
                Observed::ConfInt => {
                    value.is_confident() && value.as_number().and_then(translate::whole_constant).is_some()
                }
                Observed::Bool => value.as_boolean().is_some() && !value.is_confident(),
                Observed::Uncounted | Observed::Text | Observed::Idle | Observed::Anything => value.tidy(),
            };
            if !fits {
                body.misses += 1;
                if body.misses > MISSES {
                    self.mixed.insert((number, part, *reg));
                    self.bodies.remove(&(number, part));
                }
                return false;
            }
        }
        true
    }

    fn translated(&mut self, machine: &Machine, fiber: &Fiber, number: u32, part: Part) -> Option<Made> {
        let function = machine.functions.get(number as usize)?;
        let frame = fiber.frames.last()?;
        let times = self.times.entry(number).or_default();
        *times += 1;
        let is_worth = self.mode == JitMode::Always || worth::is_worth(function, part);
        if *times > MOST_TIMES || self.budget.is_used_up() || !is_worth || !Source::fits(function) {
            return None;
        }
        let registers = fiber.stack.get(frame.base..frame.base + function.registers as usize)?;
        let lower = machine.min_untraced;
        let observed = registers.iter().enumerate();
        let observed = observed.map(|(reg, value)| self.observe(machine, (number, part, reg), value));
        let observed: Vec<Observed> = observed.collect();
        let mut source = Source {
            machine,
            layout: self.layout,
            profile: &self.profile,
            number,
            part,
            observed: &observed,
            registers,
            closure: frame.closure.clone().map(Value::from),
            entries: &self.entries,
            lower,
            is_warm: self.mode != JitMode::Always,
            has_cold_loops: part == Part::Function && function.heat.hardly_turned(self.mode),
            in_registers: 0,
            frontend: self.code.frontend(),
            aside: self.code.aside(),
        };
        source.in_registers = source.passed_numbers();
        let entry_site = self.sites.len() as u64;
        self.sites.push(Site { frames: Box::new([(number, 0)]), why: Why::Guard });
        let first_site = self.sites.len();
        let (mut taken, mut numeric) = (HashMap::new(), true);
        for _ in 0..MOST_ATTEMPTS {
            let (sites, keeps, code) = (&mut self.sites, &mut self.keeps, &mut self.code);
            sites.truncate(first_site);
            let mut failure = None;
            let translate = |builder: cranelift_frontend::FunctionBuilder<'_>, own| match Translator::translate(
                &source,
                builder,
                sites,
                &mut taken,
                keeps,
                &mut numeric,
                own,
            ) {
                Ok(()) => true,
                Err(found) => {
                    failure = Some(found);
                    false
                }
            };
            let compiled = code.compile(source.in_registers, entry_site, translate);
            match failure {
                None => {
                    let in_registers = source.in_registers;
                    return compiled.map(|(fast, boxed)| Made { boxed, fast, in_registers, numeric });
                }
                Some(Failure::Again) => {}
                Some(Failure::Pointless) => return None,
            }
        }
        None
    }
}

/// What a register holds, as far as code can be made for it.
fn observe(value: &Value, lower: bool, part: Part) -> Observed {
    let is_whole = |number| matches!(part, Part::Loop(_)) && translate::whole_constant(number).is_some();
    match value.as_number() {
        Some(_) if value.is_confident() && !lower => Observed::Uncounted,
        Some(number) if value.is_confident() => {
            if is_whole(number) {
                Observed::ConfInt
            } else {
                Observed::Conf
            }
        }
        Some(number) if is_whole(number) => Observed::Int,
        Some(_) => Observed::Num,
        None if value.as_boolean().is_some() && !value.is_confident() => Observed::Bool,
        None if value.as_str().is_some() => Observed::Text,
        None if value.is_idle() => Observed::Idle,
        None if value.is_handle() => Observed::Anything,
        None => Observed::Uncounted,
    }
}
