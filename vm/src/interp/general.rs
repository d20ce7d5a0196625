//! Every instruction the general way: all kinds of operands, all rules, no assumption but what the verifier proved.
//!
//! The dispatch loop has a shorter way for what programs do most; whatever that does not cover comes here, and what
//! compiled code does not cover may, too. The frame's `pc` stands at the instruction.

use super::Flow;
use super::members::part;
use crate::limits::Stop;
use crate::machine::{Fiber, Loaded, Machine, Pause};
use crate::raise::Raise;
use crate::value::{Task, Value};
use prism_bytecode::{Instr, KindSet, Mutator, Op, Operand, Step};

/// The operator that an instruction applies: its own, but where it has a shape of its own.
pub(crate) fn operator(op: Op) -> Op {
    use Op::{
        Add, AddK, Div, DivK, Eq, Ge, Gt, Le, LoopGe, LoopGeK, LoopGt, LoopGtK, LoopLe, LoopLeK, LoopLt, LoopLtK, Lt,
        Mul, MulK, Rem, RemK, StrictEq, Sub, SubK, TestEq, TestEqK, TestGe, TestGeK, TestGt, TestGtK, TestLe, TestLeK,
        TestLt, TestLtK, TestSame, TestSameK,
    };
    match op {
        AddK => Add,
        SubK => Sub,
        MulK => Mul,
        DivK => Div,
        RemK => Rem,
        TestLt | TestLtK | LoopLt | LoopLtK => Lt,
        TestLe | TestLeK | LoopLe | LoopLeK => Le,
        TestGt | TestGtK | LoopGt | LoopGtK => Gt,
        TestGe | TestGeK | LoopGe | LoopGeK => Ge,
        TestEq | TestEqK => Eq,
        TestSame | TestSameK => StrictEq,
        other => other,
    }
}

