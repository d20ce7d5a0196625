//! Trees of modules that several programs import: read once, and never taken for those of another text.

use prism_bytecode::Catalog;
use prism_compiler::modules::{MemoryLoader, Trees};
use prism_compiler::pipeline::{Compilation, Options, Sources, compile};

const WORDS: &str = "export let one = 1\n";
const LIST: &str = "import {one} from \"./words\"\nexport let list = [one]\n";

/// What is said of a program whose imports are these modules, each with its place.
fn told(trees: &Trees, entry: &str, words: &str, list: &str) -> Vec<String> {
    let loader = MemoryLoader::new().with("words.prism", words).with("list.prism", list);
    let sources = Sources { entry_path: "main.prism", entry_text: entry, loader: &loader, trees: Some(trees) };
    let Compilation { sources, diagnostics, .. } = compile(sources, &Catalog::new(Vec::new()), &Options::default());
    let place = |fault: &prism_diagnostics::Diagnostic| {
        let name = sources.get(fault.span.source).map_or("", |source| source.name());
        format!("{name}:{}", sources.position(fault.span).line)
    };
    diagnostics.iter().map(|fault| format!("{} {} {}", place(fault), fault.code, fault.message)).collect()
}

#[test]
fn a_module_of_several_programs_is_read_once() {
    let trees = Trees::default();
    for entry in ["import {one} from \"./words\"\none", "import {one} from \"./words\"\none + 1"] {
        assert_eq!(told(&trees, entry, WORDS, LIST), Vec::<String>::new());
        assert_eq!(trees.bytes(), WORDS.len());
    }
    // Here it is the third text, whose places are others.
    assert_eq!(told(&trees, "import {list} from \"./list\"\nlist", WORDS, LIST), Vec::<String>::new());
    assert_eq!(trees.bytes(), 2 * WORDS.len() + LIST.len());
}

#[test]
fn what_is_said_is_the_same_each_time() {
    let broken = "export let one = (1\nlet two = missing\n";
    let entry = "import {one} from \"./words\"\nimport {list} from \"./list\"\n[one, list, three]";
    let trees = Trees::default();
    let first = told(&trees, entry, broken, LIST);
    assert!(first.iter().any(|fault| fault.starts_with("words.prism:")), "{first:?}");
    assert!(first.iter().any(|fault| fault.starts_with("main.prism:3")), "{first:?}");
    assert_eq!(told(&trees, entry, broken, LIST), first);
    assert_eq!(told(&Trees::default(), entry, broken, LIST), first);
}

#[test]
fn a_changed_text_is_read_anew() {
    let trees = Trees::default();
    let entry = "import {one} from \"./words\"\none";
    assert_eq!(told(&trees, entry, WORDS, LIST), Vec::<String>::new());
    let changed = told(&trees, entry, "export let two = 1\n", LIST);
    assert!(changed.iter().any(|fault| fault.contains("one")), "{changed:?}");
    assert_eq!(told(&trees, entry, WORDS, LIST), Vec::<String>::new());
}

#[test]
fn much_text_is_not_kept_for_ever() {
    let trees = Trees::default();
    let entry = "import {one} from \"./words\"\none";
    for number in 0..6 {
        let long = format!("export let one = {number}\n// {}\n", "x".repeat(1 << 20));
        assert_eq!(told(&trees, entry, &long, LIST), Vec::<String>::new());
        assert!(trees.bytes() <= 4 << 20);
    }
}
