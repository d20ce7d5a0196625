//! `docs/library.md` is what the registrations make it, and so is the section on the library of `docs/llms.txt`. To
//! write them anew:
//!
//! ```sh
//! UPDATE_LIBRARY_PAGE=1 cargo test -p prism-stdlib --test manual
//! ```

use prism_stdlib::{manual, registrations};
use std::path::Path;
use std::{env, fs};

#[test]
fn the_page_of_the_library_is_up_to_date() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/library.md");
    let page = manual::page();
    if env::var_os("UPDATE_LIBRARY_PAGE").is_some() {
        fs::write(&path, &page).expect("the page can be written");
    }
    let there = fs::read_to_string(&path).expect("the page can be read");
    let differs = there.lines().zip(page.lines()).position(|(old, new)| old != new);
    assert!(
        there == page,
        "docs/library.md is not what the registrations make it, from line {}; UPDATE_LIBRARY_PAGE=1 writes it anew",
        differs.unwrap_or_else(|| there.lines().count().min(page.lines().count())) + 1
    );
}

#[test]
fn the_page_in_brief_has_the_library() {
    const START: &str = "## Library\n";
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/llms.txt");
    let there = fs::read_to_string(&path).expect("the page can be read");
    let (before, behind) = there.split_once(START).expect("the page has the section");
    let after = &behind[behind.find("\n## ").expect("another section follows")..];
    let page = [before, START, &manual::signatures(), after].concat();
    if env::var_os("UPDATE_LIBRARY_PAGE").is_some() {
        fs::write(&path, &page).expect("the page can be written");
        return;
    }
    assert!(
        there == page,
        "docs/llms.txt has another library than the registrations; UPDATE_LIBRARY_PAGE=1 writes it anew"
    );
}

#[test]
fn an_entry_says_all_that_a_registration_does() {
    let entry = |path: &str| {
        let one = registrations().into_iter().find(|one| one.path == path).expect("a registered path");
        manual::entry(one)
    };
    let cases = [
        ("array.at", "### `xs.at("),
        ("array.at", "Confidence: the part's own times `xs`'s and `k`'s."),
        ("array.push", "Updates the variable on which it is called."),
        ("sortBy", "Without `xs`, `sortBy` gives a function of it."),
        ("Math.PI", "### `Math.PI = 3.141592653589793`"),
        ("Math.max", "Confidence: that of the chosen argument."),
        ("len", "len({a: 1}) // 1\n```\n"),
    ];
    for (path, part) in cases {
        assert!(entry(path).contains(part), "{path} lacks {part:?}:\n{}", entry(path));
    }
}
