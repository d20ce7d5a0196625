//! Functions as a machine holds them: the compiled code with its constants made values and its caches.

use crate::value::heap::Ref;
use crate::value::{Shape, Str, Value};
use prism_bytecode::{Capture, Constant, Function, FunctionId, Instr, Params, Program};
use std::cell::RefCell;
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

    fn string(&self, id: prism_bytecode::ConstantId) -> Ref<Str> {
        let found = self.constants.get(id.0 as usize).and_then(Value::to_ref);
        found.unwrap_or_else(|| Ref::new(Str::new("")))
    }
}

/// What an instruction that names a member has seen.
#[derive(Default)]
pub(crate) struct MemberCache {
    /// Objects of this shape have the member …
    pub(crate) shape: Option<Rc<Shape>>,
    /// … in this place.
    pub(crate) place: u32,
}

/// A name in an instruction with what was seen there.
pub(crate) struct Site {
    pub(crate) name: Ref<Str>,
    pub(crate) member: RefCell<MemberCache>,
}

/// A function ready to run.
pub(crate) struct Loaded {
    pub(crate) origin: Origin,
    pub(crate) params: Params,
    pub(crate) registers: u16,
    pub(crate) is_async: bool,
    pub(crate) sites: Box<[Site]>,
    pub(crate) keys: Box<[Box<[Ref<Str>]>]>,
    /// The shapes of object literals by key list, found at first use.
    pub(crate) shapes: Box<[RefCell<Option<Rc<Shape>>>]>,
    /// Where it is in its unit's program, which the unit keeps alive.
    pub(crate) function: FunctionId,
    program: Arc<Program>,
    pub(crate) name: Box<str>,
}

impl Loaded {
    pub(crate) fn new(unit: &Unit, origin: Origin, id: FunctionId, function: &Function) -> Self {
        let strings = |ids: &Vec<_>| ids.iter().map(|id| unit.string(*id)).collect::<Box<[_]>>();
        let keys: Box<[_]> = function.keys.iter().map(strings).collect();
        Loaded {
            origin,
            params: function.params,
            registers: function.registers,
            is_async: function.is_async,
            sites: function
                .names
                .iter()
                .map(|id| Site { name: unit.string(*id), member: RefCell::default() })
                .collect(),
            shapes: keys.iter().map(|_| RefCell::new(None)).collect(),
            keys,
            function: id,
            program: unit.program.clone(),
            name: function.name.clone(),
        }
    }

    /// Takes the function of the same number from another program, which begins with the one that it is from.
    pub(crate) fn belong_to(&mut self, program: &Arc<Program>) {
        self.program = Arc::clone(program);
    }

    /// The compiled function.
    pub(crate) fn compiled(&self) -> &Function {
        &self.program.functions[self.function.0 as usize]
    }

    /// The instructions.
    pub(crate) fn code(&self) -> &[Instr] {
        &self.compiled().code
    }

    /// Where the captures of its closures come from.
    pub(crate) fn captures(&self) -> &[Capture] {
        &self.compiled().captures
    }
}

/// What a called value turned out to be.
pub(crate) enum Callee {
    /// A function of either program, by its number among the machine's.
    Function(u32),
    /// A library function, with some arguments given or not.
    Library,
}
