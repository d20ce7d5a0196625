//! What names mean, and what is said of those that mean nothing. A snapshot shows each text with what is said of each line under it.

use super::common::{catalog, compile_with, diagnose, resolved, show};
use prism_compiler::ast::Visitor;
use prism_compiler::ast::{Expr, ExprKind, visit};
use prism_compiler::pipeline::ResolvedModule;
use prism_compiler::resolve::{Binding, VariableKind};
use prism_diagnostics::Code;

#[test]
fn unknown_names() {
    assert_shown!(show(
        "let subtotal = 40\nprint(subtotl, pritn)\nprint(subtotl)\nfunction f() { hidden = 1 }\nhidden\n\
         votes += 1\nvotes++\nrows[0] = 1\n({shorthand})\nexport {nowhere}\n`${inner}`"
    ));
}

#[test]
fn broken_statements_declare_without_complaint() {
    for text in [
        "let a b = 3\nprint(a)",
        "let [a, 1] = 3\nprint(a)",
        "fn a(x,, y) { 1 }\na(1)",
        "a = (b = 1)\nprint(a)",
        "import {a as 1} from \"./m\"\nprint(a)",
        "{ import {a} from \"./m\" }\nprint(a)",
        "for a of [1] { print(a) }",
    ] {
        let faults = diagnose(&format!("{text}\nprint(missing)"));
        let unknown: Vec<_> =
            faults.iter().filter(|fault| fault.code == Code::E0200).map(|f| f.message.as_str()).collect();
        assert_eq!(unknown, ["nothing declares `missing`"], "{text}: {faults:?}");
    }
}

#[test]
fn uses_before_declarations() {
    assert_shown!(show(
        "print(limit)\nlet limit = 3\n{\n  mode = 2\n  let mode = 3\n}\nlet seed = seed + 1\n\
         let [x = y, y] = [1]\nlet [p, q = p] = [1]\nparallel select({}) { early }\nlet early = 1\n\
         function ok() { later }\nlet later = ok\nhelper()\nfunction helper() { 1 }\nuntilLater = () => later2\nlet later2 = 1"
    ));
}

#[test]
fn defaults_see_earlier_parameters() {
    assert_shown!(show(
        "fn a(x, y = x) {}\nfn b(x = y, y = 1) {}\nfn c(x = x) {}\nfn d(x = () => y, y = 1) {}\nfn e(x = 1, y) {}\n\
         fn f({p, q = p}, r = q) {}\nfn g(x = 1, ...rest) {}\nfn h(x = { t = 1; t }) { t }"
    ));
}

#[test]
fn names_declared_twice() {
    assert_shown!(show(
        "let a = 1\nconst a = 2\nfunction a() {}\nlet [b, b] = [1, 2]\n[c, [c]] = [1, [2]]\nmatch [1, 1] { [d, d] => d, _ => 0 }\n\
         fn e(e1, e1) {}\nfn f([g, g]) {}\nfn h(i) { let i = 1 }\nfn j(k) { { let k = 1 } }\nfor l in [1] { let l = 2 }\n\
         for m, m in [1] {}\ntry {} catch (n) { let n = 1 }\nexport {a as x, b as x}\nlet _o = 1\nlet [_, _] = [1, 2]"
    ));
}

#[test]
fn constants() {
    assert_shown!(show(
        "const a = {b: 1}\na = 2\na += 1\na++\na.b = 2\na.list.push(1)\n[a] = [1]\nconst c\nfor const i = 0; i < 3; i++ {}\n\
         const bump = () => { a = 3 }"
    ));
}

#[test]
fn what_cannot_be_assigned() {
    assert_shown!(show(
        "fn f() {}\nf = 1\nf().x = 2\n1 + 2 = 3\nMath.PI = 3\nmax += 1\ninput.x = 1\na = {}\na?.b = 1\nfn g() { f = 2 }\n\
         Math.rows.push(1)\ninput.rows.sort()\nMath.max(1, 2)"
    ));
}

#[test]
fn leaving_loops() {
    assert_shown!(show(
        "break\nfor x in [1] { if (x) { continue } else { break } }\nfor x in [1] { [1].map(y => { break }) }\n\
         while true { parallel select({}) { break } }\nwhile true { race select({}) { continue } until (answer) }\n\
         uncertain while (1) { high { break } low { continue } }\ndo { break } while true\nfn f() { continue }\n\
         while true { uncertain if (1) { high { break } } }\nwhile true { parallel { a: { break } } }"
    ));
}

#[test]
fn placeholders() {
    assert_shown!(show(
        "_ + 1\n1 |> _ + _\n[1] |> _.map(x => x + _)\n1 |> print(2 |> _ + 1, _)\n[1].map(x => x |> _ + 1)\n\
         1 |> (_ |> print)\nprint(_)\nconst echo = _ => _\n2 |> { let y = _; y }"
    ));
}

