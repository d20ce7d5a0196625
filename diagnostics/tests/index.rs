//! `docs/diagnostics.md` is what the catalog makes it. To write it anew:
//!
//! ```sh
//! UPDATE_DIAGNOSTICS_PAGE=1 cargo test -p prism-diagnostics --test index
//! ```

use prism_diagnostics::{Code, Severity};
use std::path::Path;
use std::{env, fs};

const HEAD: &str = "\
# Faults
Everything that can be wrong with a program, its input or its run. `parallax explain CODE`, or the rule's name, prints a
code's page; `// prism: allow(rule, rule)` at the end of a line silences warnings of these rules there. A warning is said,
and the program runs; with an error it does not, or has ended.

`E` codes are found before a program runs, `W` codes are warnings, `R` codes are errors of a run. Codes and rules keep
their meaning.
";

fn page() -> String {
    let mut page = HEAD.to_owned();
    for (heading, codes) in Code::GROUPS {
        page.push_str(&format!("\n## {heading}\n| code | rule | |\n|---|---|---|\n"));
        for code in *codes {
            let title = code.title().replace('|', "\\|");
            page.push_str(&format!("| [{code}](../diagnostics/pages/{code}.md) | `{}` | {title} |\n", code.rule()));
        }
    }
    page
}

#[test]
fn the_index_is_up_to_date() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/diagnostics.md");
    let page = page();
    if env::var_os("UPDATE_DIAGNOSTICS_PAGE").is_some() {
        fs::write(&path, &page).expect("the page can be written");
    }
    let there = fs::read_to_string(&path).expect("the page can be read");
    assert!(
        there == page,
        "docs/diagnostics.md has other codes than the catalog; UPDATE_DIAGNOSTICS_PAGE=1 writes it anew"
    );
}

#[test]
fn every_code_stands_under_one_heading() {
    let listed: Vec<Code> = Code::GROUPS.iter().flat_map(|(_, codes)| *codes).copied().collect();
    assert_eq!(listed, Code::ALL);
    for (heading, codes) in Code::GROUPS {
        let kinds: Vec<_> = codes.iter().map(|code| (code.severity(), code.phase())).collect();
        assert!(kinds.windows(2).all(|two| two[0] == two[1]), "{heading} has codes of several kinds");
        assert_eq!(heading.starts_with("Warnings"), kinds.first().is_some_and(|(it, _)| *it == Severity::Warning));
    }
}
