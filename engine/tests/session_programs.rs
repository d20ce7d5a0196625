//! Programs give in a session what they give by themselves: as one input, and statement by statement.

use prism_compiler::ast::StmtKind;
use prism_compiler::parse::parse;
use prism_diagnostics::SourceId;
use prism_engine::{Engine, EvalError, FileProject, Session};
use serde_json::json;
use std::fs;
use std::path::{Path, PathBuf};

/// A program with its project.
struct Program {
    name: String,
    text: String,
    project: FileProject,
}

fn programs() -> Vec<Program> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/conformance");
    let mut found = Vec::new();
    for area in entries(&root).into_iter().filter(|path| path.is_dir()) {
        for entry in entries(&area) {
            let main = if entry.is_dir() { entry.join("main.prism") } else { entry };
            let is_program = main.extension().is_some_and(|ending| ending == "prism");
            let (true, Ok(text), Some(folder)) = (is_program, fs::read_to_string(&main), main.parent()) else {
                continue;
            };
            let project = FileProject::new(folder).expect("a folder");
            found.push(Program { name: main.display().to_string(), text, project });
        }
    }
    assert!(found.len() > 500, "only {} programs were found", found.len());
    found
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let found = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    let mut found: Vec<_> = found.collect();
    found.sort();
    found
}

/// What comes of a run: a value as displayed, or the code of its error. `None` if it has errors before it is run.
fn outcome<T>(given: Result<T, EvalError>, display: impl FnOnce(T) -> String) -> Option<Result<String, String>> {
    match given {
        Ok(given) => Some(Ok(display(given))),
        Err(EvalError::Run { error, .. }) => Some(Err(error.code.as_str().to_owned())),
        Err(_) => None,
    }
}

/// What the program gives by itself.
fn alone(engine: &Engine, program: &Program) -> Option<Result<String, String>> {
    let compilation = engine.compile("main.prism", &program.text, &program.project);
    let loaded = engine.load(compilation).ok()?;
    outcome(loaded.run(json!({})), |given| given.display)
}

/// The texts of the top level's statements; `None` where they are no programs of their own: a function that is used
/// before it stands there, a way out of all of them.
fn statements(text: &str) -> Option<Vec<String>> {
    let module = parse(SourceId::default(), text).module;
    let (mut texts, mut done) = (Vec::new(), 0);
    for stmt in &module.body {
        if matches!(stmt.kind, StmtKind::Pattern(_)) {
            return None;
        }
        // With the comments before it: the first one may be the program's metadata. Places are kept.
        let end = stmt.span.end as usize;
        let before = text.get(..done)?.chars().map(|c| if c == '\n' { c } else { ' ' });
        texts.push(before.collect::<String>() + text.get(done..end)?);
        done = end + usize::from(text.get(end..)?.starts_with(';'));
    }
    (!text.contains("return")).then_some(texts)
}

#[test]
fn a_program_is_an_input() {
    let engine = Engine::new();
    for program in programs() {
        let Some(wanted) = alone(&engine, &program) else { continue };
        let mut session = Session::new(&engine);
        let given = outcome(session.eval(&program.text, &program.project), |given| given.display);
        assert_eq!(given, Some(wanted), "{}", program.name);
    }
}

#[test]
fn a_program_is_its_statements() {
    let engine = Engine::new();
    let mut compared = 0;
    for program in programs() {
        let (Some(wanted), Some(statements)) = (alone(&engine, &program), statements(&program.text)) else { continue };
        let mut session = Session::new(&engine);
        let mut given = None;
        for text in statements {
            given = outcome(session.eval(&text, &program.project), |given| given.display);
            if !matches!(given, Some(Ok(_))) {
                break;
            }
        }
        // Functions that are used before they stand there are faults of single statements.
        if let Some(given) = given {
            assert_eq!(given, wanted, "{}", program.name);
            compared += 1;
        }
    }
    assert!(compared > 300, "only {compared} programs were compared");
}