#[test]
fn confidences_and_thresholds() {
    assert_shown!(show(
        "a = 1 ~> 1.5\na = 1 ~> -0.1\na = 1 ~> (90)\na = 1 ~> 0\nfn f() ~> 2 {}\nlet b: number ~ [0.5, 1.5] = 1\n\
         const strict = 1.2\nconst lower = strict / 2\na ~@> 1.5\na ~@> strict\na ~@> strict / 2\na ~@> lower\na ~@> f(1.5)\n\
         a ~?> 1.4\na ~?> [1.2, 0]\na ~?> [1.2]\nlet [c] ~> 1.1 = a\n[c] ~> 7 = a\nmatch a { d ~> 2 => d, _ => 0 }\n\
         uncertain if (a) threshold(0.5, 0.8) { high {} }\nuncertain if (a) threshold(0.5, 0.5) { high {} }\n\
         uncertain while (a) threshold(1.25, 0.5) { high {} }\nuncertain if (a) threshold(a, 0.5) { high {} }\n\
         uncertain if (a) { high {} low {} high {} high {} }"
    ));
}

#[test]
fn library_names_declared_anew() {
    assert_shown!(show(
        "max = 0\nlet range = [1]\nfn average(value) { value }\nfor first in [1] {}\nconst {merge} = {}\nlet o = {vote: 1}\n\
         fn local() { min = 1 }\nprint(max, min)\nagents { select: Agent { capability: \"x\" } }"
    ));
}

#[test]
fn other_rules() {
    assert_shown!(show(
        "pattern one { 1 }\npattern two { 2 }\nx = \"Summarise {{topic}} now\"\nx = \"a {single} brace, a double {{ alone, {{}} and {{1}}\"\nx = `{{ a.b }} ${x}`"
    ));
}

/// The meanings of all reads of `name`, in order.
fn meanings(module: &ResolvedModule, name: &str) -> Vec<Binding> {
    struct Reads<'a>(&'a str, Vec<&'a Expr>);
    impl<'a> Visitor<'a> for Reads<'a> {
        fn visit_expr(&mut self, expr: &'a Expr) {
            if matches!(&expr.kind, ExprKind::Name(name) if name == self.0) {
                self.1.push(expr);
            }
            visit::walk_expr(self, expr);
        }
    }
    let mut reads = Reads(name, Vec::new());
    visit::walk_module(&mut reads, &module.module);
    reads.1.iter().map(|expr| module.resolution.binding(expr.id)).collect()
}

fn kind(module: &ResolvedModule, name: &str) -> Vec<VariableKind> {
    module.resolution.variables.iter().filter(|variable| variable.name == name).map(|variable| variable.kind).collect()
}

#[test]
fn a_name_assigned_in_an_enclosing_body_is_that_bodys() {
    let module =
        resolved("f = () => { count = 1 }\ng = x => { own = x }\nh = x => { own = x }\nif (false) { count = 2 }");
    assert_eq!(kind(&module, "count"), [VariableKind::Implicit]);
    assert_eq!(kind(&module, "own"), [VariableKind::Implicit; 2]);
    let body = |at: usize| &module.resolution.bodies[at];
    let names = |at: usize| -> Vec<_> {
        body(at).implicit.iter().map(|id| module.resolution.variable(*id).name.to_string()).collect()
    };
    assert_eq!(names(0), ["f", "g", "h", "count"]);
    assert_eq!(names(2), ["own"]);
    assert_eq!(body(1).captures.len(), 1);
    assert!(body(2).captures.is_empty());
}

#[test]
fn blocks_hide_what_bodies_assign() {
    let module = resolved(
        "{ let x = 1; x = 2 }\nfor y in [1] { y = 2 }\nmatch 1 { z => { z = 2 } }\nfn f(p = { q = 1; q }) { q = 2; p = 3 }",
    );
    for (name, wanted) in [
        ("x", vec![VariableKind::Let]),
        ("y", vec![VariableKind::Loop]),
        ("z", vec![VariableKind::Match]),
        ("q", vec![VariableKind::Implicit]),
        ("p", vec![VariableKind::Parameter]),
    ] {
        assert_eq!(kind(&module, name), wanted, "{name}");
    }
}

#[test]
fn a_pattern_block_is_a_scope_of_the_modules_body() {
    let module = resolved("shared = 1\npattern p { own = shared; shared = 2 }");
    let implicit = &module.resolution.bodies[0].implicit;
    assert_eq!(module.resolution.bodies.len(), 1);
    assert_eq!(implicit.len(), 2);
    assert!(diagnose("pattern p { own = 1 }\nown").iter().any(|fault| fault.code == Code::E0200));
}

