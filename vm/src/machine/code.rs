//! Functions as a machine holds them: the compiled code with its constants made values and its caches.

use super::{JitMode, VariableCell};
use crate::interp::quick::{Quick, Quickened};
use crate::jit::Heat;
use crate::value::heap::Ref;
use crate::value::{Object, Shape, Str, Value};
use prism_bytecode::{Capture, Constant, Function, FunctionId, Op, Params, Path, Program, Step};
use std::cell::{Cell, RefCell};
use std::ptr;
use std::rc::Rc;
use std::sync::Arc;

/// Which program a function is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// The library's.
    Library,
    /// The one that is run.
    Program,
}

/// A program whose constants are values of this machine.
pub(crate) struct Unit {
    pub(crate) program: Arc<Program>,
    pub(crate) constants: Vec<Value>,
    /// The number of its first function among the machine's.
    pub(crate) first: u32,
    pub(crate) exports: Vec<Value>,
}

impl Unit {
    pub(crate) fn new(program: Arc<Program>, first: u32) -> Self {
        let value = |constant: &Constant| match constant {
            Constant::Number(number) => Value::number(*number),
            Constant::String(text) => Value::from(&**text),
        };
        let constants = program.constants.iter().map(value).collect();
        let exports = vec![Value::NULL; program.exports as usize];
        Unit { program, constants, first, exports }
    }

    /// The same of a program that nothing is needed of yet.
    pub(crate) fn vacant(program: Arc<Program>, first: u32) -> Self {
        Unit { program, constants: Vec::new(), first, exports: Vec::new() }
    }

    fn string(&self, id: prism_bytecode::ConstantId) -> Ref<Str> {
        let found = self.constants.get(id.0 as usize).and_then(Value::to_ref);
        found.unwrap_or_else(|| Ref::new(Str::new("")))
    }
}

/// A name in an instruction with what was seen there.
pub(crate) struct Site {
    pub(crate) name: Ref<Str>,
    /// Objects of this shape have the member …
    shape: Cell<*const Shape>,
    /// … in this place.
    place: Cell<u32>,
    /// Keeps the shape, so that no other can come to lie where it is.
    seen: RefCell<Option<Rc<Shape>>>,
    is_length: bool,
}

impl Site {
    fn new(name: Ref<Str>) -> Self {
        let is_length = name.as_str() == "length";
        Site { name, shape: Cell::new(ptr::null()), place: Cell::new(0), seen: RefCell::new(None), is_length }
    }

    /// The member of a plain object of the shape seen last, if that has it.
    #[inline(always)]
    pub(crate) fn member_of<'v>(&self, value: &'v Value) -> Option<&'v Value> {
        if value.is_plain() { self.any_member_of(value) } else { None }
    }

    /// The member of an object of the shape seen last, if that has it, whatever the object's confidence.
    #[inline(always)]
    pub(crate) fn any_member_of<'v>(&self, value: &'v Value) -> Option<&'v Value> {
        let object = value.as_object()?;
        object.at(self.place_in(object)?)
    }

    /// The length of a plain array, if that is what the name means.
    #[inline(always)]
    pub(crate) fn length_of(&self, value: &Value) -> Option<f64> {
        if !self.is_length || !value.is_plain() {
            return None;
        }
        value.as_array().map(|array| array.len() as f64)
    }

    /// The member of an object that no other handle sees, to change.
    #[inline(always)]
    pub(crate) fn own_member_of<'v>(&self, value: &'v mut Value) -> Option<&'v mut Value> {
        let object = value.as_unique_object_mut()?;
        let place = self.place_in(object)?;
        object.at_mut(place)
    }

    /// The place of the member in an object of the shape seen last.
    #[inline(always)]
    fn place_in(&self, object: &Object) -> Option<usize> {
        ptr::eq(Rc::as_ptr(object.shape()?), self.shape.get()).then_some(self.place.get() as usize)
    }

    /// The shape of objects seen here, and the member's place in it.
    #[cfg(feature = "jit")]
    pub(crate) fn seen_shape(&self) -> Option<(Rc<Shape>, usize)> {
        Some((self.seen.borrow().clone()?, self.place.get() as usize))
    }

    /// Notes the shape of a value, if it is an object that has the member.
    pub(crate) fn note(&self, value: &Value) {
        let Some(shape) = value.as_object().and_then(Object::shape) else { return };
        let Some(place) = shape.find(self.name.as_str()) else { return };
        self.place.set(place as u32);
        self.shape.set(Rc::as_ptr(shape));
        *self.seen.borrow_mut() = Some(shape.clone());
    }
}

