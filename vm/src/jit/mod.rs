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
//! | file | what |
//! |---|---|
//! | `heat`, `worth`, `budget` | what the interpreter counts, what instructions show, how much has been made |
//! | `prospects` | whether to make code, by these |
//! | `make`, `flow`, `state`, `translate` | making it: from instructions to Cranelift's |
//! | `code`, `layout` | from there to addresses; where code finds the parts of objects |
//! | `context`, `stubs` | what code shares with the machine, and calls of it |
//! | `exits`, `profile` | where it ends, and what that teaches |
//!
//! Not here: traced runs, which are interpreted, and code that outlives its machine.

#![allow(unsafe_code, reason = "compiled code is called, and shares the fiber's stack")]

mod budget;
mod code;
mod context;
mod exits;
mod flow;
mod heat;
mod layout;
mod make;
mod profile;
mod prospects;
mod state;
mod stubs;
mod translate;
mod worth;

use crate::interp::Entered;
use crate::machine::{Fiber, JitMode, Loaded, Machine};
use crate::value::{Shape, Value};
use budget::{Budget, ENTERING};
use code::Code;
use context::{Context, Entry, NO_SITE, Site, status};
use foldhash::{HashMap, HashMapExt, HashSet, HashSetExt};
pub(crate) use heat::Heat;
use heat::Prospects;
use layout::Layout;
use profile::Profile;
use std::rc::Rc;
use stubs::Left;
use translate::{Observed, Part};

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
        if !self.may_enter(function, part) {
            return Entered::Not;
        }
        let Some(mut jit) = self.jit.take().or_else(|| Jit::new(self).map(Box::new)) else {
            function.give_up_calls();
            function.give_up_loops();
            return Entered::Not;
        };
        let entered = self.enter_or_make(&mut jit, fiber, function, (number, part));
        self.jit = Some(jit);
        entered
    }

    fn enter_or_make(
        &mut self,
        jit: &mut Jit,
        fiber: &mut Fiber,
        function: &Loaded,
        (number, part): (u32, Part),
    ) -> Entered {
        if !jit.bodies.contains_key(&(number, part)) {
            match jit.prospects(self, fiber, number, function, part) {
                Prospects::Unknown => return Entered::Not,
                Prospects::Poor => {}
                Prospects::Good => jit.compile(self, fiber, number, part),
            }
        }
        match jit.bodies.get(&(number, part)).and_then(|body| body.code) {
            Some(_) if !jit.fits(fiber, number, part) => Entered::Not,
            Some(code) => {
                function.heat.entered();
                self.run_code(jit, fiber, number, part, code)
            }
            None => {
                jit.leave(number, function, part);
                Entered::Not
            }
        }
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
}
