//! What only the host can do (§9, §10): agents, models, other patterns. Time and randomness are with the numbers,
//! `delay` is with the tasks.

use crate::registration::Body::Intrinsic;
use crate::registration::Registration;
use prism_bytecode::ConfidenceRule::{Never, Own};
use prism_vm::native::Intrinsic as Machine;

/// `select`, `llm`, `executePattern`.
pub const FUNCTIONS: &[Registration] = &[
    Registration::function(
        "select",
        "(options: {capabilities?: array<string>, min?: number, max?: number, prefer?: array<string>}) -> array<agent>",
        Never,
        Intrinsic(Machine::Select),
        "Agents that have all the capabilities: preferred ones first, then in order of registration. Fewer than min \
         (1 unless said) are an error.",
        &[("select(capabilities: [\"no such skill\"], min: 0)", "[]")],
    )
    .with_effect(),
    Registration::function(
        "llm",
        "(prompt: string, options?: object) -> task<any>",
        Never,
        Intrinsic(Machine::Llm),
        "Asks a model; inside parallel and race the block's agent. A task of the result with its confidence.",
        &[("typeof llm", "function")],
    ),
    Registration::function(
        "executePattern",
        "(name: string, input?: any) -> any",
        Own,
        Intrinsic(Machine::ExecutePattern),
        "Runs another pattern of the root and gives its result with its confidence; its error is raised.",
        &[("typeof executePattern", "function")],
    )
    .with_effect(),
];
