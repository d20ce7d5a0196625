//! `docs/prism.ebnf` and `docs/prism.gbnf` are what `compiler/grammar/prism.grammar` makes of them, every program is in
//! the grammar once it is formatted, and every sentence drawn from it is a program without errors of grammar. It is the
//! text of `docs/prism.gbnf` that is read and tested.
//!
//! ```sh
//! UPDATE_GRAMMAR=1 cargo test -p parallax-tests --test grammar              # writes both files anew
//! GRAMMAR_SENTENCES=100000 cargo test -p parallax-tests --test grammar      # draws more sentences
//! ```

use parallax_tests::binary::root;
use parallax_tests::grammar::recognise::Recogniser;
use parallax_tests::grammar::sample::Sampler;
use parallax_tests::grammar::{Grammar, notation, render, source};
use parallax_tests::spec::page;
use prism_compiler::format::format;
use prism_compiler::parse::parse;
use prism_diagnostics::SourceId;
use std::path::{Path, PathBuf};
use std::{env, fs};

/// How many sentences are drawn unless said otherwise.
const SENTENCES: usize = 10_000;

/// The rules that take as much as they can.
const TOKENS: [&str; 9] = ["w", "w1", "s", "t", "name", "word", "number", "digits", "plain-string"];

fn source_text() -> String {
    fs::read_to_string(root().join("compiler/grammar/prism.grammar")).expect("the source")
}

/// The grammar as `docs/prism.gbnf` has it.
fn grammar() -> Grammar {
    let text = fs::read_to_string(root().join("docs/prism.gbnf")).expect("docs/prism.gbnf");
    notation::read(&text).unwrap_or_else(|fault| panic!("docs/prism.gbnf: {fault}"))
}

#[test]
fn both_files_are_up_to_date() {
    let source = source_text();
    let gbnf = source::gbnf(&source).unwrap_or_else(|fault| panic!("the source: {fault}"));
    let grammar = notation::read(&gbnf).unwrap_or_else(|fault| panic!("the source: {fault}"));
    let ebnf = render::ebnf(&grammar, &source::layout(&source), &source::no_names(&source));
    for (path, text) in [("docs/prism.gbnf", gbnf), ("docs/prism.ebnf", ebnf)] {
        let path = root().join(path);
        if env::var_os("UPDATE_GRAMMAR").is_some() {
            fs::write(&path, &text).expect("the file can be written");
        }
        let there = fs::read_to_string(&path).unwrap_or_default();
        assert!(there == text, "{} is not what the source makes it; UPDATE_GRAMMAR=1 writes it anew", path.display());
    }
}

/// All files below a folder that end so.
fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    let below = |path: PathBuf| match path.is_dir() {
        true => files(&path, extension),
        false => Vec::from_iter(path.extension().is_some_and(|end| end == extension).then_some(path)),
    };
    let mut found: Vec<_> = entries.flat_map(below).collect();
    found.sort();
    found
}

/// Every program of the repository that parses, formatted, with where it comes from.
fn corpus() -> Vec<(String, String)> {
    let folders = ["tests/conformance", "patterns", "bench", "stdlib/std"];
    let programs = folders.iter().flat_map(|folder| files(&root().join(folder), "prism"));
    let mut texts: Vec<(String, String)> =
        programs.map(|path| (path.display().to_string(), fs::read_to_string(&path).unwrap_or_default())).collect();
    let pages = files(&root().join("tests/spec"), "md")
        .into_iter()
        .chain(["docs/library.md", "docs/llms.txt", "docs/confidence-checking.md"].map(|page| root().join(page)));
    for path in pages {
        let examples = page::read(&fs::read_to_string(&path).expect("a page")).unwrap_or_default();
        texts.extend(examples.into_iter().map(|one| (format!("{}:{}", path.display(), one.line), one.text)));
    }
    texts.into_iter().filter_map(|(name, text)| Some((name, format(SourceId(0), &text).ok()?))).collect()
}

#[test]
fn every_program_is_in_the_grammar() {
    let grammar = grammar();
    let mut recogniser = Recogniser::new(&grammar, &TOKENS);
    let corpus = corpus();
    assert!(corpus.len() > 1_500, "only {} programs", corpus.len());
    let mut faults = Vec::new();
    for (name, text) in &corpus {
        if let Err(place) = recogniser.derives(grammar.number("root"), text) {
            faults.push(format!("{name}: {place}"));
        }
    }
    assert!(
        faults.is_empty(),
        "{} of {} programs are not in the grammar:\n{}",
        faults.len(),
        corpus.len(),
        faults.join("\n\n")
    );
}

#[test]
fn every_sentence_is_a_program() {
    let grammar = grammar();
    let count = env::var("GRAMMAR_SENTENCES").ok().and_then(|count| count.parse().ok()).unwrap_or(SENTENCES);
    let (root, mut sampler) = (grammar.number("root"), Sampler::new(&grammar));
    let (mut faults, mut length) = (Vec::new(), 0);
    for seed in 1..=count {
        let sentence = sampler.sentence(root, seed as u64, 40 + seed % 800, 12 + (seed % 60) as u32);
        length += sentence.len();
        if let Some(fault) = parse(SourceId(0), &sentence).diagnostics.first() {
            let at = fault.span.start as usize;
            let (before, behind) = sentence.split_at_checked(at).unwrap_or((&sentence, ""));
            let before: String = before.chars().rev().take(400).collect::<Vec<_>>().into_iter().rev().collect();
            let behind: String = behind.chars().take(60).collect();
            faults.push(format!("seed {seed}: {}: {before}⟨here⟩{behind}", fault.message));
        }
    }
    let (shown, bytes) = (faults.iter().take(20).cloned().collect::<Vec<_>>().join("\n\n"), length / count.max(1));
    assert!(faults.is_empty(), "{} of {count} sentences ({bytes} bytes each) have faults:\n{shown}", faults.len());
    let unused: Vec<_> =
        sampler.unused().into_iter().filter(|rule| !rule.starts_with("name-") && !rule.contains("-but-")).collect();
    assert!(unused.is_empty(), "no sentence has used {unused:?}");
}

#[test]
fn what_is_no_program_is_not_in_the_grammar() {
    let grammar = grammar();
    let mut recogniser = Recogniser::new(&grammar, &TOKENS);
    let wrong = [
        "if = 1",
        "let x = ",
        "a ~> b == c",
        "{a, b",
        "f(1",
        "1 +",
        "x = (1))",
        "\"a",
        "a.1",
        "5.",
        "x = y = 1",
        "uncertain if (x) { highest {} }",
        "[1, , 2]",
        "fn f(a = 1, b) {}",
        "return return",
        "x ~> ",
        "a instanceof \"thing\"",
        "try { a }",
        "import a",
        "_x_ = _ = 1",
        "\"${}\"",
        "\"\\xZ\"",
        "for x of y {}",
    ];
    for text in wrong {
        assert!(!parse(SourceId(0), text).diagnostics.is_empty(), "{text:?} parses");
        assert!(recogniser.derives(grammar.number("root"), text).is_err(), "{text:?} is a sentence");
    }
}