impl Machine {
    /// Does an instruction of the innermost frame.
    #[inline(never)]
    pub(crate) fn general(&mut self, fiber: &mut Fiber, function: &Loaded, instr: Instr) -> Result<Flow, Raise> {
        self.mark(fiber);
        let Some(frame) = fiber.frames.last() else { return Ok(Flow::Frame) };
        let base = frame.base;
        let (a, b, c) = (base + instr.a as usize, base + instr.b as usize, base + instr.c as usize);
        let stack = &mut fiber.stack;
        let value = match instr.op {
            Op::Null => Value::NULL,
            Op::Bool => Value::boolean(instr.x != 0),
            Op::Int => Value::number(f64::from(instr.bc() as i32)),
            Op::Const => self.constant(function, instr.bc()),
            Op::Uninit => Value::UNINIT,
            Op::Move => read(stack, b, instr),
            Op::LoadSelf => self.own_closure(fiber),
            Op::Library => self.library_value(instr.c),
            Op::GetExport => self.export(function, instr.bc()),
            Op::Closure => self.closure(function, instr.bc(), fiber),
            Op::NewCell => self.new_cell(Value::UNINIT),
            Op::MakeCell => self.new_cell(std::mem::take(&mut stack[a])),
            Op::CellGet => stack[b].as_cell().map(|cell| cell.get()).unwrap_or_default(),
            Op::CaptureGet => self.capture(fiber, instr.bc(), true),
            Op::CaptureCell => self.capture(fiber, instr.bc(), false),

            Op::Add | Op::Sub | Op::Mul | Op::Div | Op::Rem | Op::Pow => {
                self.runtime.arithmetic(instr.op, &stack[b], &stack[c])?
            }
            Op::ConfAdd | Op::ConfSub | Op::ConfMul | Op::ConfDiv => {
                match self.confident_fast(instr.op, &stack[b], &stack[c]) {
                    Some(value) => value,
                    None => self.runtime.arithmetic(instr.op, &stack[b], &stack[c])?,
                }
            }
            Op::CountLt | Op::CountLe | Op::CountLtK | Op::CountLeK => {
                let constant = self.constant(function, instr.bc());
                self.runtime.arithmetic(Op::Add, &stack[a], &constant)?
            }
            Op::AddK | Op::SubK | Op::MulK | Op::DivK | Op::RemK => {
                let constant = self.constant(function, instr.c.into());
                let (x, y) = if instr.x == 1 { (&constant, &stack[b]) } else { (&stack[b], &constant) };
                self.runtime.arithmetic(operator(instr.op), x, y)?
            }
            Op::Lt
            | Op::Le
            | Op::Gt
            | Op::Ge
            | Op::Eq
            | Op::StrictEq
            | Op::Ne
            | Op::StrictNe
            | Op::ConfLt
            | Op::ConfLe
            | Op::ConfGe
            | Op::ConfEq
            | Op::ConfNe => self.runtime.compare(instr.op, &stack[b], &stack[c])?,
            Op::In => self.runtime.is_in(&stack[b], &stack[c])?,
            Op::IsKind => {
                let named = KindSet::named(self.runtime.type_of(&stack[b])).unwrap_or_default();
                Value::boolean(KindSet::from_bits(instr.c).contains(named))
            }
            Op::InstanceOf => self.runtime.instance_of(&stack[b], &stack[c])?,
            Op::ConfAnd | Op::ConfOr | Op::Chain | Op::Surer => self.runtime.weigh(instr.op, &stack[b], &stack[c])?,
            Op::Attach => self.runtime.attach(&stack[b], &stack[c])?,
            Op::Gate => self.runtime.gate(&stack[b], &stack[c])?,
            Op::ThresholdGate => self.runtime.threshold_gate(&stack[b], &stack[c])?,
            Op::GateShut => self.runtime.gate_shut(&stack[b])?,
            Op::Times => self.runtime.times(&stack[b], &stack[c])?,
            Op::PipeResult => self.runtime.pipe_result(&stack[b], &stack[c])?,
            Op::Neg | Op::Plus => self.runtime.signed(instr.op, &stack[b])?,
            Op::Not => self.runtime.not(&stack[b])?,
            Op::ConfidenceOf => self.runtime.confidence_of(&stack[b])?,
            Op::TypeOf => Value::from(self.runtime.type_of(&stack[b])),
            Op::Await => Task::settled(&stack[b])?,
            Op::Level => self.runtime.level(&stack[b], Some((&stack[b + 1], &stack[b + 2])))?,
            Op::DefaultLevel => self.runtime.level(&stack[b], None)?,

            Op::GetField => {
                let site = &function.sites[instr.c as usize];
                site.note(&stack[b]);
                self.runtime.member(&stack[b], site.name.as_str())?
            }
            Op::GetIndex => self.runtime.index(&stack[b], &stack[c])?,
            Op::GetPath => {
                let (root, steps) = steps(function, instr, stack, base);
                self.with_root(&mut stack[root], |machine, root| machine.runtime.get_path(root, &steps))?
            }
            Op::Mutate => self.mutate(fiber, function, instr)?,
            Op::IsArray => Value::boolean(Task::settled(&stack[b])?.as_array().is_some()),
            Op::NewArray => Value::array(taken(&mut stack[b..b + instr.x as usize])),
            Op::NewObject => {
                let values = taken(&mut stack[b..b + instr.x as usize]);
                self.new_object(function, instr.c, values)
            }
            Op::Concat => self.runtime.concat(&stack[b..b + instr.x as usize])?,

            Op::TestArray => Value::boolean(self.runtime.test_array(&stack[b], instr.c as usize, instr.x == 1)?),
            Op::TestObject => {
                let value = Task::settled(&stack[b])?;
                Value::boolean(value.as_object().is_some() || (instr.x == 1 && value.as_error().is_some()))
            }
            Op::HasIndex => {
                let value = Task::settled(&stack[b])?;
                Value::boolean(value.as_array().is_some_and(|array| array.len() > instr.c as usize))
            }
            Op::HasKey => {
                Value::boolean(self.runtime.has_key(&stack[b], function.sites[instr.c as usize].name.as_str())?)
            }
            Op::GetElement => self.runtime.element(&stack[b], instr.c as usize)?,
            Op::ArrayRest => self.runtime.array_rest(&stack[b], instr.c as usize)?,
            Op::ObjectRest => self.runtime.object_rest(&stack[b], &function.keys[instr.c as usize])?,
            Op::RestAbove => self.runtime.rest_above(&stack[b], &stack[c])?,
            Op::Meets => Value::boolean(self.runtime.meets(&stack[b], &stack[c])?),
            Op::EnterContext => {
                let before = fiber.context.as_deref().map_or(Value::NULL, Value::from);
                let label = self.constant(function, instr.bc());
                fiber.context = label.as_str().map(|label| label.as_str().into());
                before
            }

            _ => return self.act(fiber, function, instr),
        };
        fiber.stack[a] = value;
        Ok(Flow::Next)
    }