/// A function ready to run.
pub(crate) struct Loaded {
    pub(crate) origin: Origin,
    pub(crate) params: Params,
    pub(crate) registers: u16,
    pub(crate) is_async: bool,
    /// The number of its arguments, if it takes no other, and runs at once; else more than any call gives.
    pub(crate) plain_params: u32,
    /// The same, for short calls: more than any call gives until the function is quickened, if it will be.
    pub(crate) takes: Cell<u32>,
    /// The first of its instructions, which the program keeps where they are, or `quickened` does.
    pub(crate) code: Cell<*const Quick>,
    quickened: RefCell<Quickened>,
    /// Calls until it is quickened; none if it was, or never will be.
    unquickened: Cell<u8>,
    /// The first of its unit's constants, which the unit keeps where they are.
    pub(crate) constants: *const Value,
    /// Its paths, which the program keeps where they are.
    pub(crate) paths: *const Path,
    pub(crate) sites: Box<[Site]>,
    pub(crate) keys: Box<[Box<[Ref<Str>]>]>,
    /// The shapes of object literals by key list, found at first use.
    pub(crate) shapes: Box<[RefCell<Option<Rc<Shape>>>]>,
    /// Where it is in its unit's program, which the unit keeps alive.
    pub(crate) function: FunctionId,
    program: Arc<Program>,
    pub(crate) name: Arc<str>,
    /// How far it is from being compiled.
    pub(crate) heat: Heat,
}

impl Loaded {
    pub(crate) fn new(unit: &Unit, origin: Origin, id: FunctionId, function: &Function, jit: JitMode) -> Self {
        let strings = |ids: &Vec<_>| ids.iter().map(|id| unit.string(*id)).collect::<Box<[_]>>();
        let keys: Box<[_]> = function.keys.iter().map(strings).collect();
        let unquickened = calls_before(function);
        Loaded {
            plain_params: plain_params(function),
            takes: Cell::new(if unquickened > 0 { u32::MAX } else { plain_params(function) }),
            code: Cell::new(function.code.as_ptr().cast()),
            quickened: RefCell::default(),
            unquickened: Cell::new(unquickened),
            paths: function.paths.as_ptr(),
            constants: unit.constants.as_ptr(),
            origin,
            params: function.params,
            registers: function.registers,
            is_async: function.is_async,
            sites: function.names.iter().map(|id| Site::new(unit.string(*id))).collect(),
            shapes: keys.iter().map(|_| RefCell::new(None)).collect(),
            keys,
            function: id,
            program: unit.program.clone(),
            name: Arc::from(&*function.name),
            heat: Heat::new(jit),
        }
    }

    /// What stands for a function that is not loaded: it has no code, and no call fits it.
    pub(crate) fn vacant(unit: &Unit) -> Self {
        Loaded {
            origin: Origin::Library,
            params: Params::default(),
            registers: 0,
            is_async: false,
            plain_params: u32::MAX,
            takes: Cell::new(u32::MAX),
            code: Cell::new(ptr::null()),
            quickened: RefCell::default(),
            unquickened: Cell::new(0),
            constants: ptr::null(),
            paths: ptr::null(),
            sites: Box::default(),
            keys: Box::default(),
            shapes: Box::default(),
            function: FunctionId(u32::MAX),
            program: unit.program.clone(),
            name: Arc::default(),
            heat: Heat::new(JitMode::Off),
        }
    }

    /// Whether it only stands for a function.
    pub(crate) fn is_vacant(&self) -> bool {
        self.code.get().is_null()
    }

    /// Takes the function of the same number from another unit, whose program begins with the one that it is from.
    pub(crate) fn belong_to(&mut self, unit: &Unit, jit: JitMode) {
        self.program = Arc::clone(&unit.program);
        self.constants = unit.constants.as_ptr();
        self.paths = self.compiled().paths.as_ptr();
        self.heat = Heat::new(jit);
        self.code.set(self.compiled().code.as_ptr().cast());
        self.unquickened.set(calls_before(self.compiled()));
        self.takes.set(if self.unquickened.get() > 0 { u32::MAX } else { self.plain_params });
    }

