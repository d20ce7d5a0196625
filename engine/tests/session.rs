//! What inputs of a session share, and what of a failed one stays.

use prism_engine::{Engine, EvalError, MemoryProject, Session};
use prism_vm::limits::Limits;
use prism_vm::machine::Step;

/// What one input must give: its value as displayed, or the message of its error.
#[derive(Clone, Copy, Debug)]
enum Gives {
    Value(&'static str),
    Error(&'static str),
}

use Gives::{Error, Value};

type Case = (&'static str, &'static [(&'static str, Gives)]);

const CASES: &[Case] = &[
    (
        "functions change variables of earlier inputs",
        &[
            ("let x = 1", Value("null")),
            ("fn f() { x += 1; x }", Value("null")),
            ("f()", Value("2")),
            ("x", Value("2")),
        ],
    ),
    (
        "closures see later assignments",
        &[
            ("let n = 1", Value("null")),
            ("let read = () => n", Value("null")),
            ("n = 5", Value("5")),
            ("read()", Value("5")),
        ],
    ),
    (
        "a name declared anew is another variable, and closures keep the older one",
        &[
            ("let x = 1", Value("null")),
            ("fn old() { x }", Value("null")),
            ("let x = 2", Value("null")),
            ("[old(), x]", Value("[1, 2]")),
            ("x = 3; [old(), x]", Value("[1, 3]")),
        ],
    ),
    (
        "functions are declared anew, and callers keep the older one",
        &[
            ("fn g() { 1 }", Value("null")),
            ("fn h() { g() }", Value("null")),
            ("fn g() { 2 }", Value("null")),
            ("[g(), h()]", Value("[2, 1]")),
        ],
    ),
    (
        "a recursive function goes on calling itself when its name means another",
        &[
            ("fn down(n) { if (n == 0) { [\"end\"] } else { [n, ...down(n - 1)] } }", Value("null")),
            ("let first = down", Value("null")),
            ("fn down(n) { [\"other\"] }", Value("null")),
            ("first(2)", Value("[2, 1, end]")),
        ],
    ),
    (
        "functions of one input may call each other before they stand there",
        &[
            ("fn even(n) { n == 0 || odd(n - 1) }\nfn odd(n) { n != 0 && even(n - 1) }", Value("null")),
            ("[even(10), odd(7), even(3)]", Value("[true, true, false]")),
        ],
    ),
    ("an assignment declares", &[("total = 2", Value("2")), ("total += 3", Value("5")), ("total", Value("5"))]),
    (
        "an assignment in a function declares for that function only",
        &[
            ("fn f() { inner = 1; inner }", Value("null")),
            ("f()", Value("1")),
            ("inner", Error("nothing declares `inner`")),
        ],
    ),
    (
        "a kind may change with an assignment",
        &[("let xs = [1]", Value("null")), ("xs = \"text\"", Value("text")), ("xs.length", Value("4"))],
    ),
    (
        "arrays are updated in place across inputs",
        &[
            ("let xs = [3, 1]", Value("null")),
            ("let copy = xs", Value("null")),
            ("xs.push(2)", Value("[3, 1, 2]")),
            ("xs.sort()", Value("[1, 2, 3]")),
            ("[xs, copy]", Value("[[1, 2, 3], [3, 1]]")),
        ],
    ),
    (
        "members are updated across inputs",
        &[
            ("let o = { a: { b: 1 } }", Value("null")),
            ("o.a.b += 1", Value("2")),
            ("fn bump() { o.a.b += 10; o.a.b++ }", Value("null")),
            ("bump(); o.a.b", Value("13")),
        ],
    ),
    (
        "confidences are kept",
        &[("let sure = \"a\" ~> 0.8", Value("null")), ("~sure", Value("0.8")), ("sure", Value("a (~80.0%)"))],
    ),
    ("confidences in objects are kept", &[("let o = { a: 1 ~> 0.5 }", Value("null")), ("o.a", Value("1 (~50.0%)"))]),
    (
        "constants stay constants",
        &[
            ("const limit = 3", Value("null")),
            ("limit = 4", Error("`limit` is a const and keeps its value")),
            ("limit", Value("3")),
        ],
    ),
    (
        "a constant may be declared anew",
        &[("const limit = 3", Value("null")), ("const limit = 4", Value("null")), ("limit", Value("4"))],
    ),
    ("functions can't be assigned", &[("fn f() { 1 }", Value("null")), ("f = 2", Error("`f` is a function"))]),
    (
        "a constant number is known to later inputs",
        &[("const t = 0.5", Value("null")), ("(1 ~> 0.9) ~@> t", Value("1 (~90.0%)"))],
    ),
    (
        "patterns declare all of their names",
        &[("let { a, b: [c, ...d] } = { a: 1, b: [2, 3, 4] }", Value("null")), ("[a, c, d]", Value("[1, 2, [3, 4]]"))],
    ),
    (
        "names of blocks and loops do not outlive them",
        &[("for (let i = 0; i < 2; i++) { let seen = i }", Value("null")), ("i", Error("nothing declares `i`"))],
    ),
    (
        "closures of a loop keep their own variables",
        &[
            ("let made = []\nfor (n in [1, 2]) { made.push(() => n) }\nmade.length", Value("2")),
            ("made.map(f => f())", Value("[1, 2]")),
        ],
    ),
    (
        "what ran before a failure stays",
        &[("let x = 1", Value("null")), ("x = 2; let y = 3; throw \"no\"", Error("no")), ("[x, y]", Value("[2, 3]"))],
    ),
    (
        "a declaration that was not reached leaves the name as it was",
        &[
            ("let x = 1", Value("null")),
            ("throw \"no\"; let x = 2; let z = 3", Error("no")),
            ("x", Value("1")),
            ("z", Error("nothing declares `z`")),
        ],
    ),
    (
        "a declaration that failed leaves the name as it was",
        &[("let x = 1", Value("null")), ("let x = [].reduce((a, b) => a)", Error("reduce")), ("x", Value("1"))],
    ),
    (
        "a function of a failed input can't read what was never declared",
        &[
            ("fn f() { later }\nthrow \"no\"\nlet later = 1", Error("no")),
            ("f()", Error("later")),
            ("let later = 2", Value("null")),
            ("f()", Error("later")),
        ],
    ),
    (
        "an input that leaves early keeps what it had declared",
        &[("let a = 1; return a; let b = 2", Value("1")), ("a", Value("1")), ("b", Error("nothing declares `b`"))],
    ),
    (
        "a faulty input changes nothing",
        &[("let x = 1", Value("null")), ("x = 2; missing()", Error("nothing declares `missing`")), ("x", Value("1"))],
    ),
    ("a syntax error changes nothing", &[("let x = 1", Value("null")), ("x = = 2", Error("")), ("x", Value("1"))]),
    (
        "a new variable is not there before its declaration",
        &[("let x = 1", Value("null")), ("let x = x + 1", Error("x")), ("x", Value("1"))],
    ),
    (
        "imports hold for later inputs, and modules run once",
        &[
            ("import { counter, next } from \"./counter\"", Value("null")),
            ("[next(), next()]", Value("[1, 2]")),
            ("import { next as more } from \"./counter\"", Value("null")),
            ("more()", Value("3")),
            ("import * as c from \"./counter\"", Value("null")),
            ("c.next()", Value("4")),
            ("let old = next", Value("null")),
            ("let next = 0", Value("null")),
            ("old() + next", Value("5")),
        ],
    ),
    ("library modules are imported", &[("import { max } from \"std:math\"", Value("null")), ("max(1, 2)", Value("2"))]),
    (
        "a module that fails is run again when it is imported again",
        &[
            ("import { a } from \"./faulty\"", Error("not today")),
            ("a", Error("nothing declares `a`")),
            ("import { a } from \"./faulty\"", Error("not today")),
        ],
    ),
    (
        "modules that ran before another failed are kept",
        &[
            ("import { next } from \"./counter\"\nimport { a } from \"./faulty\"", Error("not today")),
            ("import { next } from \"./counter\"", Value("null")),
            ("next()", Value("1")),
        ],
    ),
    (
        "a library name may be taken, and does not change the library",
        &[("let max = 1", Value("null")), ("max", Value("1")), ("Math.max(3, max)", Value("3"))],
    ),
    (
        "tasks in variables are waited for",
        &[
            ("async fn slow(x) { delay(50); x * 2 }", Value("null")),
            ("let task = slow(4); let many = [slow(1), slow(2)]", Value("null")),
            ("task + 1", Value("9")),
            ("many", Value("[2, 4]")),
        ],
    ),
    (
        "a task that failed is no fault of the input that started it",
        &[
            ("async fn bad() { delay(5); throw \"late\" }", Value("null")),
            ("let task = bad()", Value("null")),
            ("task + 1", Error("late")),
        ],
    ),
    (
        "a `pattern` runs as part of its input",
        &[("pattern twice { let inner = 4; inner * 2 }", Value("8")), ("inner", Error("nothing declares `inner`"))],
    ),
    ("texts may span lines", &[("let a = 1\nlet b = 2", Value("null")), ("a +\nb", Value("3"))]),
    ("an empty input gives null", &[("", Value("null")), ("// nothing", Value("null"))]),
];

fn project() -> MemoryProject {
    MemoryProject::new()
        .with("counter.prism", "let count = 0\nexport fn next() { count += 1; count }\nexport let counter = 7")
        .with("faulty.prism", "throw \"not today\"\nexport let a = 1")
}

fn session() -> Session {
    Session::new(&Engine::new())
}

#[test]
fn inputs_share_what_they_should() {
    let project = project();
    let mut wrong = Vec::new();
    for (name, inputs) in CASES {
        let mut session = session();
        for (text, gives) in *inputs {
            let given = session.eval(text, &project);
            let is_right = match (&given, gives) {
                (Ok(given), Value(display)) => given.display == *display,
                (Err(error), Error(part)) => error.to_string().contains(part),
                _ => false,
            };
            if !is_right {
                wrong.push(format!("{name}: `{text}` must give {gives:?}, and gave {given:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn errors_name_the_input_that_they_are_in() {
    let mut session = session();
    session.eval("fn f(x) { x.missing.deeper }", &project()).expect("a function");
    let Err(EvalError::Run { error, sources, .. }) = session.eval("\nf(null)", &project()) else { panic!("no error") };
    let places = error.span.into_iter().chain(error.stack.iter().filter_map(|frame| frame.span));
    let names: Vec<_> = places.map(|span| sources.get(span.source).expect("a text").name().to_owned()).collect();
    assert_eq!(
        (names.first().map(String::as_str), names.last().map(String::as_str)),
        (Some("input:1"), Some("input:2"))
    );
}

#[test]
fn what_is_premature_is_no_warning() {
    let mut session = session();
    let text = "let max = 1\nfn unused() { 2 }\nmax + 1";
    let program = session.enter("input:1", text, &project(), Limits::default()).expect("a program");
    assert_eq!(program.diagnostics(), []);
    let text = "let greeting = \"hello {{name}}\"";
    let program = session.enter("input:2", text, &project(), Limits::default()).expect("a program");
    assert_eq!(program.diagnostics().iter().map(|one| one.code.as_str()).collect::<Vec<_>>(), ["W0100"]);
}

#[test]
fn names_are_those_that_came_to_be() {
    let mut session = session();
    for text in
        ["let a = 1; fn b() { 2 }", "import { max as most } from \"std:math\"", "let a = 3", "throw 1; let c = 4"]
    {
        session.eval(text, &project()).ok();
    }
    assert_eq!(session.names().collect::<Vec<_>>(), ["b", "most", "a"]);
    assert_eq!(session.variable("a", |runtime, value| runtime.display(value)).as_deref(), Some("3"));
    assert_eq!(session.variable("most", |_, _| ()), None);
    assert_eq!(session.count(), 4);
}

#[test]
fn limits_hold_for_each_input() {
    let (mut session, project) = (session(), project());
    let limits = Limits { fuel: 5_000, tasks: 3, ..Limits::default() };
    let mut run = |text: &str| {
        session.enter("input", text, &project, limits).expect("a program");
        let mut given = None;
        while given.is_none() {
            if let Step::Done(outcome) = session.machine().run(1_000) {
                given = Some(outcome.result.map(|_| ()).map_err(|failure| failure.code.rule()));
            }
        }
        session.settle();
        given.expect("an outcome")
    };
    assert_eq!(run("async fn f(x) { x }\nlet n = 0"), Ok(()));
    for _ in 0..3 {
        assert_eq!(run("for (let i = 0; i < 900; i++) { n += 1 }\n[f(1), f(2), f(3)]"), Ok(()));
    }
    assert_eq!(run("while (true) { n += 1 }"), Err("fuel"));
    assert_eq!(run("[f(1), f(2), f(3), f(4)]"), Err("tasks"));
    assert_eq!(run("if (n < 2700) { throw \"lost\" }"), Ok(()));
}

#[test]
fn an_input_that_is_left_midway_does_not_end_the_session() {
    let (mut session, project) = (session(), project());
    session.enter("input:1", "let n = 0\nwhile (true) { n += 1 }", &project, Limits::default()).expect("a program");
    assert!(matches!(session.machine().run(1_000), Step::SliceOver));
    assert_eq!(session.eval("n > 100", &project).expect("a value").display, "true");
}

#[test]
fn variables_without_a_name_are_let_go() {
    let (mut session, project) = (session(), project());
    let mut used = Vec::new();
    for _ in 0..20 {
        session.eval("let big = range(10000)", &project).expect("an array");
        used.push(session.machine().usage().memory);
    }
    let (first, last) = (used[1], used[19]);
    assert!(last < first + first / 2, "{used:?}");
}