#[test]
fn calls_of_unknown_names_in_agent_blocks_are_dispatches() {
    let text = "crew = select({})\nknown = 1\n\
                a = parallel crew { classify(1); [1].map(x => classify(x)); 1 |> classify; llm(\"\"); print(known(1)) }\n\
                b = race crew { classify(1) } until (answer)";
    let module = resolved(text);
    let agents: Vec<_> = meanings(&module, "classify").into_iter().chain(meanings(&module, "llm")).collect();
    assert_eq!(agents.len(), 5);
    assert!(agents.iter().all(|binding| matches!(binding, Binding::Dispatch(_))), "{agents:?}");
    assert!(meanings(&module, "known").iter().all(|binding| matches!(binding, Binding::Variable(_))));
    assert!(matches!(meanings(&resolved("llm(\"\")"), "llm")[..], [Binding::Library(_)]));
}

#[test]
fn only_calls_inside_the_block_are_dispatches() {
    for text in [
        "parallel select({}) { print(moodOf) }",
        "parallel select({}) { [1].map(moodOf) }",
        "fn f() { moodOf(1) }\nparallel select({}) { f() }",
        "parallel { a: moodOf(1) }",
        "race select({}) { 1 } until (moodOf(answer))",
    ] {
        let faults = diagnose(text);
        assert!(matches!(&faults[..], [fault] if fault.code == Code::E0200), "{text}: {faults:?}");
    }
}

#[test]
fn free_names_of_patterns() {
    let module = resolved("print(input, agentCount)\nagentList = []\nprint(agentList)");
    assert!(matches!(meanings(&module, "input")[..], [Binding::Host(_)]));
    assert!(meanings(&module, "agentList").iter().all(|binding| matches!(binding, Binding::Variable(_))));
}

#[test]
fn only_the_run_can_see_some_early_uses() {
    let checks = |text: &str| {
        let module = resolved(text);
        let variable = module.resolution.variables.iter().find(|variable| variable.name == "x");
        variable.is_some_and(|variable| variable.check_init)
    };
    assert!(checks("f = () => x\nlet x = 1"));
    assert!(checks("f()\nlet x = 1\nfunction f() { x }"));
    assert!(checks("f()\nlet x = 1\nfunction f() { g() }\nfunction g() { x }"));
    assert!(checks("let x = [1].map(y => x)"));
    assert!(checks("{ g() ; let x = 1\n { function g2() { x } } function g() { x } }"));
    assert!(!checks("let x = 1\nf = () => x"));
    assert!(!checks("let x = 1\nfunction f() { x }\nf()"));
    assert!(!checks("const x = n => x(n - 1)"));
    assert!(!checks("x = 1\nf = () => x"));
    assert!(!checks("function f() { g() }\nfunction g() { x }\nlet x = 1\nf()"));
}

#[test]
fn counts_of_uses() {
    let module = resolved("let x = 1\nx = 2\nx += 1\nx.a = 1\nx.list.push(1)\nprint(x)\nf = () => x");
    let x = &module.resolution.variables.iter().find(|variable| variable.name == "x").expect("x is declared");
    assert_eq!((x.assignments, x.reads, x.captured), (5, 3, true));
}

#[test]
fn placeholders_in_inner_bodies_are_variables() {
    let module = resolved("1 |> parallel select({}) { print(_) }");
    assert_eq!(kind(&module, "_"), [VariableKind::Piped]);
    assert_eq!(module.resolution.bodies[1].captures.len(), 1);
    assert_eq!(kind(&resolved("1 |> { print(_) }"), "_"), []);
}

#[test]
fn known_numbers() {
    let module = resolved("const a = (0.5)\nconst b = -a / 2\nlet c = 1\n[a, b, c, -(1 + a) ** 2, 1 / 0, a ~+ 1]");
    let last = module.module.body.last().expect("there are statements");
    let prism_compiler::ast::StmtKind::Expr(Expr { kind: ExprKind::Array(elements), .. }) = &last.kind else {
        panic!("the last statement is a list")
    };
    let known: Vec<_> = elements
        .iter()
        .map(|element| match element {
            prism_compiler::ast::Element::Item(item) => module.resolution.known_number(item),
            prism_compiler::ast::Element::Spread(_) => None,
        })
        .collect();
    assert!(known[4].is_some_and(f64::is_nan), "arithmetic that fails is no number");
    assert_eq!([known[0], known[1], known[2], known[3], known[5]], [Some(0.5), None, None, Some(2.25), None]);
}

#[test]
fn the_librarys_own_modules_may_name_what_is_hidden() {
    assert!(diagnose("intrinsic.offer(1)").iter().any(|fault| fault.code == Code::E0200));
    let compiled = compile_with("fn vote(xs) { intrinsic.offer(xs) }\nexport {vote}", true);
    assert!(compiled.is_empty(), "{compiled:?}");
    assert!(catalog().global("intrinsic").is_none());
}
