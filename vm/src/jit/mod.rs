//! Compiled code for what runs often (Cranelift).
//!
//! A function that is called often, or a loop that turns often, is compiled while the program runs: [`translate`] makes
//! code for what its registers hold just then, with both halves of numbers in registers of the processor. Where that
//! turns out to be otherwise, the code *exits*: what it holds goes back to the fiber's stack, and the interpreter goes on
//! at the same instruction. What was learned is kept in a [`profile`](profile::Profile), and a function that exits often
//! is compiled anew.
//!
//! What always holds:
//! - A run's results, errors, places, lines and fuel are those of the interpreter. Code takes fuel where the interpreter
//!   does, and leaves at that instruction when there is none; the counts of handles are the same wherever one can tell.
//! - Code raises nothing itself: division by zero, a depth that is too great, a full heap are exits, and the interpreter
//!   raises.
//! - Code runs only within [`Machine::enter_call`] and [`Machine::enter_loop`], on the fiber that the interpreter runs.
//!   Calls between compiled functions nest on the native stack, as far as there is room; an exit takes them all back
//!   into frames.
//!
//! Not here: traced runs, which are interpreted, and code that outlives its machine.

#![allow(unsafe_code, reason = "compiled code is called, and shares the fiber's stack")]

mod budget;
mod code;
mod context;
mod flow;
mod heat;
mod layout;
mod profile;
mod state;
mod stubs;
mod translate;
mod worth;

use crate::confidence::Conf;
use crate::interp::Entered;
use crate::machine::{Fiber, Finish, Frame, JitMode, Loaded, Machine};
use crate::value::{Shape, Value};
use budget::{Budget, ENTERING};
use code::{Code, Ended};
use context::{Context, Entry, Made, NO_SITE, Site, Why, status};
use foldhash::{HashMap, HashMapExt, HashSet, HashSetExt};
pub(crate) use heat::Heat;
use heat::Prospects;
use layout::Layout;
use prism_bytecode::{Instr, Op, Operand};
use profile::Profile;
use std::rc::Rc;
use stubs::Left;
use translate::{COLD, Failure, Observed, Part, Source, Translator};

/// A function is compiled so often at most.
const MOST_TIMES: u32 = 8;
/// A translation is begun anew so often at most: each time a loop's head is widened, of which there are few ways.
const MOST_ATTEMPTS: u32 = 16;
/// Exits of what was assumed before a function is compiled anew.
const EXITS: u32 = 2;
/// Entries where registers were something else before a loop is compiled anew.
const MISSES: u32 = 3;
/// Calls one after the other in which it is looked what a function is given to call, before it is compiled.
const LOOKS: u32 = 8;
/// Native stack that compiled code leaves to others, in bytes.
const RESERVE: usize = 256 << 10;
/// Native stack that it uses at most.
const MOST_NATIVE: usize = 768 << 10;

/// A function or loop with code, or without when it is not worth it.
#[derive(Default)]
struct Body {
    /// Takes all arguments in their slots; none if it is left to the interpreter for good.
    code: Option<*const u8>,
    /// What its registers must be where it is entered.
    checks: Vec<(usize, Observed)>,
    /// How often they were not.
    misses: u32,
    entries: u32,
    /// Steps of fuel that it took in all.
    steps: u64,
    exits: u32,
    /// The bytes of code that were made for it.
    bytes: u64,
}

impl Body {
    /// Whether entering it costs more than it saves: it is left soon, or has little to do each time.
    fn is_futile(&self, part: Part) -> bool {
        let often = self.entries >= 64;
        let steps = self.steps / u64::from(self.entries.max(1));
        match part {
            Part::Function => often && (steps < 4 || steps < ENTERING && self.exits > self.entries / 4 * 3),
            Part::Loop(_) => often && (steps < 8 || steps < ENTERING && self.exits > self.entries / 4 * 3),
        }
    }
}

