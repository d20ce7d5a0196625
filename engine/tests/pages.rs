//! The programs on the catalog's pages: the bad ones have their page's fault and no other, the good ones have none and
//! run.

use prism_diagnostics::{Code, Diagnostic, Example, Verdict};
use prism_engine::{Engine, EvalError, MemoryProject, NotLoadable};
use serde_json::json;

/// What the compiler finds, and how the run fails.
fn faults(engine: &Engine, example: &Example) -> (Vec<Diagnostic>, Option<String>, Vec<Code>) {
    let project = example
        .files
        .iter()
        .fold(MemoryProject::new(), |project, (name, text)| project.with(name.as_str(), text.as_str()));
    let program = match engine.load(engine.compile("main.prism", &example.text, &project)) {
        Ok(program) => program,
        Err(NotLoadable::Faulty { diagnostics, .. }) => {
            let codes = diagnostics.iter().map(|fault| fault.code).collect();
            return (diagnostics, Some("it does not compile".to_owned()), codes);
        }
        Err(fault) => panic!("{fault}"),
    };
    let mut codes: Vec<_> = program.diagnostics().iter().map(|fault| fault.code).collect();
    let failure = match program.run(json!({})) {
        Ok(_) => None,
        Err(EvalError::Run { error, .. }) => {
            codes.push(error.code);
            Some(error.to_string())
        }
        Err(other) => Some(other.to_string()),
    };
    (program.diagnostics().to_vec(), failure, codes)
}

#[test]
fn every_example_is_what_its_page_says() {
    let engine = Engine::new();
    let mut wrong = Vec::new();
    for code in Code::ALL {
        for example in code.examples() {
            let (diagnostics, failure, codes) = faults(&engine, &example);
            let messages: Vec<_> =
                diagnostics.iter().map(|fault| format!("{} {}", fault.code, fault.message)).collect();
            match example.verdict {
                Verdict::Bad if codes.is_empty() || codes.iter().any(|found| found != code) => {
                    wrong.push(format!("{code}: bad, but has {messages:?}, {failure:?}"))
                }
                Verdict::Good if !codes.is_empty() || failure.is_some() => {
                    wrong.push(format!("{code}: good, but has {messages:?}, {failure:?}"));
                }
                _ => {}
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
