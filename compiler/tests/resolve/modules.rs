//! Programs of several modules: order of running, exports, and imports that lead nowhere.

use super::common::{catalog, describe, resolve_all};
use prism_compiler::modules::{LoadError, Loader, MemoryLoader};
use prism_compiler::pipeline::{Options, Resolved, Sources, compile};
use prism_compiler::resolve::{Binding, ExportSource};
use prism_diagnostics::{Code, Diagnostic};

fn program(main: &str, others: &[(&str, &str)]) -> Resolved {
    let loader = others.iter().fold(MemoryLoader::new(), |loader, (path, text)| loader.with(*path, *text));
    resolve_all(main, &loader.with("main.prism", main), false)
}

fn clean(main: &str, others: &[(&str, &str)]) -> Resolved {
    let resolved = program(main, others);
    assert!(resolved.diagnostics.is_empty(), "{:?}", resolved.diagnostics);
    resolved
}

fn order(resolved: &Resolved) -> Vec<&str> {
    resolved.modules.iter().map(|module| module.path.as_str()).collect()
}

/// The faults of a program, each with its file and place.
fn faults(main: &str, others: &[(&str, &str)]) -> String {
    let resolved = program(main, others);
    let mut diagnostics = resolved.diagnostics.clone();
    diagnostics.sort_by_key(|fault| (fault.span, fault.code));
    let line = |fault: &Diagnostic| {
        let place = resolved.sources.position(fault.span);
        let name = resolved.sources.get(fault.span.source).map_or("", |source| source.name());
        format!("{name}:{}:{} {}", place.line, place.column, describe(fault, &resolved.sources).trim_start())
    };
    diagnostics.iter().map(line).collect()
}

#[test]
fn modules_run_once_in_the_order_of_imports() {
    let resolved = clean(
        "import {b} from \"./b\"\nimport {c} from \"./lib/c.prism\"\nprint(b, c)",
        &[
            ("b.prism", "import {d} from \"./lib/d\"\nexport b = d"),
            ("lib/c.prism", "export {d as c} from \"./d.prism\""),
            ("lib/d/index.prism", "export d = 1"),
            ("lib/d.prism", "export {d} from \"./d/\""),
        ],
    );
    assert_eq!(order(&resolved), ["lib/d/index.prism", "lib/d.prism", "b.prism", "lib/c.prism", "main.prism"]);
    assert_eq!(resolved.exports.slots, 2);
}

#[test]
fn exports_alias_where_they_are_passed_on() {
    let resolved = clean(
        "import d, {a, renamed} from \"./b\"\nimport * as all from \"./b\"\nprint(d, a, renamed, all, all.deep.a)",
        &[
            (
                "b.prism",
                "import {a} from \"./a\"\nexport {a}\nexport {c as renamed} from \"./a\"\nexport * as deep from \"./a\"\n\
                 own = 2\nexport {own as mine}\nexport default own\nexport let [x, y] = [1, 2]\nexport function f() {}",
            ),
            ("a.prism", "export a = 1\nexport const c = 2"),
        ],
    );
    let of = |module: u32| -> Vec<(String, Binding)> {
        resolved.exports.of(module).iter().map(|(name, binding)| (name.to_string(), *binding)).collect()
    };
    assert_eq!(of(0), [("a".into(), Binding::Import(0)), ("c".into(), Binding::Import(1))]);
    let names: Vec<_> = of(1).into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["a", "renamed", "deep", "mine", "default", "x", "y", "f"]);
    assert_eq!(of(1)[0].1, Binding::Import(0));
    assert_eq!(of(1)[1].1, Binding::Import(1));
    assert_eq!(of(1)[2].1, Binding::Namespace(0));
    let own = &resolved.modules[1].resolution.exports;
    assert_eq!(
        own.iter().map(|export| (export.name.as_str(), export.slot)).collect::<Vec<_>>(),
        [("mine", 2), ("default", 3), ("x", 4), ("y", 5), ("f", 6)]
    );
    assert!(matches!(own[1].source, ExportSource::Default));
    assert_eq!(resolved.exports.slots, 7);
}

#[test]
fn everything_passed_on_gives_way_to_own_exports() {
    let resolved = clean(
        "import {a, b} from \"./b\"\nprint(a, b)",
        &[
            ("b.prism", "export * from \"./a\"\nexport a = 3"),
            ("a.prism", "export a = 1\nexport b = 2\nexport default 3"),
        ],
    );
    assert_eq!(resolved.exports.find(1, "a"), Some(Binding::Import(3)));
    assert_eq!(resolved.exports.find(1, "b"), Some(Binding::Import(1)));
    assert_eq!(resolved.exports.find(1, "default"), None);
}

#[test]
fn the_library_can_be_imported() {
    let resolved = clean(
        "import {max as most, PI} from \"std:math\"\nimport * as json from \"std:json\"\nimport {max} from \"std:prelude\"\n\
         export {parse} from \"std:json\"\nprint(most(1), PI, json.parse, max)",
        &[],
    );
    assert!(matches!(resolved.exports.of(0), [(_, Binding::Library(_))]));
    assert_shown!(faults(
        "import {mx} from \"std:math\"\nimport {a} from \"std:maths\"\nimport * as all from \"std:prelude\"\n\
         import {offer} from \"std:intrinsic\"\nprint(mx, a, all, offer)",
        &[]
    ));
}

