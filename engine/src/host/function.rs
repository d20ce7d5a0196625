//! Closures as functions of values: what a call gives them, and what becomes of what they give.

use super::call::HostCall;
use super::signature::Declaration;
use super::{Fault, HostError, HostReply};
use crate::portable::Portable;
use crate::uncertain::Keeps;
use futures_util::FutureExt;
use prism_bytecode::KindSet;
use prism_confidence::Rule;
use prism_diagnostics::Code;
use prism_vm::confidence::Conf;
use prism_vm::machine::{Failure, Response};
use prism_vm::native::HostFn;
use prism_vm::raise::Raise;
use prism_vm::runtime::Runtime;
use prism_vm::value::Value;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::any::Any;
use std::fmt;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;

/// The parameters of a function in Rust: what each keeps of its argument's confidence.
pub type Parameters = Vec<Keeps>;

type Given = Result<Portable, HostError>;
type Pending = Pin<Box<dyn Future<Output = Given> + Send>>;

/// A Rust function that programs can call: anything that takes up to eight owned values that serde can deserialise, and
/// gives a `Result` of one that it can serialise.
pub trait Function<Arguments>: Send + Sync + 'static {
    #[doc(hidden)]
    fn parameters() -> Parameters;
    #[doc(hidden)]
    fn call(&self, arguments: Vec<Portable>) -> Given;
}

/// The same, giving a future of its result.
pub trait AsyncFunction<Arguments>: Send + Sync + 'static {
    #[doc(hidden)]
    fn parameters() -> Parameters;
    #[doc(hidden)]
    fn start(&self, arguments: Vec<Portable>) -> Result<Pending, HostError>;
}

/// The next argument as a type in Rust.
fn argument<T: DeserializeOwned>(place: usize, arguments: &mut impl Iterator<Item = Portable>) -> Result<T, HostError> {
    let value = arguments.next().unwrap_or(Portable::NULL);
    value.read().map_err(|fault| HostError::of(Fault::Argument, format_args!("argument {place}: {fault}")))
}

fn result<R: Serialize>(given: Result<R, HostError>) -> Given {
    Portable::new(&given?).map_err(|fault| HostError::of(Fault::Broken, format_args!("the result: {fault}")))
}

macro_rules! functions {
    ($($argument:ident $place:literal)*) => {
        impl<F, R, $($argument,)*> Function<($($argument,)*)> for F
        where
            F: Fn($($argument),*) -> Result<R, HostError> + Send + Sync + 'static,
            R: Serialize,
            $($argument: DeserializeOwned,)*
        {
            fn parameters() -> Parameters {
                vec![$(Keeps::of::<$argument>()),*]
            }

            fn call(&self, arguments: Vec<Portable>) -> Given {
                let mut _arguments = arguments.into_iter();
                result(self($(argument::<$argument>($place, &mut _arguments)?),*))
            }
        }

        impl<F, P, R, $($argument,)*> AsyncFunction<($($argument,)*)> for F
        where
            F: Fn($($argument),*) -> P + Send + Sync + 'static,
            P: Future<Output = Result<R, HostError>> + Send + 'static,
            R: Serialize,
            $($argument: DeserializeOwned,)*
        {
            fn parameters() -> Parameters {
                vec![$(Keeps::of::<$argument>()),*]
            }

            fn start(&self, arguments: Vec<Portable>) -> Result<Pending, HostError> {
                let mut _arguments = arguments.into_iter();
                let given = self($(argument::<$argument>($place, &mut _arguments)?),*);
                Ok(Box::pin(async move { result(given.await) }))
            }
        }
    };
}

functions!();
functions!(A 1);
functions!(A 1 B 2);
functions!(A 1 B 2 C 3);
functions!(A 1 B 2 C 3 D 4);
functions!(A 1 B 2 C 3 D 4 E 5);
functions!(A 1 B 2 C 3 D 4 E 5 G 6);
functions!(A 1 B 2 C 3 D 4 E 5 G 6 H 7);
functions!(A 1 B 2 C 3 D 4 E 5 G 6 H 7 I 8);

type Gives = Box<dyn Fn(Vec<Portable>) -> Given + Send + Sync>;
type Starts = Box<dyn Fn(Vec<Portable>) -> Result<Pending, HostError> + Send + Sync>;

/// A function without its types.
pub(crate) enum Erased {
    /// Its call gives its result.
    Sync(Gives),
    /// Its call gives a future.
    Async(Starts),
}

impl Erased {
    pub(crate) fn of<A, F: Function<A>>(function: F) -> (Parameters, Erased) {
        (F::parameters(), Erased::Sync(Box::new(move |arguments| function.call(arguments))))
    }

    pub(crate) fn of_async<A, F: AsyncFunction<A>>(function: F) -> (Parameters, Erased) {
        (F::parameters(), Erased::Async(Box::new(move |arguments| function.start(arguments))))
    }
}

/// What calls of one function have in common.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Shape {
    /// Its path.
    pub(crate) path: Arc<str>,
    parameters: usize,
    /// Whether the last parameter takes all arguments that remain, as an array.
    rest: bool,
    result: KindSet,
}