    /// Instructions that do not just write a register: those that jump, change what is there, or may change frames.
    fn act(&mut self, fiber: &mut Fiber, function: &Loaded, instr: Instr) -> Result<Flow, Raise> {
        let base = fiber.frames.last().map_or(0, |frame| frame.base);
        let (a, b, count) = (base + instr.a as usize, base + instr.b as usize, instr.x as usize);
        let stack = &mut fiber.stack;
        let jumps = match instr.op {
            Op::Jump => true,
            Op::JumpIfTrue => truth(stack, a, instr)?,
            Op::JumpIfFalse => !truth(stack, a, instr)?,
            Op::JumpIfNull => Task::settled(&stack[a])?.is_null(),
            Op::JumpIfNotNull => !Task::settled(&stack[a])?.is_null(),
            Op::JumpIfSure => self.runtime.is_sure(&stack[a])?,
            Op::JumpIfOpen => self.runtime.is_open(&stack[a])?,
            Op::JumpIfGiven => !stack[a].is_uninit(),
            Op::JumpIfInt => stack[a].as_number() == Some(f64::from(instr.x)),
            Op::IterNext => !next_item(stack, a),

            Op::Loop => return Ok(self.take_turn().map_or(Flow::Jump(instr.bc()), Flow::Pause)),
            Op::Host => return self.host_name(fiber, instr),
            Op::Call => return self.call(fiber, b, count, a),
            Op::Offer => return self.offer(fiber, b, count, instr.c as usize, a),
            Op::CallSpread => return self.call_spread(fiber, instr),
            Op::CallMethod => return self.call_method(fiber, function, instr),
            Op::CallMethodSpread => return self.call_method_spread(fiber, function, instr),
            Op::CallLibrary => return self.call_library(fiber, instr.c, b, count, a),
            Op::CallLibrarySpread => return self.call_library_spread(fiber, instr),
            Op::Return => {
                let value = std::mem::take(&mut stack[a]);
                return Ok(self.return_value(fiber, value).map_or(Flow::Frame, Flow::Pause));
            }
            Op::Throw => {
                let (Ok(raised) | Err(raised)) = self.thrown(&stack[a]);
                return Err(raised);
            }
            Op::Dispatch => return self.dispatch_by_name(fiber, function, instr),
            Op::DispatchSpread => return self.dispatch_spread(fiber, function, instr),
            Op::Parallel => return self.parallel(fiber, instr),
            Op::Race => return self.race(fiber, instr),
            Op::Branches => return self.branches(fiber, function, instr),
            _ if instr.op.follower().is_some() => return self.test(fiber, function, instr),
            _ => {
                self.change(fiber, function, instr)?;
                false
            }
        };
        Ok(if jumps { Flow::Jump(instr.bc()) } else { Flow::Next })
    }

