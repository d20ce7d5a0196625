//! `parallax explain`: the page of a fault.

use crate::console::Console;
use crate::exit::Exit;
use prism_diagnostics::Code;

/// A code with fewer differing letters than this share of its length is worth suggesting.
const NEAR: f64 = 0.5;
const MOST_SUGGESTIONS: usize = 3;

/// Prints what a fault means and the way out.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The code or the name of the rule, such as E0200 or unknown-name; without it, all are listed.
    code: Option<String>,
}

pub fn execute(arguments: &Arguments) -> Exit {
    let console = Console::new();
    let Some(name) = &arguments.code else {
        console.print(list().trim_end());
        return Exit::Completed;
    };
    let codes = Code::find_all(name);
    if !codes.is_empty() {
        let pages: Vec<_> = codes.iter().map(|code| code.page().trim_end()).collect();
        console.print(&pages.join("\n\n"));
        return Exit::Completed;
    }
    let nearest = nearest(name);
    let hint = if nearest.is_empty() { String::new() } else { format!("; do you mean {}?", nearest.join(" or ")) };
    console.say(&format!("There is no fault `{name}`{hint}\n`parallax explain` lists all."));
    Exit::Usage
}

/// A line a code, under the headings of the catalog.
fn list() -> String {
    let rules = Code::ALL.iter().map(|code| code.rule().len()).max().unwrap_or_default();
    let line = |code: &Code| format!("  {code}  {:rules$}  {}\n", code.rule(), code.title());
    let group = |(heading, codes): &(&str, &[Code])| {
        let lines: String = codes.iter().map(line).collect();
        format!("{heading}\n{lines}\n")
    };
    Code::GROUPS.iter().map(group).collect()
}

/// Codes and rules that are spelt nearly so, the nearest first.
fn nearest(name: &str) -> Vec<String> {
    let name = name.to_lowercase();
    let names = Code::ALL.iter().flat_map(|code| [code.as_str(), code.rule()]);
    let mut scored: Vec<_> =
        names.map(|known| (strsim::normalized_levenshtein(&name, &known.to_lowercase()), known)).collect();
    scored.sort_by(|(a, _), (b, _)| b.total_cmp(a));
    let near = scored.into_iter().filter(|(likeness, _)| *likeness > NEAR);
    near.take(MOST_SUGGESTIONS).map(|(_, known)| format!("`{known}`")).collect()
}
