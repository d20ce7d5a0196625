//! How library functions are called.
//!
//! The machine settles what every function would otherwise have to: it counts arguments and compares kinds with the
//! signature, waits for tasks, takes confidences off the subject and the settings, and puts onto the result what the
//! signature's [`ConfidenceRule`](prism_bytecode::ConfidenceRule) says. A body sees its arguments by place, the
//! receiver of a method first; an argument that was not given is null.

use crate::confidence::Conf;
use crate::raise::Raise;
use crate::runtime::Runtime;
use crate::value::{Array, Counted, Object, Str, Value};
use prism_bytecode::{Catalog, FunctionId, LibraryId, Program};
use prism_confidence::Rule;
use std::fmt;
use std::sync::Arc;

const NOT_GIVEN: &Value = &Value::NULL;

/// A library function's body in Rust. It must not keep anything between calls: the machine calls it anew when a task
/// that it waits for has ended.
pub type NativeFn = for<'a> fn(&mut Native<'a>) -> Result<Value, Raise>;

/// A function that only the machine itself can do: it calls back, starts tasks or asks the host.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Intrinsic {
    /// `offer(f, …)`: calls f with as many of the rest as it has parameters; a library function gets one.
    Offer,
    /// `offerPair(f, …)`: the same; a library function gets two.
    OfferPair,
    /// `takes(f, count)`: whether `offer` calls f with so many.
    Takes,
    /// `select(options)`.
    Select,
    /// `agent(name, settings)`: a declared agent.
    Agent,
    /// `llm(prompt, options?)`.
    Llm,
    /// `executePattern(name, input)`.
    ExecutePattern,
    /// `delay(ms)`.
    Delay,
    /// `now()`.
    Now,
    /// `random()`.
    Random,
    /// `Promise.all(xs)`.
    PromiseAll,
    /// `Promise.any(xs)`.
    PromiseAny,
    /// `Promise.race(xs)`.
    PromiseRace,
    /// `Promise.allSettled(xs)`.
    PromiseAllSettled,
    /// `Promise.resolve(v)`.
    PromiseResolve,
    /// `Promise.reject(v)`.
    PromiseReject,
    /// `ask(agents, task, data)`: dispatches to all, gives an array of tasks of answers: for `agentResults`.
    AskAll,
}

/// A host's own function: a [`NativeFn`] that may hold what it works with. Tasks in its arguments, in their arrays and
/// objects too, have ended when it is called.
#[derive(Clone)]
pub struct HostFn(Arc<HostBody>);

type HostBody = dyn Fn(&mut Native<'_>) -> Result<Value, Raise> + Send + Sync;

impl HostFn {
    /// The function that does `body`, which must not unwind.
    pub fn new(body: impl Fn(&mut Native<'_>) -> Result<Value, Raise> + Send + Sync + 'static) -> Self {
        HostFn(Arc::new(body))
    }

    pub(crate) fn call(&self, native: &mut Native<'_>) -> Result<Value, Raise> {
        (self.0)(native)
    }
}

impl fmt::Debug for HostFn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HostFn")
    }
}

/// A library function's body.
#[derive(Clone, Debug)]
pub enum Body {
    /// In Rust.
    Native(NativeFn),
    /// In Rust, of a number: `Math.sqrt`.
    Number(fn(f64) -> f64),
    /// In Rust, the host's own.
    Host(HostFn),
    /// The host's, asked for with [`Request::Call`](crate::machine::Request::Call): a call is a task.
    Request,
    /// In Prism, in the library's own program: bodies that call back.
    Prism(FunctionId),
    /// In the machine.
    Intrinsic(Intrinsic),
    /// None: namespaces and constants.
    None,
}

/// The library: what the compiler knows of it, and the bodies in the order of the catalog.
#[derive(Debug)]
pub struct Library {
    /// Names and signatures.
    pub catalog: Arc<Catalog>,
    /// A body an entry.
    pub bodies: Vec<Body>,
    /// The functions that are written in Prism.
    pub program: Arc<Program>,
    /// The functions behind `agentResults` and `successfulResults`: of no arguments, called once a run.
    pub agent_results: Option<(FunctionId, FunctionId)>,
}

