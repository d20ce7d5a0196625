//! Where the checker says that it has given precision up.

use prism_engine::facts::{Facts, Reason};
use prism_engine::{Engine, MemoryProject};

fn facts(text: &str) -> Facts {
    let compilation = Engine::new().inspect("main.prism", text, &MemoryProject::new());
    let errors: Vec<_> = compilation.diagnostics.iter().filter(|fault| fault.is_error()).collect();
    assert!(errors.is_empty(), "{text}: {errors:#?}");
    compilation.facts.expect("facts were asked for")
}

/// The reasons, each with the text that it is about.
fn given_up(text: &str) -> Vec<(Reason, &str)> {
    let found = facts(text).approximations;
    found.iter().map(|one| (one.reason, &text[one.span.start as usize..one.span.end as usize])).collect()
}

#[test]
fn nothing_is_given_up_in_what_is_followed_to_its_end() {
    assert_eq!(
        given_up("fn twice(x) { return x * 2 }\nlet sum = 0\nfor n in [1, 2] { sum += twice(n) }\nprint(sum)"),
        []
    );
}

#[test]
fn a_function_that_is_called_in_many_ways_is_told_in_general() {
    let calls: Vec<_> = (0..16).map(|at| format!("print(first({{k{at}: {at}}}))")).collect();
    let text = format!("fn first(object) {{ return Object.keys(object)[0] }}\n{}", calls.join("\n"));
    assert_eq!(given_up(&text), [(Reason::Calls, "fn first(object) { return Object.keys(object)[0] }")]);
}

#[test]
fn recursion_is_no_loss() {
    let text = "fn fact(n) { if (n < 2) { return 1 }\n return n * fact(n - 1) }\nprint(fact(5))";
    assert_eq!(given_up(text), []);
}

#[test]
fn nothing_is_noted_where_facts_are_not_wanted() {
    let compilation = Engine::new().compile("main.prism", "let x = 1\nprint(x)", &MemoryProject::new());
    assert_eq!(compilation.facts, None);
}
