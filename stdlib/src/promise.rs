//! Tasks (STDLIB L9): `Promise`, `delay`, `debounce`.

use crate::registration::Body::{Intrinsic, Prism};
use crate::registration::Registration;
use prism_bytecode::ConfidenceRule::{Never, Own};
use prism_bytecode::Role;
use prism_vm::native::Intrinsic as Machine;

const DELAY: Registration = Registration::function(
    "delay",
    "(ms: number) -> task<null>",
    Never,
    Intrinsic(Machine::Delay),
    "A task of null that ends after so many milliseconds of the host's time.",
    &[("await delay(1)", "null")],
);

/// `Promise`, `delay`, `sleep`, `debounce`.
pub const FUNCTIONS: &[Registration] = &[
    DELAY,
    Registration { path: "sleep", examples: &[("await sleep(1)", "null")], ..DELAY },
    Registration::function(
        "debounce",
        "(f: function, ms: number) -> function",
        Never,
        Prism("debounce"),
        "A function whose calls are tasks of what f gives; a call that another replaces within so many milliseconds ends as null.",
        &[("let quiet = debounce(x => x * 2, 10)\nlet calls = [quiet(1), quiet(2)]\nawait Promise.all(calls)", "[null, 4]")],
    )
    .with_roles(&[("f", Role::Callback)])
    .curried(),
    Registration::namespace("Promise", "Functions of arrays of tasks.", &[("typeof Promise", "object")]),
    Registration::function(
        "Promise.all",
        "(tasks: array<any>) -> task<array<any>>",
        Own,
        Intrinsic(Machine::PromiseAll),
        "A task of all results in order; the first failure fails it.",
        &[("await Promise.all([1, delay(3), Promise.resolve(4)])", "[1, null, 4]")],
    ),
    Registration::function(
        "Promise.any",
        "(tasks: array<any>) -> task<any>",
        Own,
        Intrinsic(Machine::PromiseAny),
        "A task of the first success; if all fail, of the last failure.",
        &[("await Promise.any([Promise.reject(\"no\"), 2])", "2")],
    ),
    Registration::function(
        "Promise.race",
        "(tasks: array<any>) -> task<any>",
        Own,
        Intrinsic(Machine::PromiseRace),
        "A task of what the first to end gives, a failure too.",
        &[("await Promise.race([1, delay(5)])", "1")],
    ),
    Registration::function(
        "Promise.allSettled",
        "(tasks: array<any>) -> task<array<object>>",
        Own,
        Intrinsic(Machine::PromiseAllSettled),
        "A task of what became of each: {status: \"fulfilled\", value} or {status: \"rejected\", reason}.",
        &[("(await Promise.allSettled([1, Promise.reject(\"no\")])).map(r => r.status)", "[fulfilled, rejected]")],
    ),
    Registration::function(
        "Promise.resolve",
        "(v?: any) -> task<any>",
        Own,
        Intrinsic(Machine::PromiseResolve),
        "A task that has ended with the value.",
        &[("await Promise.resolve(3)", "3")],
    ),
    Registration::function(
        "Promise.reject",
        "(v?: any) -> task<never>",
        Own,
        Intrinsic(Machine::PromiseReject),
        "A task that has failed; its use raises an error whose message is the value's display.",
        &[("try { await Promise.reject(\"nope\") } catch (e) { e.message }", "nope")],
    ),
];
