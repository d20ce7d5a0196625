//! How often programs ask at most: a text, and the formula that is found.

use prism_engine::facts::{Cost, Formula};
use prism_engine::{Engine, MemoryProject};

const AGENT: &str = "agents { a: Agent { capability: \"x\" } }\n";

fn cost_in(text: &str, project: &MemoryProject) -> Cost {
    let compilation = Engine::new().inspect("main.prism", text, project);
    let errors: Vec<_> = compilation.diagnostics.iter().filter(|fault| fault.is_error()).collect();
    assert!(errors.is_empty(), "{text}: {errors:#?}");
    compilation.facts.expect("facts were asked for").cost
}

fn cost(text: &str) -> Cost {
    cost_in(&format!("{AGENT}{text}"), &MemoryProject::new())
}

#[track_caller]
fn assert_costs(cases: &[(&str, &str)]) {
    for (text, formula) in cases {
        assert_eq!(cost(text).to_string(), *formula, "{text}");
    }
}

#[test]
fn straight_code_adds_up() {
    assert_costs(&[
        ("1 + 1", "0"),
        ("a.ask(\"t\")", "1"),
        ("x = a.ask(\"t\")\ny = a.check(1)\nx ~~ y", "2"),
        ("llm(\"p\")", "1"),
        ("\"p\" |> llm", "1"),
        ("[a.t(), a.t()].length", "2"),
        ("in context review { a.t() }\nsequential { a.t() }", "2"),
        ("parallel { x: a.t(), y: [a.t(), a.t()] }", "3"),
        ("a.t(a.u())", "2"),
        ("try { a.t() } catch (e) { a.u() } finally { a.v() }", "3"),
    ]);
}

#[test]
fn of_branches_the_largest_counts() {
    assert_costs(&[
        ("if (input.x) { a.t() } else { a.t(); a.u() }", "2"),
        ("if (input.x) { a.t() }", "1"),
        ("input.x ? a.t() : 0", "1"),
        ("uncertain if (a.t()) { high { 1 } medium { a.u() } low { a.u(); a.v() } }", "3"),
        ("match input.k { 1 => a.t(), 2 => { a.t(); a.u() }, _ => null }", "2"),
        ("xs = input.xs\nif (input.x) { for x in xs { a.t(x) } } else { a.t(); a.u() }", "max(2, len(input.xs))"),
        ("a.t() ~?> 0.8 ?? a.u()", "2"),
    ]);
}

#[test]
fn loops_multiply() {
    assert_costs(&[
        ("for i = 0; i < 3; i++ { a.t(i) }", "3"),
        ("for i = 1; i <= 10; i += 3 { a.t(i) }", "4"),
        ("for i = 3; i > 0; i-- { a.t(i) }", "3"),
        ("const most = 4\nfor i = 0; most > i; i++ { a.t(i) }", "4"),
        ("for i = 1; i <= input.rounds; i++ { a.t(i) }", "input.rounds"),
        ("for i = 0; i < 5 && (<~ input.x) < 0.9; i++ { a.t(i) }", "5"),
        ("xs = [1, 2]\nfor i = 0; i < xs.length; i++ { a.t(i) }", "2"),
        ("for i = 0; i < 5; i++ { a.t(i); i = 0 }", "turns(i < 5)"),
        ("i = 0\nwhile (i < input.n) { a.t(i); i++ }", "turns(i < input.n)"),
        ("for x in [1, 2, 3] { a.t(x) }", "3"),
        ("for x in input.items { a.t(x) }", "len(input.items)"),
        ("for x in input.rows { for y in x { a.t(y) } }", "len(input.rows) × len(x)"),
        ("for i in range(4) { a.t(i) }\nfor i in range(2, 4) { a.t(i) }", "6"),
        ("for x in input.items.filter(x => x > 1).slice(0, 5) { a.t(x) }", "5"),
        ("uncertain for i = 0; i < 2; i++ { high { a.t() } default { a.t(); a.u() } }", "4"),
        ("for x in [] { a.t(x) }", "0"),
        ("while (input.x) { print(1) }", "0"),
    ]);
}

