//! The pages of `tests/spec` are true: every program gives what its comments assert, in every mode that must not matter.
//!
//! A test is a section of a page, named by the page's path and its headings. `cargo test -p parallax-tests --test spec --
//! confidence/gates` runs one page; how pages are written is explained in `tests/spec/README.md`.

use libtest_mimic::{Arguments, Failed, Trial};
use parallax_tests::spec::page::{self, Example};
use parallax_tests::spec::trial;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("spec")
}

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let pages = pages(&folder());
    let mut trials = vec![
        Trial::test("the reference lists every page", || the_reference_lists_every_page().map_err(Failed::from)),
        Trial::test("links between pages lead somewhere", || links_lead_somewhere().map_err(Failed::from)),
    ];
    for path in &pages {
        trials.extend(of_page(path));
    }
    libtest_mimic::run(&arguments, trials).exit_code()
}

/// All pages, by path.
fn pages(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder of pages");
    let mut paths: Vec<_> = entries.map(|entry| entry.expect("an entry").path()).collect();
    paths.sort();
    let below = |path: PathBuf| match path.is_dir() {
        true => pages(&path),
        false => Vec::from_iter(path.extension().is_some_and(|end| end == "md").then_some(path)),
    };
    paths.into_iter().flat_map(below).filter(|path| !path.ends_with("spec/README.md")).collect()
}

/// `confidence/gates`.
fn name(page: &Path) -> String {
    let path = page.strip_prefix(folder()).expect("a page lies in the folder").with_extension("");
    path.iter().map(|part| part.to_string_lossy()).collect::<Vec<_>>().join("/")
}

/// A page's sections, a test each.
fn of_page(path: &Path) -> Vec<Trial> {
    let page = name(path);
    let text = fs::read_to_string(path).expect("a page");
    let examples = match page::read(&text) {
        Ok(examples) if !examples.is_empty() => examples,
        read => {
            let fault = read.err().unwrap_or_else(|| "it has no program".to_owned());
            return vec![Trial::test(page, move || Err(fault.into()))];
        }
    };
    let trial = |examples: &[Example]| {
        // The first heading is the page's title.
        let headings = examples[0].headings.iter().skip(1);
        let names: Vec<_> = [&page].into_iter().chain(headings).map(String::as_str).collect();
        let examples = examples.to_vec();
        Trial::test(names.join(": "), move || section(&examples))
    };
    examples.chunk_by(|one, next| one.headings == next.headings).map(trial).collect()
}

fn section(examples: &[Example]) -> Result<(), Failed> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let faults = runtime.block_on(async {
        let mut faults = Vec::new();
        for example in examples {
            faults.extend(trial::faults(example).await);
        }
        faults
    });
    if faults.is_empty() { Ok(()) } else { Err(faults.join("\n").into()) }
}

/// The pages that a text links to, as paths.
fn links(text: &str) -> BTreeSet<&str> {
    let links = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    links.map(|link| link.split('#').next().unwrap_or_default()).filter(|link| link.ends_with(".md")).collect()
}

fn the_reference_lists_every_page() -> Result<(), String> {
    let reference = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/reference.md");
    let text = fs::read_to_string(&reference).map_err(|error| error.to_string())?;
    let listed: BTreeSet<_> = links(&text).into_iter().map(str::to_owned).collect();
    let there: BTreeSet<_> = pages(&folder()).iter().map(|page| format!("../tests/spec/{}.md", name(page))).collect();
    let missing: Vec<_> = there.difference(&listed).collect();
    if missing.is_empty() { Ok(()) } else { Err(format!("docs/reference.md does not list {missing:?}")) }
}

fn links_lead_somewhere() -> Result<(), String> {
    let reference = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/reference.md");
    let readme = folder().join("README.md");
    let mut broken = Vec::new();
    for page in pages(&folder()).into_iter().chain([reference, readme]) {
        let text = fs::read_to_string(&page).map_err(|error| error.to_string())?;
        let home = page.parent().unwrap_or(Path::new(".")).to_owned();
        let lost = links(&text).into_iter().filter(|link| !link.contains("://") && !home.join(link).is_file());
        broken.extend(lost.map(|link| format!("{}: {link}", page.display())));
    }
    if broken.is_empty() { Ok(()) } else { Err(broken.join("\n")) }
}