/// The compiled code of a machine, and what is known for making it.
pub(crate) struct Jit {
    mode: JitMode,
    code: Code,
    layout: Layout,
    bodies: HashMap<(u32, Part), Body>,
    /// Registers that are now this, now that where a loop is entered.
    mixed: HashSet<(u32, Part, usize)>,
    budget: Budget,
    /// How often each function was compiled.
    times: HashMap<u32, u32>,
    /// What functions were given to call, and in how many calls it was looked.
    given: HashMap<u32, (u32, Vec<u32>)>,
    entries: Vec<Entry>,
    profile: Profile,
    sites: Vec<Site>,
    /// Shapes that code compares with.
    keeps: Vec<Rc<Shape>>,
}

impl Machine {
    /// The innermost frame is at the first instruction of a function that was called often.
    #[cold]
    #[inline(never)]
    pub(crate) fn enter_call(&mut self, fiber: &mut Fiber, function: &Loaded) -> Entered {
        let Some(frame) = fiber.frames.last() else { return Entered::Not };
        let (number, base) = (frame.function, frame.base);
        let params = function.params.registers() as usize;
        // Slots that are no parameters hold nothing that is counted, or the code would lose it.
        let free = fiber.stack[base..base + function.registers as usize][params..].iter_mut().all(Value::tidy);
        if !free {
            return Entered::Not;
        }
        self.enter_part(fiber, function, number, Part::Function)
    }

    /// The innermost frame is at the head of a loop that has turned often.
    #[cold]
    #[inline(never)]
    pub(crate) fn enter_loop(&mut self, fiber: &mut Fiber, function: &Loaded, head: usize) -> Entered {
        let Some(frame) = fiber.frames.last_mut() else { return Entered::Not };
        frame.pc = head;
        let number = frame.function;
        self.enter_part(fiber, function, number, Part::Loop(head as u32))
    }

    fn enter_part(&mut self, fiber: &mut Fiber, function: &Loaded, number: u32, part: Part) -> Entered {
        if self.settings.trace || (matches!(part, Part::Loop(_)) && function.heat.visited()) {
            return Entered::Not;
        }
        if self.settings.jit == JitMode::On
            && part == Part::Function
            && worth::is_small(function)
            && worth::is_worth(function, part)
            && function.heat.waits_for_code()
        {
            return Entered::Not;
        }
        if self.jit.is_none() && self.settings.jit != JitMode::Always && !worth::is_begun_for(function, part) {
            match part {
                Part::Function => function.give_up_calls(),
                Part::Loop(_) => function.give_up_loops(),
            }
            return Entered::Not;
        }
        let Some(mut jit) = self.jit.take().or_else(|| Jit::new(self).map(Box::new)) else {
            self.give_up(function);
            return Entered::Not;
        };
        if !jit.bodies.contains_key(&(number, part)) {
            if let Part::Loop(head) = part
                && jit.awaits_outer(number, function, head)
            {
                self.jit = Some(jit);
                return Entered::Not;
            }
            let is_early = || {
                let is_short = matches!(part, Part::Loop(_)) && function.heat.is_short();
                is_short || self.usage().steps < jit.budget.awaited_steps()
            };
            if jit.mode == JitMode::On && is_early() {
                match part {
                    Part::Function => function.heat.defer_calls(),
                    Part::Loop(_) => function.heat.defer_loop(jit.loop_with_code(number, function)),
                }
                self.jit = Some(jit);
                return Entered::Not;
            }
            match jit.prospects(fiber, number, function, part) {
                Prospects::Unknown => {
                    self.jit = Some(jit);
                    return Entered::Not;
                }
                Prospects::Poor => jit.leave_out(number, part),
                Prospects::Good => jit.compile(self, fiber, number, part),
            }
        }
        let code = jit.bodies.get(&(number, part)).and_then(|body| body.code);
        let entered = match code {
            Some(_) if !jit.fits(fiber, number, part) => Entered::Not,
            Some(code) => {
                function.heat.entered();
                self.run_code(&mut jit, fiber, number, part, code)
            }
            None => {
                match part {
                    Part::Function => function.give_up_calls(),
                    Part::Loop(_) if jit.gave_up_loops(number, function) => function.give_up_loops(),
                    Part::Loop(head) => function.heat.give_up_loop(head, jit.loop_with_code(number, function)),
                }
                Entered::Not
            }
        };
        self.jit = Some(jit);
        entered
    }