#[test]
fn agents_are_counted() {
    assert_costs(&[
        ("parallel agentList { agent.t() }", "agents"),
        ("xs = select(capabilities: [\"x\"])\nparallel xs { [t(), u()] }", "2 × agents"),
        ("xs = select({capabilities: [\"x\"], max: 3})\nparallel xs { agent.t() }", "3"),
        ("race select(capabilities: [\"x\"], max: 2) { agent.t() } until (answer ~?> 0.8)", "2"),
        ("parallel agentList.slice(1) { llm(\"p\") }", "agents"),
        ("for b in select(capabilities: [\"x\"]) { b.t() }\na.t()", "1 + agents"),
        ("agentResults.map(r => r.result)", "agents"),
        ("for i in range(3) { print(agentResults, successfulResults) }", "agents"),
        ("for x in input.items { parallel agentList { agent.t(x) } }", "agents × len(input.items)"),
        ("parallel agentList { agent.t() }\nfor x in input.items { a.t(x) }\na.t()", "1 + agents + len(input.items)"),
    ]);
    let limited = "/** @maxAgents 4 */\nparallel agentList { agent.t() }\nagentResults.length";
    assert_eq!(cost_in(limited, &MemoryProject::new()).to_string(), "8");
}

#[test]
fn functions_count_where_they_are_called() {
    assert_costs(&[
        ("export fn f() { a.t() }", "0"),
        ("fn f() { a.t() }\nf()\nf()", "2"),
        ("fn f(xs) { for x in xs { a.t(x) } }\nf([1, 2])\nf(input.items)", "2 + len(input.items)"),
        ("fn f(n) { for i = 0; i < n; i++ { a.t(i) } }\nf(2)\nf(5)", "7"),
        ("fn f(x) { a.t(x) }\nfn g(x) { f(x); f(x + 1) }\nfor i in range(3) { g(i) }", "6"),
        ("[1, 2, 3].map(x => a.t(x))", "3"),
        ("fn f(x) { a.t(x) }\ninput.items |> map(f)", "len(input.items)"),
        ("input.prompts.map(llm)", "len(input.prompts)"),
        ("input.items.map(x => a.t(x))", "len(input.items)"),
        ("input.items.sort((x, y) => a.compare(x, y))", "len(input.items) × len(input.items)"),
        ("f = debounce(x => a.t(x), 10)\nf(1)", "calls(debounce)"),
        ("fn twice(f) { [f(), f()] }\ntwice(() => a.t())", "2"),
        ("o = {ask: x => a.t(x)}\no.ask(1)", "1"),
        ("f = async x => a.t(x)\nPromise.all([1, 2].map(f))", "2"),
        ("executePattern(\"triage\", input)\na.t()", "1 + executePattern(\"triage\")"),
    ]);
}

#[test]
fn modules_count_together() {
    let module = "export fn ask(x) { return llm(\"${x}\") }\n";
    let project = MemoryProject::new().with("m.prism", module);
    assert_eq!(cost_in("import {ask} from \"./m\"\n[ask(1), ask(2)]", &project).to_string(), "2");
}

#[test]
fn what_nothing_bounds_says_where() {
    let cases = [
        ("while ((<~ input.x) < 0.9) { a.t() }", "a.t()"),
        ("x = a.t()\nwhile ((<~ x) < 0.9) { x = a.u(x) }", "a.u(x)"),
        ("fn f() { a.t() }\ndo { f() } while (input.x)", "f()"),
        ("fn f(n) { a.t(); f(n - 1) }\nf(3)", "f(n - 1)"),
        ("for ;; { a.t() }", "a.t()"),
    ];
    for (text, place) in cases {
        let text = format!("{AGENT}{text}");
        match cost_in(&text, &MemoryProject::new()) {
            Cost::Unbounded(at) => assert_eq!(&text[at.start as usize..at.end as usize], place, "{text}"),
            bounded => panic!("{text}: {bounded}"),
        }
    }
    assert_eq!(cost("while (true) { a.t() }").to_string(), "unbounded");
}

#[test]
fn a_formula_has_a_value() {
    let Cost::AtMost(formula) = cost("a.t()\nfor x in input.items { parallel agentList { agent.t(x) } }") else {
        panic!("a formula");
    };
    let symbol = |name: &str| match name {
        "agents" => Some(3),
        "len(input.items)" => Some(4),
        _ => None,
    };
    assert_eq!(formula.evaluate(&symbol), Some(13));
    assert_eq!(formula.evaluate(&|_| None), None);
    assert_eq!(Formula::number(7).known(), Some(7));
}
