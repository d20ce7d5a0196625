//! Any bytes are read, resolved and lowered without a panic, and every diagnostic lies within its text.

#![no_main]

use libfuzzer_sys::fuzz_target;
use prism_engine::{Engine, MemoryProject};

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    let compilation = Engine::new().inspect("main.prism", &text, &MemoryProject::default());
    assert_eq!(compilation.bug, None);
    for fault in &compilation.diagnostics {
        let source = compilation.sources.get(fault.span.source).expect("the text of a diagnostic");
        assert!(fault.span.start <= fault.span.end && fault.span.end as usize <= source.text().len(), "{fault:?}");
    }
});