    /// Instructions that change what is there: cells, exports, collections, the run's own notes.
    fn change(&mut self, fiber: &mut Fiber, function: &Loaded, instr: Instr) -> Result<(), Raise> {
        let base = fiber.frames.last().map_or(0, |frame| frame.base);
        let (a, b, c) = (base + instr.a as usize, base + instr.b as usize, base + instr.c as usize);
        let stack = &mut fiber.stack;
        let name = |instr: Instr| &function.sites[instr.c as usize].name;
        match instr.op {
            Op::SetExport => self.set_export(function, instr.bc(), stack[a].clone()),
            Op::CellSet => {
                let value = read(stack, b, instr);
                if let Some(cell) = stack[a].as_cell() {
                    drop(cell.set(value));
                }
            }
            Op::CaptureSet => {
                let value = read(stack, a, instr);
                if let Some(cell) = self.capture(fiber, instr.bc(), false).as_cell() {
                    drop(cell.set(value));
                }
            }
            Op::CheckInit if stack[a].is_uninit() => return Err(self.uninitialised(function, instr.bc())),
            Op::CheckInit => {}
            Op::SetField => {
                let value = stack[b].clone();
                function.sites[instr.c as usize].note(&stack[a]);
                self.with_root(&mut stack[a], |machine, root| machine.runtime.set_field(root, name(instr), value))?;
                forget(stack, b, instr);
            }
            Op::SetIndex => {
                // The index may be the root itself: `x[x] = …`.
                let (index, value) = (stack[b].clone(), stack[c].clone());
                self.with_root(&mut stack[a], |machine, root| machine.runtime.set_index(root, &index, value))?;
                forget(stack, c, instr);
            }
            Op::SetPath => {
                let ((root, steps), value) = (steps(function, instr, stack, base), stack[a].clone());
                self.with_root(&mut stack[root], |machine, root| machine.runtime.set_path(root, &steps, value))?;
                forget(stack, a, instr);
            }
            Op::Push => {
                let value = stack[b].clone();
                self.with_root(&mut stack[a], |machine, root| {
                    machine.runtime.mutate(Mutator::Push, root, &[], vec![value])
                })?;
                forget(stack, b, instr);
            }
            Op::ArrayPush => {
                let value = read(stack, b, instr);
                if let Some(array) = stack[a].as_array_mut() {
                    array.push(value);
                }
            }
            Op::ArraySpread => {
                let more = stack[b].clone();
                self.runtime.array_spread(&mut stack[a], &more)?;
            }
            Op::ObjectSet => {
                let value = read(stack, b, instr);
                if let Some(object) = stack[a].as_object_mut() {
                    object.set(name(instr), value);
                }
            }
            Op::ObjectSpread => {
                let more = stack[b].clone();
                self.runtime.object_spread(&mut stack[a], &more)?;
            }
            Op::IterInit => {
                let (items, conf) = self.runtime.iterable(&stack[b])?;
                stack[a] = items.with_conf(conf);
                stack[a + 1] = Value::number(0.0);
            }
            Op::CheckArray => self.runtime.check_array(&stack[a])?,
            Op::CheckObject => self.runtime.check_object(&stack[a])?,
            Op::LeaveContext => fiber.context = stack[a].as_str().map(|label| label.as_str().into()),
            Op::Warn => self.warn(&stack[a])?,
            Op::Annotate => self.annotate(&stack[a])?,
            _ => return Err(Raise::Stop(Stop::Internal("an instruction that the interpreter does not know"))),
        }
        Ok(())
    }

    /// An update by a method that JavaScript knows as mutating: its result.
    fn mutate(&mut self, fiber: &mut Fiber, function: &Loaded, instr: Instr) -> Result<Value, Raise> {
        let base = fiber.frames.last().map_or(0, |frame| frame.base);
        let mutation = function.compiled().mutations[instr.c as usize];
        let window = fiber.stack[base + instr.b as usize..][..instr.x as usize].to_vec();
        let (steps, arguments) = window.split_at(mutation.steps as usize);
        let arguments = match arguments {
            [all] if mutation.spread => self.spread_arguments(all)?,
            each => each.to_vec(),
        };
        self.with_root(&mut fiber.stack[base + mutation.root as usize], |machine, root| {
            machine.runtime.mutate(mutation.mutator, root, steps, arguments)
        })
    }