    fn give_up(&self, function: &Loaded) {
        function.give_up_calls();
        function.give_up_loops();
    }

    fn run_code(&mut self, jit: &mut Jit, fiber: &mut Fiber, number: u32, part: Part, code: *const u8) -> Entered {
        let Some(frame) = fiber.frames.last() else { return Entered::Not };
        let offset = (frame.base * size_of::<Value>()) as u64;
        let closure = frame.closure.as_ref().map_or(0, |closure| closure.address() as u64);
        let depth = self.runtime.limits.depth.saturating_sub(fiber.frames.len()) as u64;
        let fuel = self.runtime.fuel;
        let room = stacker::remaining_stack().unwrap_or(0).saturating_sub(RESERVE).min(MOST_NATIVE);
        let here = std::ptr::from_ref(&room) as u64;
        let mut context = Context {
            left: 0,
            stack: std::ptr::null_mut(),
            stack_bytes: 0,
            native_limit: here.saturating_sub(room as u64),
            entries: jit.entries.as_ptr(),
            machine: std::ptr::from_mut(self),
            fiber: std::ptr::from_mut(fiber),
            shift: 0,
            exits: Vec::new(),
            copied: self.heap.copied_at(),
            sites: &raw const jit.sites,
            left_by: None,
        };
        context.take_fuel(self);
        context.find_stack();
        // SAFETY: the code is this machine's and made for this function; it is entered where it was made to be, and
        // compares what it assumes of the registers. Neither machine nor fiber are used here until it is back.
        let ended = unsafe { jit.code.run(code, &mut context, offset, closure, depth) };
        context.give_fuel(self);
        let used = fuel.saturating_sub(self.runtime.fuel);
        let exited = ended.status == status::EXIT;
        if exited && ended.bits != NO_SITE {
            context.exits.push((ended.bits, offset));
        }
        let (exits, left_by) = (std::mem::take(&mut context.exits), context.left_by.take());
        jit.budget.saved(used);
        if let Some(body) = jit.bodies.get_mut(&(number, part)) {
            body.entries = body.entries.saturating_add(1);
            body.steps = body.steps.saturating_add(used);
            body.exits = body.exits.saturating_add(u32::from(exited));
            if jit.mode != JitMode::Always && body.is_futile(part) {
                // Other code goes on calling the function's.
                body.code = None;
                jit.budget.wasted(body.bytes);
            }
        }
        if !exited {
            return self.returned(fiber, ended);
        }
        let learned = exits.first().map(|(site, base)| (*site, *base as usize / size_of::<Value>()));
        self.push_exits(jit, fiber, &exits);
        match left_by {
            Some(Left::Raise(raise)) => Entered::Raised(raise),
            Some(Left::Pause(pause)) => Entered::Paused(pause),
            None => {
                if let Some((site, base)) = learned {
                    jit.learn(self, fiber, site, base);
                }
                self.want_callee(fiber);
                Entered::Left
            }
        }
    }

    /// Code was left: if that was for a call of a function without code, this is to have some.
    fn want_callee(&self, fiber: &Fiber) {
        let Some(frame) = fiber.frames.last() else { return };
        let instr = self.functions[frame.function as usize].compiled().code[frame.pc];
        if matches!(instr.op, Op::Call | Op::Offer)
            && let Some(callee) = fiber.stack[frame.base + instr.b as usize].as_closure()
        {
            self.functions[callee.function as usize].heat.want();
        }
    }