impl Shape {
    pub(crate) fn new(declaration: &Declaration) -> Self {
        let params = &declaration.signature.params;
        Shape {
            path: declaration.path.as_str().into(),
            parameters: params.len(),
            rest: params.last().is_some_and(|param| param.rest),
            result: declaration.result,
        }
    }

    /// What the function in Rust is given; what is missing is null.
    fn arguments(&self, given: &[Value]) -> Result<Vec<Portable>, HostError> {
        let take_out = |(at, value): (usize, &Value)| {
            Portable::take_out(value)
                .map_err(|fault| HostError::of(Fault::Argument, format_args!("argument {} {fault}", at + 1)))
        };
        let mut arguments = given.iter().enumerate().map(take_out).collect::<Result<Vec<_>, _>>()?;
        if self.rest {
            let rest = arguments.split_off((self.parameters - 1).min(arguments.len()));
            arguments.resize(self.parameters - 1, Portable::NULL);
            arguments.push(Portable::array(rest));
        }
        Ok(arguments)
    }

    /// The result on the machine's heap, if it is what the signature promises.
    fn value(&self, runtime: &Runtime, outcome: Given) -> Result<Value, HostError> {
        let conf = |number| Conf::derive_noted(number, Rule::Measured, &[], Some(&self.path));
        let value = outcome?.put_in(runtime, &conf);
        let kind = value.kind();
        if self.result.contains(kind.set()) {
            return Ok(value);
        }
        let message = format!("the result must be a {}, got {}", self.result, kind.as_str());
        Err(HostError::of(Fault::Broken, message))
    }

    /// The message and data of an error as the program sees them.
    fn failure(&self, runtime: &Runtime, error: HostError) -> Failure {
        let HostError { fault, message, data } = error;
        let conf = |number| Conf::derive_noted(number, Rule::Measured, &[], Some(&self.path));
        let own = ("function".to_owned(), Value::from(&*self.path));
        let details = data.into_iter().map(|(key, value)| (key, value.put_in(runtime, &conf)));
        let message = if fault == Fault::Said { message } else { format!("{}: {message}", self.path) };
        Failure { message, details: std::iter::once(own).chain(details).collect(), code: Some(fault.code()) }
    }
}

impl HostReply {
    /// To a call of a function that there is not: the program was made by another engine.
    pub(crate) fn missing() -> Self {
        let shape = Shape { path: "host".into(), parameters: 0, rest: false, result: KindSet::ANY };
        HostReply { shape, outcome: Err(HostError::new("the program's engine has no such function")) }
    }

    /// What a machine is answered with; must be made inside it.
    pub fn response(self, runtime: &Runtime) -> Response {
        let HostReply { shape, outcome } = self;
        match shape.value(runtime, outcome) {
            Ok(value) => Response::Value(value),
            Err(error) => Response::Failed(shape.failure(runtime, error)),
        }
    }
}

/// The body of a function that gives its result at once.
pub(crate) fn body(shape: Shape, function: Gives) -> HostFn {
    HostFn::new(move |native| {
        let outcome = shape.arguments(native.arguments()).and_then(|arguments| {
            // What the closure itself holds may be left half changed: that is its author's to mend, as with a thread's.
            catch_unwind(AssertUnwindSafe(|| function(arguments))).unwrap_or_else(|panic| Err(broken(panic)))
        });
        shape.value(native.runtime, outcome).map_err(|error| {
            let Failure { message, details, code } = shape.failure(native.runtime, error);
            let data = native.runtime.object(details);
            Raise::with_data(code.unwrap_or(Code::R0012), message, data)
        })
    })
}

/// A function that gives a future.
pub(crate) struct AsyncFunctionBody {
    pub(crate) shape: Shape,
    pub(crate) function: Starts,
}

impl fmt::Debug for AsyncFunctionBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shape.path)
    }
}

impl AsyncFunctionBody {
    /// Begins a call; must be called inside the machine whose values the arguments are.
    pub(crate) fn start(&self, given: &[Value]) -> HostCall {
        let started = self.shape.arguments(given).and_then(|arguments| {
            catch_unwind(AssertUnwindSafe(|| (self.function)(arguments))).unwrap_or_else(|panic| Err(broken(panic)))
        });
        let shape = self.shape.clone();
        HostCall::new(async move {
            let outcome = match started {
                Ok(pending) => {
                    AssertUnwindSafe(pending).catch_unwind().await.unwrap_or_else(|panic| Err(broken(panic)))
                }
                Err(error) => Err(error),
            };
            HostReply { shape, outcome }
        })
    }

    /// What comes of a call where nothing can wait for it.
    pub(crate) fn refuse(&self) -> HostReply {
        let message = "it is asynchronous, and nothing waits here: run the program with `run_async`";
        HostReply { shape: self.shape.clone(), outcome: Err(HostError::of(Fault::Broken, message)) }
    }
}

/// What a panic says.
fn broken(panic: Box<dyn Any + Send>) -> HostError {
    let text = panic.downcast_ref::<&str>().copied().or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    HostError::of(Fault::Broken, format_args!("it broke off: {}", text.unwrap_or("a panic without a text")))
}
