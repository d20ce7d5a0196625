//! Programs that need nothing from outside.

use prism_diagnostics::Code;
use prism_engine::{Engine, EvalError, Surroundings};
use prism_vm::limits::Limits;
use prism_vm::runtime::Stream;
use serde_json::json;

fn failure(text: &str) -> (Code, String) {
    match Engine::new().eval(text, json!({})) {
        Err(EvalError::Run { error, .. }) => (error.code, error.message),
        other => panic!("not a failed run: {other:?}"),
    }
}

#[test]
fn value_confidence_lines_warnings_and_metadata_come_out() {
    let text = "print(\"a\")\nconsole.error(\"b\")\nreturn {x: input.n ~> 0.5, y: 1 / 3} ~> 0.9 with {n: 1}\n";
    let done = Engine::new().eval(text, json!({"n": 2})).expect("a value");
    assert_eq!(done.value, json!({"x": {"$conf": 0.5, "value": 2}, "y": 1.0 / 3.0}));
    assert_eq!((done.confidence, done.metadata), (Some(0.9), json!({"n": 1})));
    assert_eq!(done.lines, [(Stream::Out, "a".to_owned()), (Stream::Err, "b".to_owned())]);
    let warned = Engine::new().eval("return 1 with warning \"thin\"\n", json!({})).expect("a value");
    assert_eq!(warned.warnings, ["thin"]);
}

#[test]
fn time_begins_where_it_is_said_and_only_delays_move_it() {
    let surroundings = Surroundings { now_ms: 1000.0, ..Surroundings::default() };
    let text = "a = now()\nslow = delay(500)\nawait delay(20)\nb = now()\nawait slow\n[a, b, now()]\n";
    let done = Engine::new().eval_in(text, json!({}), surroundings).expect("a value");
    assert_eq!(done.value, json!([1000, 1020, 1500]));
}

#[test]
fn randomness_is_the_caller_s() {
    let with_seed = |seed| {
        let surroundings = Surroundings { random: fastrand::Rng::with_seed(seed), ..Surroundings::default() };
        Engine::new().eval_in("[random(), random()]\n", json!({}), surroundings).expect("a value").value
    };
    assert_eq!(with_seed(1), with_seed(1));
    assert_ne!(with_seed(1), with_seed(2));
    assert_ne!(with_seed(1)[0], with_seed(1)[1]);
}

#[test]
fn what_only_a_host_has_is_missing() {
    assert_eq!(failure("llm(\"x\")\n").0, Code::R0010);
    assert_eq!(failure("executePattern(\"x\", {})\n").0, Code::R0010);
    let (code, message) = failure("select(capabilities: [\"x\"])\n");
    assert_eq!(code, Code::R0010, "{message}");
    let caught = Engine::new().eval("try { await llm(\"x\") } catch (e) { e.code }\n", json!({})).expect("a value");
    assert_eq!(caught.value, json!("agent"));
}

#[test]
fn waiting_for_ever_is_noticed() {
    assert_eq!(failure("await delay(1e308 * 10)\n").0, Code::R0108);
}

#[test]
fn faults_have_their_place() {
    let Err(EvalError::Compile { diagnostics, sources }) = Engine::new().eval("1 +\nnobody\n", json!({})) else {
        panic!("it has no errors");
    };
    let at = sources.position(diagnostics[0].span);
    assert_eq!((diagnostics[0].code, at.line, at.column), (Code::E0200, 2, 1));
    let text = "print(1)\nJSON.parse(\"null\").x\n";
    let Err(EvalError::Run { error, lines, sources }) = Engine::new().eval(text, json!({})) else {
        panic!("it does not fail");
    };
    assert_eq!((error.code, lines.len()), (Code::R0004, 1));
    assert_eq!(error.span.map(|span| sources.position(span).line), Some(2));
}

#[test]
fn limits_hold() {
    let limits = Limits { fuel: 100, ..Limits::default() };
    let surroundings = Surroundings { limits, ..Surroundings::default() };
    let result = Engine::new().eval_in("while true { 1 }\n", json!({}), surroundings);
    assert!(matches!(result, Err(EvalError::Run { error, .. }) if error.code == Code::R0100));
}

#[test]
fn a_result_too_deep_for_json_is_an_error() {
    let text = "x = 1\nfor i = 0; i < 100000; i++ { x = [x] }\nx\n";
    assert!(matches!(Engine::new().eval(text, json!({})), Err(EvalError::TooDeep(_))));
}
