//! Whatever program passes the verifier can be shown, and runs to an end within its limits.

#![no_main]

use arbitrary::Unstructured;
use libfuzzer_sys::fuzz_target;
use prism_bytecode::{disassemble, verify};
use prism_engine::{Engine, MemoryProject};
use prism_vm::limits::Limits;
use serde_json::json;

fuzz_target!(|bytes: &[u8]| {
    let engine = Engine::new();
    let Ok(program) = parallax_fuzz::program(&mut Unstructured::new(bytes), engine.catalog()) else { return };
    disassemble(&program, engine.catalog());
    if verify(&program, engine.catalog()).is_err() {
        return;
    }
    let mut compilation = engine.compile("main", "", &MemoryProject::default());
    compilation.program = Some(program);
    let Ok(loaded) = engine.load(compilation) else { return };
    let limits = Limits { fuel: 2_000, memory: 4 << 20, depth: 200, ..Limits::default() };
    let _ = loaded.run_in(json!({"n": 1}), limits);
});
