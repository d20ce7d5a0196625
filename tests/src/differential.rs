//! Random programs, run interpreted and compiled: both must do the same to the step.
//!
//! Half of them are those of [`crate::soundness`], which have all constructs of the language; the other half
//! ([`generate`]) are loops over numbers, arrays and objects that turn often enough to be compiled, and change what they
//! work on while they do.

pub mod generate;

use crate::soundness::run::{Answers, Course, run_in};
use crate::soundness::tree::{Bare, project};
use prism_engine::{Engine, MemoryProject};
use prism_vm::machine::JitMode;
use serde_json::{Value as Json, json};

/// Bytes that a machine may keep more than another: shapes and short texts that it has come by.
const KEPT: usize = 2 << 10;

/// A program with what it is run with.
#[derive(Clone, Debug)]
pub struct Program {
    /// Its text.
    pub text: String,
    /// The module that it imports from.
    project: MemoryProject,
    input: Json,
    answers: Answers,
}

impl Program {
    /// The program of a seed.
    pub fn of(seed: u64) -> Program {
        if seed.is_multiple_of(2) {
            let tree = crate::soundness::generate::generate(seed / 2);
            return Program {
                text: tree.print(&mut Bare),
                project: project(tree.print_module(&mut Bare).as_deref()),
                input: tree.input.clone(),
                answers: tree.answers,
            };
        }
        let answers = Answers { seed, ..Answers::default() };
        Program { text: generate::generate(seed / 2), project: MemoryProject::new(), input: json!({}), answers }
    }

    /// Where a compiled run differs from the interpreted one; `None` if nowhere, or if the program is refused.
    ///
    /// # Errors
    /// What the compiler says of a program that it refuses.
    pub fn difference(&self) -> Result<Option<String>, String> {
        let engine = Engine::new();
        let compilation = engine.compile("main.prism", &self.text, &self.project);
        let faults: Vec<_> = compilation.diagnostics.iter().map(|fault| fault.message.clone()).collect();
        let program = engine.load(compilation).map_err(|_| faults.join("; "))?;
        let run = |jit| run_in(jit, &program, &self.input, self.answers, &mut |_, _| {});
        let plain = run(JitMode::Off);
        let others = [JitMode::Always, JitMode::Early].into_iter().map(|jit| (jit, run(jit)));
        let differs = |(jit, mut course): (JitMode, Course)| {
            // What the machine has seen, and keeps, may differ a little; what is not given back is more.
            if course.memory.abs_diff(plain.memory) < KEPT {
                course.memory = plain.memory;
            }
            (course != plain).then(|| format!("{jit:?}: {}", first_difference(&plain, &course)))
        };
        Ok(others.filter_map(differs).next())
    }
}

/// The first of what two runs gave in which they differ.
fn first_difference(plain: &Course, other: &Course) -> String {
    let pair = |name: &str, a: String, b: String| (a != b).then(|| format!("{name} {b}, interpreted {a}"));
    let line = plain.lines.iter().zip(&other.lines).find(|(a, b)| a != b);
    let parts = [
        line.map(|(a, b)| format!("printed {b:?}, interpreted {a:?}")),
        pair("value", format!("{:?}", plain.value), format!("{:?}", other.value)),
        pair("failure", format!("{:?}", plain.failure), format!("{:?}", other.failure)),
        pair("lines", plain.lines.len().to_string(), other.lines.len().to_string()),
        pair("warnings", format!("{:?}", plain.warnings), format!("{:?}", other.warnings)),
        pair("memory", plain.memory.to_string(), other.memory.to_string()),
        pair("steps", plain.steps.to_string(), other.steps.to_string()),
    ];
    parts.into_iter().flatten().next().unwrap_or_else(|| "lines that were reached".to_owned())
}