    /// The function of the innermost frame has ended.
    fn returned(&mut self, fiber: &mut Fiber, ended: Ended) -> Entered {
        let conf = if ended.status == status::NUMBER { Conf::PLAIN } else { Conf::from_bits(ended.conf) };
        // SAFETY: the code gives two words of a value that it owns.
        let value = unsafe { Value::from_words(ended.bits, conf) };
        match self.return_value(fiber, value) {
            Some(pause) => Entered::Paused(pause),
            None => Entered::Left,
        }
    }

    /// Makes frames of the calls that were under way in bodies that exited; innermost first.
    fn push_exits(&self, jit: &Jit, fiber: &mut Fiber, exits: &[(u64, u64)]) {
        let mut is_outermost = true;
        let left = fiber.frames.len().saturating_sub(1);
        for (site, offset) in exits.iter().rev() {
            let Some(site) = jit.sites.get(*site as usize) else { continue };
            let mut base = *offset as usize / size_of::<Value>();
            for (function, pc) in &site.frames {
                let pc = *pc as usize;
                if is_outermost {
                    is_outermost = false;
                    if let Some(frame) = fiber.frames.last_mut() {
                        frame.pc = pc;
                    }
                } else {
                    let result = self.result_of_call(fiber);
                    // The callee's handle lies before its registers; the frame takes it.
                    let closure = std::mem::take(&mut fiber.stack[base - 1]).into_ref();
                    let finish = Finish::Times(Conf::PLAIN);
                    fiber.push(Frame { function: *function, pc, base, result, finish, closure, pending: None });
                }
                base += self.functions[*function as usize].compiled().code[pc].b as usize + 1;
            }
        }
        self.tidy_frames(fiber, left);
    }

    /// Leaves in the registers of frames, from that one on, what the interpreter would have.
    fn tidy_frames(&self, fiber: &mut Fiber, first: usize) {
        for at in first..fiber.frames.len() {
            let Frame { function, pc, base, .. } = fiber.frames[at];
            let function = &self.functions[function as usize];
            // A callee's registers, and its handle before them, lie in its caller's.
            let next = fiber.frames.get(at + 1);
            let end = next.map_or(base + function.registers as usize, |next| next.base - 1);
            function.tidy(pc, &mut fiber.stack[base..end]);
        }
    }

    /// Where the call that the innermost frame is at puts its result.
    fn result_of_call(&self, fiber: &Fiber) -> usize {
        fiber.frames.last().map_or(0, |frame| {
            let call: Instr = self.functions[frame.function as usize].compiled().code[frame.pc];
            frame.base + call.a as usize
        })
    }
}

impl Jit {
    fn new(machine: &Machine) -> Option<Jit> {
        let budget = Budget::of(&machine.settings)?;
        Some(Jit {
            mode: machine.settings.jit,
            code: Code::new()?,
            layout: Layout::measure(machine.runtime.root_shape())?,
            bodies: HashMap::new(),
            mixed: HashSet::new(),
            budget,
            times: HashMap::new(),
            given: HashMap::new(),
            entries: [&machine.library_unit, &machine.program_unit]
                .into_iter()
                .flat_map(|unit| unit.program.functions.iter().map(Entry::of))
                .collect(),
            profile: Profile::default(),
            sites: Vec::new(),
            keeps: Vec::new(),
        })
    }

    /// Whether all loops of a function are left to the interpreter for good.
    fn gave_up_loops(&self, number: u32, function: &Loaded) -> bool {
        let loops = function.compiled().code.iter().filter(|instr| instr.op == Op::Loop);
        loops.map(|instr| instr.bc()).all(|head| self.gave_up(number, Part::Loop(head)))
    }

    /// A loop of a function that has code; the last one.
    fn loop_with_code(&self, number: u32, function: &Loaded) -> Option<u32> {
        let loops = function.compiled().code.iter().rev().filter(|instr| instr.op == Op::Loop);
        loops.map(|instr| instr.bc()).find(|head| self.has_code(number, Part::Loop(*head)))
    }