#[test]
fn imports_that_lead_nowhere() {
    assert_shown!(faults(
        "import {a} from \"./missing\"\nimport {b} from \"./missing\"\nimport {c} from \"../above\"\nimport {d} from \"bare\"\n\
         import e, {celsius, kelvn} from \"./convert.prism\"\nimport {celsius} from \"./convert\"\n\
         import {f as print} from \"./convert\"\nprint(a, b, c, d, e, celsius, kelvn)\ncelsius = 1\nkelvn.x = 2\n\
         export {a}\nexport {lost} from \"./convert\"",
        &[("convert.prism", "export fn celsius() {}\nexport fn kelvin() {}\nexport f = 1")],
    ));
}

#[test]
fn cycles_are_said_once_where_they_close() {
    let others = [
        ("orders.prism", "import {invoice} from \"./invoices\"\nexport function order(n) { invoice(n) }"),
        (
            "invoices.prism",
            "import {order} from \"./orders\"\nexport {order as again} from \"./orders\"\nexport function invoice(n) { order(n) }",
        ),
    ];
    assert_shown!(faults("import {order} from \"./orders\"\norder(1)", &others));
    assert_shown!(faults("import * as itself from \"./main.prism\"\nexport fn once() {}\nprint(itself.once())", &[]));
}

#[test]
fn faults_of_a_module_are_not_those_of_its_importers() {
    let said = faults(
        "import {a, b, c} from \"./b\"\nimport {anything} from \"./c\"\nprint(a, b, c, anything)",
        &[("b.prism", "export let a = (1 + \nexport {b}\nexport [c, = 3"), ("c.prism", "export * from \"./gone\"")],
    );
    assert!(!said.contains("E0501"), "{said}");
    assert!(said.contains("c.prism:1:15 ^ E0500"), "{said}");
}

#[test]
fn imports_are_no_variables() {
    assert_shown!(faults(
        "import {list, stack} from \"./a\"\nimport * as ns from \"./a\"\nlist = 1\nlist.x = 1\nlist.rows.push(1)\nlist.sort().reverse()\n\
         ns.list.push(1)\nns.push(1)\nlist.toSorted()\n(list).sort()\nlist++\n[list] = [1]\nfn f(list) { list.push(1) }\nlet stack = 1",
        &[("a.prism", "export list = []\nexport stack = {}\nexport fn push(x) {}")],
    ));
}

#[test]
fn a_host_may_refuse_a_file() {
    struct Refusing;
    impl Loader for Refusing {
        fn load(&self, path: &str) -> Result<String, LoadError> {
            match path {
                "link.prism" => Err(LoadError::OutsideRoot),
                _ => Err(LoadError::Unreadable("it is a picture".to_owned())),
            }
        }
    }
    let resolved =
        resolve_all("import {a} from \"./link\"\nimport {b} from \"./other.prism\"\nprint(a, b)", &Refusing, false);
    let codes: Vec<_> = resolved.diagnostics.iter().map(|fault| fault.code).collect();
    assert_eq!(codes, [Code::E0503, Code::E0106]);
}

#[test]
fn long_chains_of_imports_need_no_deep_stack() {
    let loader = (0..3_000).fold(MemoryLoader::new(), |loader, at| {
        loader.with(format!("m{at}.prism"), format!("import {{a}} from \"./m{}\"\nexport {{a}}", at + 1))
    });
    let loader = loader.with("m3000.prism", "export a = 1");
    let resolved = resolve_all("import {a} from \"./m0\"\nprint(a)", &loader, false);
    assert!(resolved.diagnostics.is_empty());
    assert_eq!(resolved.modules.len(), 3_002);
}

#[test]
fn a_compilation_has_one_sorted_list_and_no_program_with_errors() {
    let loader = MemoryLoader::new().with("b.prism", "export b = missing\nlet c = ;\nmax = 1");
    let run = |text: &str| compile(Sources::new("main.prism", text, &loader), &catalog(), &Options::default());
    let faulty = run("print(gone)\nimport {b} from \"./b\"\nlet min = b + (");
    let told: Vec<_> = faulty.diagnostics.iter().map(|fault| (fault.span.source.0, fault.code)).collect();
    assert!(told.is_sorted_by_key(|(source, _)| *source), "{told:?}");
    let of = |source: u32| told.iter().filter(|(at, _)| *at == source).map(|(_, code)| *code).collect::<Vec<_>>();
    assert_eq!(of(0).first(), Some(&Code::E0200));
    assert!(of(0).contains(&Code::E0100) && of(0).contains(&Code::W0200), "{told:?}");
    assert!(of(1).contains(&Code::E0200) && of(1).contains(&Code::E0100) && of(1).contains(&Code::W0200), "{told:?}");
    assert!(faulty.program.is_none());

    let clean = run("max = 1\nprint(max)");
    assert_eq!(clean.diagnostics.iter().map(|fault| fault.code).collect::<Vec<_>>(), [Code::W0200]);
    assert!(clean.program.is_some());
}
