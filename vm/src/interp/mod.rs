//! The interpreter: a loop that reads an instruction and forwards it.
//!
//! Programs are verified before they run ([`prism_bytecode::verify`]), so registers, jumps and table indexes are in
//! range, and every slot of a fiber's stack holds a value: [`Fiber::stack`] is at least as long as the innermost frame
//! needs, and slots above that frame are null.
//!
//! What an instruction does is in the file of its family; here are only the fast paths that are worth having inline. An
//! instruction either completes, or raises; one that raises [`Raise::Wait`] is done anew later, so it must not have
//! changed anything before.

mod agents;
mod arith;
mod calls;
mod compare;
pub(crate) mod library;
mod literals;
mod members;
pub mod order;
mod paths;
mod sure;
mod unwind;

use crate::machine::{Fiber, Loaded, Machine, Pause};
use crate::raise::Raise;
use crate::value::heap::live_bytes;
use crate::value::{Task, Value};
use prism_bytecode::{Instr, Op};
use std::rc::Rc;

/// What goes on after an instruction that may have changed frames.
pub(crate) enum Flow {
    /// The next instruction of the same frame.
    Next,
    /// Whatever the innermost frame says.
    Frame,
    /// The fiber stops.
    Pause(Pause),
}

impl Machine {
    /// Runs a fiber until it stops.
    #[allow(
        unsafe_code,
        clippy::cognitive_complexity,
        reason = "one match over all instructions; registers are verified"
    )]
    pub(crate) fn execute(&mut self, fiber: &mut Fiber) -> Pause {
        'frame: loop {
            let Some(frame) = fiber.frames.last() else { return Pause::Ended(Value::NULL) };
            let (mut pc, base) = (frame.pc, frame.base);
            // SAFETY: the machine's list of functions never changes, and each stays where it is.
            let function: &Loaded = unsafe { &*Rc::as_ptr(&self.functions[frame.function as usize]) };
            let code: *const Instr = function.code().as_ptr();
            // SAFETY: `base` is within the stack, which is long enough for the frame's registers.
            let mut registers: *mut Value = unsafe { fiber.stack.as_mut_ptr().add(base) };

            macro_rules! reg {
                ($index:expr) => {
                    // SAFETY: the verifier proved the operand below the function's register count, and the stack is
                    // that long; the stack is not reallocated while `registers` is in use (calls reload it).
                    unsafe { &mut *registers.add($index as usize) }
                };
            }
            macro_rules! window {
                ($from:expr, $count:expr) => {
                    // SAFETY: as for `reg`, for the whole window.
                    unsafe { std::slice::from_raw_parts_mut(registers.add($from as usize), $count as usize) }
                };
            }
            macro_rules! val {
                ($index:expr) => {
                    // SAFETY: as for `reg`; shared, since two operands may be one register.
                    unsafe { &*registers.add($index as usize) }
                };
            }
            // A register that is not read again gives its value away: a second handle would make every update a copy.
            macro_rules! read {
                ($instr:expr, $index:expr) => {
                    if $instr.x == 1 { std::mem::take(reg!($index)) } else { val!($index).clone() }
                };
            }
            macro_rules! forget {
                ($instr:expr, $index:expr) => {
                    if $instr.x == 1 {
                        *reg!($index) = Value::NULL;
                    }
                };
            }
            macro_rules! raise {
                ($raised:expr) => {{
                    let raised = $raised;
                    if let Some(frame) = fiber.frames.last_mut() {
                        frame.pc = pc;
                    }
                    match self.raised(fiber, raised) {
                        None => continue 'frame,
                        Some(pause) => return pause,
                    }
                }};
            }
            macro_rules! ok {
                ($result:expr) => {
                    match $result {
                        Ok(value) => value,
                        Err(raised) => raise!(raised),
                    }
                };
            }
            // What falls out of the fast path and may look at the whole machine.
            macro_rules! flow {
                ($result:expr) => {{
                    if let Some(frame) = fiber.frames.last_mut() {
                        frame.pc = pc;
                    }
                    match $result {
                        Ok(Flow::Next) => {
                            // Arguments put above the frame may have moved the stack.
                            // SAFETY: as above; the stack never becomes shorter.
                            registers = unsafe { fiber.stack.as_mut_ptr().add(base) };
                        }
                        Ok(Flow::Frame) => continue 'frame,
                        Ok(Flow::Pause(pause)) => return pause,
                        Err(raised) => raise!(raised),
                    }
                }};
            }
            macro_rules! arithmetic {
                ($instr:expr, $x:ident, $y:ident, $fast:expr) => {{
                    let (b, c) = (val!($instr.b), val!($instr.c));
                    let value = match (b.as_plain_number(), c.as_plain_number()) {
                        (Some($x), Some($y)) => Value::arithmetic($fast),
                        _ => {
                            self.mark(fiber, pc);
                            ok!(self.runtime.arithmetic($instr.op, val!($instr.b), val!($instr.c)))
                        }
                    };
                    *reg!($instr.a) = value;
                }};
            }
            macro_rules! comparison {
                ($instr:expr, $x:ident, $y:ident, $fast:expr) => {{
                    let (b, c) = (val!($instr.b), val!($instr.c));
                    let value = match (b.as_plain_number(), c.as_plain_number()) {
                        (Some($x), Some($y)) => Value::boolean($fast),
                        _ => {
                            self.mark(fiber, pc);
                            ok!(self.runtime.compare($instr.op, val!($instr.b), val!($instr.c)))
                        }
                    };
                    *reg!($instr.a) = value;
                }};
            }
            macro_rules! set {
                ($instr:expr, $result:expr) => {{
                    self.mark(fiber, pc);
                    let value = ok!($result);
                    *reg!($instr.a) = value;
                }};
            }
            macro_rules! jump_if {
                ($instr:expr, $test:expr) => {
                    if $test {
                        pc = $instr.bc() as usize;
                        continue;
                    }
                };
            }
            macro_rules! truthy {
                ($value:expr) => {{
                    let value: &Value = $value;
                    if value.as_task().is_some() { ok!(Task::settled(value)).is_truthy() } else { value.is_truthy() }
                }};
            }
            macro_rules! is_null {
                ($value:expr) => {{
                    let value: &Value = $value;
                    if value.as_task().is_some() { ok!(Task::settled(value)).is_null() } else { value.is_null() }
                }};
            }

            loop {
                // SAFETY: the verifier proved that jumps are in range and that the last instruction never falls through.
                let instr = unsafe { *code.add(pc) };
                match instr.op {
                    Op::Null => *reg!(instr.a) = Value::NULL,
                    Op::Bool => *reg!(instr.a) = Value::boolean(instr.x != 0),
                    Op::Int => *reg!(instr.a) = Value::number(f64::from(instr.bc() as i32)),
                    Op::Const => *reg!(instr.a) = self.constant(function, instr.bc()),
                    Op::Uninit => *reg!(instr.a) = Value::UNINIT,
                    Op::Move => *reg!(instr.a) = read!(instr, instr.b),
                    Op::LoadSelf => *reg!(instr.a) = self.own_closure(fiber),
                    Op::Library => *reg!(instr.a) = self.library_value(instr.c),
                    Op::GetExport => *reg!(instr.a) = self.export(function, instr.bc()),
                    Op::SetExport => self.set_export(function, instr.bc(), reg!(instr.a).clone()),
                    Op::Host => flow!(self.host_name(fiber, instr)),
                    Op::Closure => *reg!(instr.a) = self.closure(function, instr.bc(), fiber),
                    Op::NewCell => *reg!(instr.a) = self.new_cell(Value::UNINIT),
                    Op::MakeCell => {
                        let held = std::mem::take(reg!(instr.a));
                        *reg!(instr.a) = self.new_cell(held);
                    }
                    Op::CellGet => {
                        let held = val!(instr.b).as_cell().map(|cell| cell.get());
                        *reg!(instr.a) = held.unwrap_or_default();
                    }
                    Op::CellSet => {
                        let value = read!(instr, instr.b);
                        if let Some(cell) = reg!(instr.a).as_cell() {
                            drop(cell.set(value));
                        }
                    }
                    Op::CaptureGet => *reg!(instr.a) = self.capture(fiber, instr.bc(), true),
                    Op::CaptureSet => {
                        let cell = self.capture(fiber, instr.bc(), false);
                        if let Some(cell) = cell.as_cell() {
                            drop(cell.set(read!(instr, instr.a)));
                        }
                    }
                    Op::CaptureCell => *reg!(instr.a) = self.capture(fiber, instr.bc(), false),
                    Op::CheckInit => {
                        if reg!(instr.a).is_uninit() {
                            raise!(self.uninitialised(function, instr.bc()));
                        }
                    }

                    Op::Add => arithmetic!(instr, x, y, x + y),
                    Op::Sub => arithmetic!(instr, x, y, x - y),
                    Op::Mul => arithmetic!(instr, x, y, x * y),
                    Op::Div => {
                        arithmetic!(instr, x, y, if y == 0.0 { ok!(arith::compute(instr.op, x, y)) } else { x / y })
                    }
                    Op::Rem => {
                        arithmetic!(
                            instr,
                            x,
                            y,
                            if y == 0.0 { ok!(arith::compute(instr.op, x, y)) } else { arith::remainder(x, y) }
                        )
                    }
                    Op::Pow => arithmetic!(instr, x, y, arith::power(x, y)),
                    Op::ConfAdd | Op::ConfSub | Op::ConfMul | Op::ConfDiv => {
                        let value = match self.confident_fast(instr.op, val!(instr.b), val!(instr.c)) {
                            Some(value) => value,
                            None => {
                                self.mark(fiber, pc);
                                ok!(self.runtime.arithmetic(instr.op, val!(instr.b), val!(instr.c)))
                            }
                        };
                        *reg!(instr.a) = value;
                    }
                    Op::Lt => comparison!(instr, x, y, x < y),
                    Op::Le => comparison!(instr, x, y, x <= y),
                    Op::Gt => comparison!(instr, x, y, x > y),
                    Op::Ge => comparison!(instr, x, y, x >= y),
                    Op::Eq | Op::StrictEq => comparison!(instr, x, y, x == y),
                    Op::Ne | Op::StrictNe => comparison!(instr, x, y, x != y),
                    Op::ConfLt | Op::ConfLe | Op::ConfGe | Op::ConfEq | Op::ConfNe => {
                        set!(instr, self.runtime.compare(instr.op, val!(instr.b), val!(instr.c)));
                    }
                    Op::In => set!(instr, self.runtime.is_in(val!(instr.b), val!(instr.c))),
                    Op::InstanceOf => set!(instr, self.runtime.instance_of(val!(instr.b), val!(instr.c))),
                    Op::ConfAnd | Op::ConfOr | Op::Chain | Op::Surer => {
                        set!(instr, self.runtime.weigh(instr.op, val!(instr.b), val!(instr.c)));
                    }
                    Op::Attach => set!(instr, self.runtime.attach(val!(instr.b), val!(instr.c))),
                    Op::Gate => set!(instr, self.runtime.gate(val!(instr.b), val!(instr.c))),
                    Op::ThresholdGate => set!(instr, self.runtime.threshold_gate(val!(instr.b), val!(instr.c))),
                    Op::GateShut => set!(instr, self.runtime.gate_shut(val!(instr.b))),
                    Op::Times => set!(instr, self.runtime.times(val!(instr.b), val!(instr.c))),
                    Op::PipeResult => set!(instr, self.runtime.pipe_result(val!(instr.b), val!(instr.c))),
                    Op::Neg | Op::Plus => set!(instr, self.runtime.signed(instr.op, val!(instr.b))),
                    Op::Not => set!(instr, self.runtime.not(val!(instr.b))),
                    Op::ConfidenceOf => set!(instr, self.runtime.confidence_of(val!(instr.b))),
                    Op::TypeOf => *reg!(instr.a) = Value::from(self.runtime.type_of(val!(instr.b))),
                    Op::Await => set!(instr, Task::settled(val!(instr.b))),
                    Op::Level => {
                        let [value, high, medium] = window!(instr.b, 3) else { unreachable!("a window of three") };
                        set!(instr, self.runtime.level(value, Some((high, medium))));
                    }
                    Op::DefaultLevel => set!(instr, self.runtime.level(val!(instr.b), None)),

                    Op::Jump => {
                        pc = instr.bc() as usize;
                        continue;
                    }
                    Op::Loop => {
                        if self.runtime.fuel <= self.pause_at || live_bytes() > self.runtime.limits.memory {
                            if let Some(frame) = fiber.frames.last_mut() {
                                frame.pc = pc;
                            }
                            return self.out_of_steps();
                        }
                        self.runtime.fuel -= 1;
                        pc = instr.bc() as usize;
                        continue;
                    }
                    Op::JumpIfTrue => {
                        let truth = truthy!(val!(instr.a));
                        forget!(instr, instr.a);
                        jump_if!(instr, truth);
                    }
                    Op::JumpIfFalse => {
                        let truth = truthy!(val!(instr.a));
                        forget!(instr, instr.a);
                        jump_if!(instr, !truth);
                    }
                    Op::JumpIfNull => jump_if!(instr, is_null!(reg!(instr.a))),
                    Op::JumpIfNotNull => jump_if!(instr, !is_null!(reg!(instr.a))),
                    Op::JumpIfSure => jump_if!(instr, ok!(self.runtime.is_sure(reg!(instr.a)))),
                    Op::JumpIfOpen => jump_if!(instr, ok!(self.runtime.is_open(reg!(instr.a)))),
                    Op::JumpIfGiven => jump_if!(instr, !reg!(instr.a).is_uninit()),
                    Op::JumpIfInt => jump_if!(instr, reg!(instr.a).as_number() == Some(f64::from(instr.x))),

                    Op::GetField => {
                        let site = &function.sites[instr.c as usize];
                        let value = match Self::cached_member(site, val!(instr.b)) {
                            Some(value) => value,
                            None => {
                                self.mark(fiber, pc);
                                ok!(self.runtime.member(val!(instr.b), site.name.as_str()))
                            }
                        };
                        *reg!(instr.a) = value;
                    }
                    Op::GetIndex => {
                        let fast = match (val!(instr.b).as_plain_array(), val!(instr.c).as_plain_number()) {
                            (Some(array), Some(index)) if index >= 0.0 => array.get(index as usize).cloned(),
                            _ => None,
                        };
                        let value = match fast {
                            Some(value) => value,
                            None => {
                                self.mark(fiber, pc);
                                ok!(self.runtime.index(val!(instr.b), val!(instr.c)))
                            }
                        };
                        *reg!(instr.a) = value;
                    }
                    Op::SetField => {
                        let value = val!(instr.b).clone();
                        let name = &function.sites[instr.c as usize].name;
                        ok!(self.with_root(reg!(instr.a), |machine, root| machine.runtime.set_field(root, name, value)));
                        forget!(instr, instr.b);
                    }
                    Op::SetIndex => {
                        let value = val!(instr.c).clone();
                        // The index may be the root itself: `x[x] = …`.
                        let index = val!(instr.b).clone();
                        ok!(self
                            .with_root(reg!(instr.a), |machine, root| machine.runtime.set_index(root, &index, value)));
                        forget!(instr, instr.c);
                    }
                    Op::GetPath => {
                        let steps: &[Value] = window!(instr.b, instr.x);
                        let value =
                            self.with_root(reg!(instr.c), |machine, root| machine.runtime.get_path(root, steps));
                        *reg!(instr.a) = ok!(value);
                    }
                    Op::SetPath => {
                        let value = val!(instr.c).clone();
                        let steps: &[Value] = window!(instr.b, instr.x);
                        ok!(self.with_root(reg!(instr.a), |machine, root| machine.runtime.set_path(root, steps, value)));
                    }
                    Op::Mutate => {
                        let mutation = function.compiled().mutations[instr.c as usize];
                        let (steps, arguments) = window!(instr.b, instr.x).split_at(mutation.steps as usize);
                        let arguments = match arguments {
                            [all] if mutation.spread => all.as_array().map_or_else(Vec::new, |all| all.to_vec()),
                            each => each.to_vec(),
                        };
                        self.mark(fiber, pc);
                        let value = self.with_root(reg!(mutation.root), |machine, root| {
                            machine.runtime.mutate(mutation.mutator, root, steps, arguments)
                        });
                        *reg!(instr.a) = ok!(value);
                    }
                    Op::IsArray => {
                        let value = ok!(Task::settled(val!(instr.b)));
                        *reg!(instr.a) = Value::boolean(value.as_array().is_some());
                    }
                    Op::NewArray => {
                        let items = window!(instr.b, instr.x).iter_mut().map(std::mem::take).collect();
                        *reg!(instr.a) = Value::array(items);
                    }
                    Op::ArrayPush => {
                        let value = read!(instr, instr.b);
                        if let Some(array) = reg!(instr.a).as_array_mut() {
                            array.push(value);
                        }
                    }
                    Op::ArraySpread => ok!(self.runtime.array_spread(reg!(instr.a), val!(instr.b))),
                    Op::NewObject => {
                        let values = window!(instr.b, instr.x).iter_mut().map(std::mem::take).collect();
                        *reg!(instr.a) = self.new_object(function, instr.c, values);
                    }
                    Op::ObjectSet => {
                        let value = read!(instr, instr.b);
                        if let Some(object) = reg!(instr.a).as_object_mut() {
                            object.set(&function.sites[instr.c as usize].name, value);
                        }
                    }
                    Op::ObjectSpread => ok!(self.runtime.object_spread(reg!(instr.a), val!(instr.b))),
                    Op::Concat => set!(instr, self.runtime.concat(window!(instr.b, instr.x))),

                    Op::IterInit => {
                        let (items, conf) = ok!(self.runtime.iterable(val!(instr.b)));
                        *reg!(instr.a) = items.with_conf(conf);
                        *reg!(instr.a + 1) = Value::number(0.0);
                    }
                    Op::IterNext => {
                        let at = reg!(instr.a + 1).as_number().unwrap_or(0.0);
                        let items: &Value = reg!(instr.a);
                        let item = items.as_array().and_then(|array| array.get(at as usize));
                        let Some(item) = item.map(|item| members::part(item, items.conf())) else {
                            pc = instr.bc() as usize;
                            continue;
                        };
                        *reg!(instr.a + 1) = Value::number(at + 1.0);
                        *reg!(instr.a + 2) = item;
                        *reg!(instr.a + 3) = Value::number(at);
                    }

                    Op::CheckArray => ok!(self.runtime.check_array(reg!(instr.a))),
                    Op::CheckObject => ok!(self.runtime.check_object(reg!(instr.a))),
                    Op::TestArray => {
                        let fits = ok!(self.runtime.test_array(val!(instr.b), instr.c as usize, instr.x == 1));
                        *reg!(instr.a) = Value::boolean(fits);
                    }
                    Op::TestObject => {
                        let value = ok!(Task::settled(val!(instr.b)));
                        let fits = value.as_object().is_some() || (instr.x == 1 && value.as_error().is_some());
                        *reg!(instr.a) = Value::boolean(fits);
                    }
                    Op::HasIndex => {
                        let value = ok!(Task::settled(val!(instr.b)));
                        let has = value.as_array().is_some_and(|array| array.len() > instr.c as usize);
                        *reg!(instr.a) = Value::boolean(has);
                    }
                    Op::HasKey => {
                        let has =
                            ok!(self.runtime.has_key(val!(instr.b), function.sites[instr.c as usize].name.as_str()));
                        *reg!(instr.a) = Value::boolean(has);
                    }
                    Op::GetElement => set!(instr, self.runtime.element(val!(instr.b), instr.c as usize)),
                    Op::ArrayRest => set!(instr, self.runtime.array_rest(val!(instr.b), instr.c as usize)),
                    Op::ObjectRest => {
                        set!(instr, self.runtime.object_rest(val!(instr.b), &function.keys[instr.c as usize]));
                    }
                    Op::RestAbove => set!(instr, self.runtime.rest_above(val!(instr.b), val!(instr.c))),
                    Op::Meets => {
                        let meets = ok!(self.runtime.meets(val!(instr.b), val!(instr.c)));
                        *reg!(instr.a) = Value::boolean(meets);
                    }

                    Op::Call => {
                        flow!(self.call(fiber, base + instr.b as usize, instr.x as usize, base + instr.a as usize))
                    }
                    Op::CallSpread => flow!(self.call_spread(fiber, instr)),
                    Op::CallMethod => flow!(self.call_method(fiber, function, instr)),
                    Op::CallMethodSpread => flow!(self.call_method_spread(fiber, function, instr)),
                    Op::CallLibrary => {
                        let (at, count) = (base + instr.b as usize, instr.x as usize);
                        flow!(self.call_library(fiber, instr.c, at, count, base + instr.a as usize));
                    }
                    Op::CallLibrarySpread => flow!(self.call_library_spread(fiber, instr)),
                    Op::Return => {
                        let value = std::mem::take(reg!(instr.a));
                        if let Some(pause) = self.return_value(fiber, value) {
                            return pause;
                        }
                        continue 'frame;
                    }
                    Op::Throw => raise!(match self.thrown(reg!(instr.a)) {
                        Ok(raised) | Err(raised) => raised,
                    }),

                    Op::Dispatch => flow!(self.dispatch_by_name(fiber, function, instr)),
                    Op::DispatchSpread => flow!(self.dispatch_spread(fiber, function, instr)),
                    Op::Parallel => flow!(self.parallel(fiber, instr)),
                    Op::Race => flow!(self.race(fiber, instr)),
                    Op::Branches => flow!(self.branches(fiber, function, instr)),
                    Op::EnterContext => {
                        *reg!(instr.a) = fiber.context.as_deref().map_or(Value::NULL, Value::from);
                        let label = self.constant(function, instr.bc());
                        fiber.context = label.as_str().map(|label| label.as_str().into());
                    }
                    Op::LeaveContext => {
                        fiber.context = reg!(instr.a).as_str().map(|label| label.as_str().into());
                    }
                    Op::Warn => ok!(self.warn(reg!(instr.a))),
                    Op::Annotate => ok!(self.annotate(reg!(instr.a))),
                }
                pc += 1;
            }
        }
    }

    /// What becomes of a raise: `None` if the fiber goes on at a handler.
    fn raised(&mut self, fiber: &mut Fiber, raised: Raise) -> Option<Pause> {
        let error = match raised {
            Raise::Wait(task) => return Some(Pause::Waits(task)),
            Raise::Stop(stop) => return Some(Pause::Stopped(stop)),
            Raise::Error(error) => self.placed(error, fiber),
            Raise::Fault(fault) => self.error_value(*fault, fiber),
        };
        match self.unwind(fiber, error) {
            Ok(()) => None,
            Err(error) => Some(Pause::Failed(error)),
        }
    }

    /// Tells the ledger where the next confidences belong, while tracing.
    #[inline]
    fn mark(&self, fiber: &mut Fiber, pc: usize) {
        if self.settings.trace {
            if let Some(frame) = fiber.frames.last_mut() {
                frame.pc = pc;
            }
            if let Some(span) = self.current_place(fiber) {
                crate::confidence::Ledger::at(span);
            }
        }
    }
}