    /// Takes the step of a loop's turn; says why it can't.
    fn take_turn(&mut self) -> Option<Pause> {
        if self.is_out_of_steps() {
            return Some(self.out_of_steps());
        }
        self.runtime.fuel -= 1;
        None
    }

    /// A test with the jump behind it.
    fn test(&mut self, fiber: &mut Fiber, function: &Loaded, instr: Instr) -> Result<Flow, Raise> {
        let Some(frame) = fiber.frames.last_mut() else { return Ok(Flow::Frame) };
        let (base, behind) = (frame.base, frame.pc + 1);
        let ends_turn = instr.op.follower() == Some(Op::Loop);
        if ends_turn && let Some(pause) = self.take_turn() {
            if matches!(pause, Pause::Stopped(_)) {
                // It is the loop that stops, not its condition.
                frame.pc = behind;
            }
            return Ok(Flow::Pause(pause));
        }
        if instr.op == Op::IterTurn {
            let more = next_item(&mut fiber.stack, base + instr.a as usize);
            return Ok(Flow::Jump(if more { function.compiled().code[behind].bc() } else { behind as u32 + 1 }));
        }
        let x = &fiber.stack[base + instr.a as usize];
        let constant;
        let y = if instr.op.operands().bc == Operand::Constant {
            constant = self.constant(function, instr.bc());
            &constant
        } else {
            &fiber.stack[base + instr.b as usize]
        };
        let truth = match self.runtime.compare(operator(instr.op), x, y) {
            Ok(truth) => truth.is_truthy(),
            Err(raised) => {
                // The instruction is done anew, and takes its step then.
                if ends_turn && matches!(raised, Raise::Wait(_)) {
                    self.runtime.fuel += 1;
                }
                return Err(raised);
            }
        };
        let wanted = ends_turn || instr.x != 0;
        let target = if truth == wanted { function.compiled().code[behind].bc() } else { behind as u32 + 1 };
        Ok(Flow::Jump(target))
    }
}

/// The value of a register; one that is not read again gives it away, since a second handle would make every update a
/// copy.
fn read(stack: &mut [Value], at: usize, instr: Instr) -> Value {
    if instr.x == 1 { std::mem::take(&mut stack[at]) } else { stack[at].clone() }
}

/// Empties a register that is not read again.
fn forget(stack: &mut [Value], at: usize, instr: Instr) {
    if instr.x == 1 {
        stack[at] = Value::NULL;
    }
}

/// The root of a path, and its steps as keys. What shapes the objects on the way have is noted.
fn steps(function: &Loaded, instr: Instr, stack: &[Value], base: usize) -> (usize, Vec<Value>) {
    let path = &function.compiled().paths[instr.bc() as usize];
    let root = base + path.root as usize;
    function.note_path(path, &stack[base..]);
    let key = |step: &Step| match *step {
        Step::Register(register) => stack[base + register as usize].clone(),
        Step::Name(name) => Value::from(function.sites[name as usize].name.clone()),
    };
    (root, path.steps.iter().map(key).collect())
}

/// Whether a condition holds.
fn truth(stack: &mut [Value], at: usize, instr: Instr) -> Result<bool, Raise> {
    let truth = Task::settled(&stack[at])?.is_truthy();
    forget(stack, at, instr);
    Ok(truth)
}

/// The values of a window, which become null there.
fn taken(window: &mut [Value]) -> Vec<Value> {
    window.iter_mut().map(std::mem::take).collect()
}

/// Puts the next item of the collection and its position behind it; whether there is one.
pub(crate) fn next_item(stack: &mut [Value], at: usize) -> bool {
    let position = stack[at + 1].as_number().unwrap_or(0.0);
    let items = &stack[at];
    let item = items.as_array().and_then(|array| array.get(position as usize));
    let Some(item) = item.map(|item| part(item, items.conf())) else { return false };
    stack[at + 1] = Value::number(position + 1.0);
    stack[at + 2] = item;
    stack[at + 3] = Value::number(position);
    true
}