/// A call of a library function's body.
pub struct Native<'a> {
    /// Shapes, limits, output, names.
    pub runtime: &'a mut Runtime,
    pub(crate) arguments: &'a mut [Value],
    pub(crate) library: LibraryId,
    pub(crate) given: usize,
}

impl Native<'_> {
    /// The function's name, for messages.
    pub fn name(&self) -> String {
        self.runtime.catalog.get(self.library).map_or_else(String::new, |entry| entry.name().to_owned())
    }

    /// How many arguments were given, the receiver included.
    pub fn given(&self) -> usize {
        self.given
    }

    /// All arguments.
    pub fn arguments(&self) -> &[Value] {
        self.arguments
    }

    /// The arguments that were given, from that one on.
    pub fn given_from(&self, index: usize) -> &[Value] {
        self.arguments.get(index..self.given).unwrap_or(&[])
    }

    /// An argument; null if it was not given.
    pub fn argument(&self, index: usize) -> &Value {
        self.arguments.get(index).unwrap_or(NOT_GIVEN)
    }

    /// An argument, taken out: if nobody else sees it, it can be changed in place.
    pub fn take(&mut self, index: usize) -> Value {
        self.arguments.get_mut(index).map(std::mem::take).unwrap_or_default()
    }

    /// Arguments from `index` on, taken out.
    pub fn take_rest(&mut self, index: usize) -> Vec<Value> {
        self.arguments.iter_mut().skip(index).map(std::mem::take).collect()
    }

    /// A number; NaN if the argument is none, which the signature excludes.
    pub fn number(&self, index: usize) -> f64 {
        self.argument(index).as_number().unwrap_or(f64::NAN)
    }

    /// A number, if it was given.
    pub fn optional_number(&self, index: usize) -> Option<f64> {
        self.argument(index).as_number()
    }

    /// A string; empty if the argument is none, which the signature excludes.
    pub fn text(&self, index: usize) -> &str {
        self.argument(index).as_str().map_or("", Str::as_str)
    }

    /// A copy of a string.
    ///
    /// # Errors
    /// When there is no room, or the fuel is used up.
    pub fn copied_text(&mut self, index: usize) -> Result<String, Raise> {
        let text = self.argument(index).clone();
        self.runtime.copied(text.as_str().map_or("", Str::as_str))
    }

    /// A string, if it was given.
    pub fn optional_text(&self, index: usize) -> Option<&str> {
        self.argument(index).as_str().map(Str::as_str)
    }

    /// A string with what is known of its length.
    pub fn str(&self, index: usize) -> Option<&Str> {
        self.argument(index).as_str()
    }

    /// The elements of an array; none if the argument is none.
    pub fn items(&self, index: usize) -> &[Value] {
        self.argument(index).as_array().map_or(&[], |array: &Array| array)
    }

    /// An object.
    pub fn object(&self, index: usize) -> Option<&Object> {
        self.argument(index).as_object()
    }

    /// What a value is behind tasks: for elements and members that the body looks at.
    ///
    /// # Errors
    /// [`Raise::Wait`] if it is a task that still runs, the task's error if it failed.
    pub fn settled(&self, value: &Value) -> Result<Value, Raise> {
        crate::value::Task::settled(value)
    }

    /// The elements of an array, tasks among them waited for.
    ///
    /// # Errors
    /// As [`Native::settled`].
    pub fn settled_items(&self, index: usize) -> Result<Counted<Value>, Raise> {
        Counted::read(self.items(index), |item| self.settled(item))
    }

    /// The elements of an array as they are.
    ///
    /// # Errors
    /// [`Stop::Memory`](crate::limits::Stop::Memory) if there is no room.
    pub fn copied_items(&self, index: usize) -> Result<Counted<Value>, Raise> {
        Counted::copied(self.items(index))
    }

    /// Derives a confidence from others, with this function's name beside it.
    pub fn derive(&self, confidence: f64, rule: Rule, inputs: &[Conf]) -> Conf {
        Conf::derive_noted(confidence, rule, inputs, Some(&self.name()))
    }
}
