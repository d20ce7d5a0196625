//! Pages of `docs` whose programs are tested: `confidence-checking.md` and `llms.txt`.
//!
//! What the checker says of the programs of `confidence-checking.md` is written anew by
//!
//! ```sh
//! UPDATE_PAGES=1 cargo test -p parallax-tests --test pages
//! ```

use parallax_tests::binary::{root, validated};
use parallax_tests::markdown::{blocks, with_text};
use parallax_tests::spec::page::{self, PATH};
use parallax_tests::spec::trial;
use prism_diagnostics::Diagnostic;
use prism_engine::{Engine, MemoryProject};
use std::path::{Path, PathBuf};
use std::{env, fs};

const CHECKING: &str = "docs/confidence-checking.md";
const BRIEF: &str = "docs/llms.txt";

/// How many tokens the page in brief may have.
const MOST_TOKENS: f64 = 6_000.0;

fn read(page: &str) -> String {
    fs::read_to_string(root().join(page)).expect("the page")
}

fn workplace(name: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join(name)
}

fn diagnostics(program: &str) -> Vec<Diagnostic> {
    Engine::new().compile(PATH, program, &MemoryProject::new()).diagnostics
}

#[test]
fn the_checker_says_what_the_page_shows() {
    let page = read(CHECKING);
    let blocks = blocks(&page);
    let programs = blocks.iter().enumerate().filter(|(_, block)| block.kind == "prism");
    let (mut updated, mut count) = (page.clone(), 0);
    // From the last to the first, since a block of another length moves those behind it.
    for (at, program) in programs.rev() {
        let said = validated(&program.text, &workplace("checking"));
        let shown = blocks.get(at + 1).filter(|next| next.kind == "text" && next.follows);
        let shown = shown.unwrap_or_else(|| panic!("{CHECKING}, line {}: no `text` block follows", program.line));
        if env::var_os("UPDATE_PAGES").is_some() {
            updated = with_text(&updated, shown, &said);
        } else {
            assert_eq!(said, shown.text, "{CHECKING}, line {}: UPDATE_PAGES=1 writes it anew", shown.line);
        }
        count += 1;
    }
    assert_eq!(count, 10, "{CHECKING} promises ten programs");
    if updated != page {
        fs::write(root().join(CHECKING), updated).expect("the page can be written");
    }
}

#[test]
fn its_links_lead_somewhere() {
    let page = read(CHECKING);
    let targets = page.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    for target in targets.filter(|target| !target.contains("://")) {
        assert!(root().join("docs").join(target).is_file(), "{CHECKING}: {target}");
    }
}

#[test]
fn the_page_in_brief_is_brief() {
    let page = read(BRIEF);
    // No tokeniser is the reader's own: two measures, each on the safe side for English and code.
    let by_characters = page.chars().count() as f64 / 3.2;
    let by_words = page.split_whitespace().count() as f64 * 1.6;
    assert!(by_characters.max(by_words) < MOST_TOKENS, "{by_characters} tokens by characters, {by_words} by words");
}

#[tokio::test]
async fn its_programs_do_what_they_say() {
    let examples = page::read(&read(BRIEF)).expect("the page");
    assert!(examples.len() > 4, "only {} programs", examples.len());
    for example in &examples {
        let found = diagnostics(&example.text);
        assert!(found.is_empty(), "{BRIEF}, line {}: {found:#?}", example.line);
        assert_eq!(trial::faults(example).await.join("\n"), "", "{BRIEF}, line {}", example.line);
    }
}

#[test]
fn its_mistakes_are_mistakes_and_their_repairs_are_none() {
    let page = read(BRIEF);
    let (_, table) = page.split_once("\n## Mistakes\n").expect("a table of mistakes");
    let rows: Vec<_> = table.lines().filter(|line| line.starts_with("| `")).collect();
    assert!(rows.len() > 10, "only {} mistakes", rows.len());
    for row in rows {
        let cells: Vec<_> = row.split(" | ").map(|cell| cell.trim_matches(['|', ' ', '`'])).collect();
        let [wrong, code, right] = cells.as_slice() else { panic!("{BRIEF}: {row}") };
        let said = |program: &str| {
            let mut codes: Vec<_> = diagnostics(program).into_iter().map(|one| one.code.to_string()).collect();
            codes.dedup();
            codes
        };
        assert_eq!(said(wrong), [*code], "{BRIEF}: {row}");
        assert_eq!(said(right), [""; 0], "{BRIEF}: {row}");
    }
}