    fn has_code(&self, number: u32, part: Part) -> bool {
        self.bodies.get(&(number, part)).is_some_and(|body| body.code.is_some())
    }

    /// Whether a loop without code is to go on without: one around it has code or is better compiled, if it turns soon.
    fn awaits_outer(&self, number: u32, function: &Loaded, head: u32) -> bool {
        if self.mode == JitMode::Always {
            return false;
        }
        let around = |head: &u32| flow::loop_around(function.compiled(), *head);
        let mut outwards = std::iter::successors(around(&head), around);
        if let Some(outer) = outwards.find(|outer| self.has_code(number, Part::Loop(*outer))) {
            return function.heat.returns(head, outer);
        }
        let outer = around(&head).filter(|outer| !self.gave_up(number, Part::Loop(*outer)));
        function.heat.awaits(head, outer)
    }

    /// Whether a function or loop is left to the interpreter.
    fn gave_up(&self, number: u32, part: Part) -> bool {
        self.bodies.get(&(number, part)).is_some_and(|body| body.code.is_none())
    }

    /// Whether code is likely to be of use, by how the interpreter has come by.
    fn prospects(&mut self, fiber: &Fiber, number: u32, function: &Loaded, part: Part) -> Prospects {
        match part {
            _ if self.mode != JitMode::On => Prospects::Good,
            Part::Function => self.callbacks(fiber, number, function),
            Part::Loop(head) => {
                let outer = flow::loop_around(function.compiled(), head);
                match outer.filter(|outer| self.gave_up(number, Part::Loop(*outer))) {
                    Some(outer) => function.heat.visits_of(head, outer, self.loop_with_code(number, function)),
                    None => Prospects::Good,
                }
            }
        }
    }

    /// Whether a function that calls what it is given, such as `map`, is given the same in all calls that are looked at. If it
    /// is not, its code would do little more than call other code; loops that take long have code of their own.
    fn callbacks(&mut self, fiber: &Fiber, number: u32, function: &Loaded) -> Prospects {
        let Some(frame) = fiber.frames.last() else { return Prospects::Good };
        let given = |param: u16| fiber.stack[frame.base + param as usize].as_closure().map(|it| it.function);
        let given: Vec<u32> = worth::callbacks(function).filter_map(given).collect();
        if given.is_empty() {
            return Prospects::Good;
        }
        let (looks, before) = self.given.entry(number).or_default();
        if *looks > 0 && *before != given {
            *looks = 0;
            function.heat.put_off_calls();
            return Prospects::Unknown;
        }
        *looks += 1;
        *before = given;
        if *looks > LOOKS { Prospects::Good } else { Prospects::Unknown }
    }