    /// Counts a call that is not a short one. After a few, and at the first if it has loops, the function is quickened. Nobody may
    /// be at one of its instructions but frames, which know its number.
    pub(crate) fn called(&self) {
        #[cfg(threaded)]
        match self.unquickened.get() {
            0 => {}
            1 => {
                self.never_quicken();
                self.quicken(self.heat.counts_turns());
            }
            left => self.unquickened.set(left - 1),
        }
    }

    #[cfg(threaded)]
    fn quicken(&self, counts_turns: bool) {
        let quickened = crate::interp::quicken::quicken(&self.program, self.compiled(), counts_turns);
        self.code.set(quickened.code.as_ptr());
        *self.quickened.borrow_mut() = quickened;
    }

    /// Calls of it are counted no more, nor are turns of loops that are short. As for [`called`](Loaded::called), nobody may be
    /// at one of its instructions.
    #[cfg(feature = "jit")]
    pub(crate) fn give_up_calls(&self) {
        if self.heat.give_up_calls() {
            self.give_up_loops();
        }
    }

    /// Turns of its loops are counted no more. As for [`called`](Loaded::called), nobody may be at one of its instructions.
    #[cfg(feature = "jit")]
    pub(crate) fn give_up_loops(&self) {
        self.heat.give_up_loops();
        #[cfg(threaded)]
        if self.is_quick() {
            self.quicken(false);
        }
    }

    /// Takes handles out of registers of a frame that compiled code leaves at `pc`, as the interpreter would have.
    #[cfg(feature = "jit")]
    pub(crate) fn tidy(&self, pc: usize, registers: &mut [Value]) {
        if self.is_quick() {
            self.quickened.borrow().tidy(pc, registers);
        }
    }

    fn is_quick(&self) -> bool {
        !ptr::eq(self.code.get(), self.compiled().code.as_ptr().cast())
    }

    /// It is run as it is in the program from now on, and is open to short calls.
    pub(crate) fn never_quicken(&self) {
        self.unquickened.set(0);
        self.takes.set(self.plain_params);
        self.code.set(self.compiled().code.as_ptr().cast());
    }

    /// Notes the shapes of the objects on the way of a path.
    pub(crate) fn note_path(&self, path: &Path, registers: &[Value]) {
        let cell = registers.get(path.root as usize).and_then(Value::as_cell).map(VariableCell::get);
        let mut at = cell.as_ref().or_else(|| registers.get(path.root as usize));
        for step in &path.steps {
            let Some(part) = at else { return };
            at = match *step {
                Step::Name(name) => {
                    let site = &self.sites[name as usize];
                    site.note(part);
                    part.as_object().and_then(|object| object.get(site.name.as_str()))
                }
                Step::Register(register) => registers.get(register as usize).and_then(|index| part.plain_item(index)),
            };
        }
    }

    /// The compiled function.
    pub(crate) fn compiled(&self) -> &Function {
        &self.program.functions[self.function.0 as usize]
    }

    /// Where the captures of its closures come from.
    pub(crate) fn captures(&self) -> &[Capture] {
        &self.compiled().captures
    }
}

/// The number of a function's arguments, if it takes no other, and runs at once; else more than any call gives.
pub(crate) fn plain_params(function: &Function) -> u32 {
    let Params { required, optional, rest } = function.params;
    if optional > 0 || rest || function.is_async { u32::MAX } else { required.into() }
}

/// How many calls a function is run as it is before it is quickened: those without loops may run but once. 0 if it never
/// is.
fn calls_before(function: &Function) -> u8 {
    const FEW: u8 = 4;
    match cfg!(threaded) {
        true if function.code.iter().any(|instr| instr.op == Op::Loop) => 1,
        true => FEW,
        false => 0,
    }
}

/// What a called value turned out to be.
pub(crate) enum Callee {
    /// A function of either program, by its number among the machine's.
    Function(u32),
    /// A library function, with some arguments given or not.
    Library,
}