    /// Compiles a function or loop for what its registers hold now.
    fn compile(&mut self, machine: &Machine, fiber: &Fiber, number: u32, part: Part) {
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

    /// Leaves a function or loop to the interpreter.
    fn leave_out(&mut self, number: u32, part: Part) {
        self.bodies.insert((number, part), Body::default());
    }

    /// What a loop's registers must be where it is entered: as they are now.
    fn checks(&self, machine: &Machine, fiber: &Fiber, number: u32, part: Part) -> Vec<(usize, Observed)> {
        let (Part::Loop(head), Some(frame)) = (part, fiber.frames.last()) else { return Vec::new() };
        let function = &machine.functions[number as usize];
        let flow = flow_of(machine, function);
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

    /// Whether registers are what the code of a loop was made for; what is not read again is [tidied](tidy) up.
    fn fits(&mut self, fiber: &mut Fiber, number: u32, part: Part) -> bool {
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

    /// An exit teaches: what its instruction looked at is on the stack.
    fn learn(&mut self, machine: &Machine, fiber: &Fiber, site: u64, base: usize) {
        let Some(site) = self.sites.get(site as usize).filter(|site| site.why != Why::Time) else { return };
        let (function, pc, base) = stubs::innermost(machine, site, base);
        let compiled = site.frames[0].0;
        match site.why {
            Why::Result => {
                self.profile.learn(function, pc - 1).valued = true;
                return self.drop_code(compiled);
            }
            Why::Loop => {
                let seen = self.profile.learn(function, pc);
                seen.exits += 1;
                if seen.exits == COLD {
                    self.drop_code(compiled);
                }
                return;
            }
            Why::Guard | Why::Time => {}
        }
        let Some(instr) = machine.functions[function as usize].compiled().code.get(pc).copied() else { return };
        let value = |register: u16| fiber.stack.get(base + register as usize);
        let seen = self.profile.learn(function, pc);
        seen.exits += 1;
        match instr.op {
            Op::Call | Op::Offer => match value(instr.b).and_then(Value::as_closure) {
                Some(closure) if seen.exits <= 3 * EXITS => {
                    // The code was made for another one.
                    seen.many = true;
                    seen.callee = Some(closure.function);
                }
                _ => seen.general = true,
            },
            _ => match numbers(instr) {
                // Code for another shape may do, else there is none but the general one.
                None if may_have_other_shape(instr, value(instr.b)) => seen.general |= seen.exits > EXITS,
                None => seen.general |= seen.exits >= EXITS,
                Some(registers) => {
                    let mut numbers = true;
                    for (which, register) in registers.into_iter().enumerate() {
                        match value(register) {
                            Some(value) if value.is_number() => {
                                seen.confident |= u8::from(value.is_confident()) << which;
                            }
                            _ => numbers = false,
                        }
                    }
                    seen.fractions = true;
                    seen.general |= !numbers || seen.exits > 2 * EXITS;
                }
            },
        }
        if seen.exits >= EXITS && self.mode != JitMode::Always || seen.exits >= 1 && self.mode == JitMode::Always {
            self.drop_code(compiled);
        }
    }

    /// Compiles a function anew the next time it is come by.
    fn drop_code(&mut self, function: u32) {
        // What it was not worth to compile, it is less so now.
        self.bodies.retain(|(number, _), body| *number != function || body.code.is_none());
        if let Some(entry) = self.entries.get_mut(function as usize) {
            entry.clear();
        }
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

/// Whether code for an instruction depends on the shape that an object was last seen to have there; `b` is its second operand.
fn may_have_other_shape(instr: Instr, b: Option<&Value>) -> bool {
    match instr.op {
        Op::GetField => b.is_some_and(|b| b.as_object().is_some() && !b.is_confident()),
        op => matches!(op, Op::SetField | Op::GetPath | Op::SetPath),
    }
}

/// The registers that an instruction takes for numbers.
fn numbers(instr: Instr) -> Option<[u16; 2]> {
    use Op::{
        Add, AddK, ConfAdd, ConfDiv, ConfMul, ConfSub, CountLe, CountLeK, CountLt, CountLtK, Div, DivK, Eq, Ge, Gt, Le,
        Lt, Mul, MulK, Ne, Neg, Plus, Pow, Rem, RemK, StrictEq, StrictNe, Sub, SubK, Surer,
    };
    let Instr { op, a, b, c, .. } = instr;
    match op {
        Add | Sub | Mul | Div | Rem | Pow | ConfAdd | ConfSub | ConfMul | ConfDiv | Surer | Lt | Le | Gt | Ge | Eq
        | Ne | StrictEq | StrictNe => Some([b, c]),
        AddK | SubK | MulK | DivK | RemK | Neg | Plus => Some([b, b]),
        CountLt | CountLe | CountLtK | CountLeK => Some([a, a]),
        op if op.follower().is_some() => Some(if op.operands().b == Operand::Use { [a, b] } else { [a, a] }),
        _ => None,
    }
}

/// Which registers of a function are read, and where.
fn flow_of(machine: &Machine, function: &Loaded) -> flow::Flow {
    let first = machine.unit(function.origin).first;
    flow::Flow::of(function.compiled(), |callee| {
        machine.functions.get((first + callee) as usize).map_or(&[], |made| made.captures())
    })
}
