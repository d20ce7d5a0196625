//! The source file to GBNF: `@operators` and `@assignments` are replaced from the operator table, `@letters` by letters
//! beyond ASCII, `@names` by rules that derive names but not certain words. The result is the text of `docs/prism.gbnf`.

use prism_compiler::ast::{AssignOp, BinaryOp, level};
use prism_compiler::parse::TokenKind;
use std::collections::BTreeSet;
use std::fmt::Write;

const HEAD: &str = "\
# Prism for decoders that keep a language model within a grammar (llama.cpp's GBNF). Every sentence is a program without
# errors of grammar, and every program is one once `parallax fmt` has printed it. Made of compiler/grammar/prism.grammar by
# a test: UPDATE_GRAMMAR=1 cargo test -p parallax-tests --test grammar
";

/// The source file, its additions replaced; its opening comment is another.
///
/// # Errors
/// If an addition is not of its form.
pub fn gbnf(source: &str) -> Result<String, String> {
    let (_, rules) = source.split_once("\n\n").ok_or("no opening comment")?;
    let mut text = HEAD.to_owned();
    let mut words = String::new();
    for line in rules.lines().filter(|line| !line.starts_with('@')) {
        match line.split_once("@names ") {
            Some((rule, excluded)) => {
                let excluded: BTreeSet<&str> = excluded.split(' ').flat_map(excluded_words).collect();
                let _ = writeln!(text, "{rule}{}", names(&excluded, "", &mut words));
            }
            None => text.extend([&replaced(line)?, "\n"]),
        }
    }
    Ok(text + "\n# Names letter by letter, so that no reserved word is one.\n" + &words)
}

/// The rules that are blanks and comments.
pub fn layout(source: &str) -> Vec<&str> {
    let line = source.lines().find_map(|line| line.strip_prefix("@layout "));
    line.into_iter().flat_map(|line| line.split(' ')).collect()
}

/// The words that are no names.
pub fn no_names(source: &str) -> Vec<&str> {
    let line = source.lines().find_map(|line| line.split_once("@names "));
    line.into_iter().flat_map(|(_, words)| words.split(' ')).flat_map(excluded_words).collect()
}

/// A word that is no name; `RESERVED` stands for all reserved ones.
fn excluded_words(word: &str) -> Vec<&str> {
    match word {
        "RESERVED" => TokenKind::ALL.iter().filter(|kind| kind.is_reserved()).filter_map(|kind| kind.text()).collect(),
        word => vec![word],
    }
}

/// `@operators LOW HIGH except a b`, both levels included; `@assignments`.
fn replaced(line: &str) -> Result<String, String> {
    if let Some((before, levels)) = line.split_once("@operators ") {
        let (levels, except) = levels.split_once(" except ").unwrap_or((levels, ""));
        let (low, high) = levels.split_once(' ').ok_or_else(|| format!("two levels are missing in {line:?}"))?;
        let levels = named_level(low)?..=named_level(high)?;
        let except: Vec<&str> = except.split(' ').collect();
        let fits = |op: &&BinaryOp| levels.contains(&op.level()) && !except.contains(&op.as_str());
        return Ok(before.to_owned() + &quoted(BinaryOp::ALL.iter().filter(fits).map(|op| op.as_str())));
    }
    Ok(line
        .replace("@letters", BEYOND_ASCII)
        .replace("@assignments", &quoted(AssignOp::ALL.iter().map(|op| op.as_str()))))
}

fn named_level(name: &str) -> Result<u16, String> {
    Ok(match name {
        "PIPE" => level::PIPE,
        "CHAIN" => level::CHAIN,
        "OR" => level::OR,
        "COMPARISON" => level::COMPARISON,
        "SUM" => level::SUM,
        "POWER" => level::POWER,
        other => return Err(format!("no level is called {other}")),
    })
}

fn quoted<'t>(texts: impl Iterator<Item = &'t str>) -> String {
    texts.map(|text| format!("\"{text}\"")).collect::<Vec<_>>().join(" | ")
}

/// What may follow the letters of `prefix` in a name that is none of the words; the rules that it needs are added.
fn names(words: &BTreeSet<&str>, prefix: &str, rules: &mut String) -> String {
    let next = |word: &&str| word.strip_prefix(prefix).and_then(|rest| rest.chars().next());
    let nexts: BTreeSet<char> = words.iter().filter_map(next).collect();
    if nexts.is_empty() {
        // A whole word, which anything may make longer.
        return "tail+".to_owned();
    }
    let others = format!("{}-but-{}", if prefix.is_empty() { "letter" } else { "tail" }, letters(&nexts));
    if !rules.contains(&format!("{others} ::=")) {
        let _ = writeln!(rules, "{others} ::= {}", class_without(&nexts, prefix.is_empty()));
    }
    let mut alternatives = vec![format!("{others} tail*")];
    for letter in &nexts {
        let longer = format!("{prefix}{letter}");
        let rest = names(words, &longer, rules);
        let rule = format!("name-{}", longer.replace('_', "-u"));
        let _ = writeln!(rules, "{rule} ::= {rest}");
        alternatives.push(format!("\"{letter}\" {rule}"));
    }
    let all = alternatives.join(" | ");
    if prefix.is_empty() || words.contains(prefix) { all } else { format!("({all})?") }
}

fn letters(letters: &BTreeSet<char>) -> String {
    letters.iter().collect::<String>().replace('_', "-u")
}

/// A class of all characters of names but these.
fn class_without(letters: &BTreeSet<char>, first: bool) -> String {
    let mut ranges = String::new();
    let mut from = 'a';
    for letter in letters.iter().filter(|letter| letter.is_ascii_lowercase()).chain([&'{']) {
        if from < *letter {
            let last = char::from_u32(u32::from(*letter) - 1).unwrap_or('z');
            ranges.push(from);
            if from < last {
                ranges.extend(['-', last]);
            }
        }
        from = char::from_u32(u32::from(*letter) + 1).unwrap_or('{');
    }
    let digits = if first { "" } else { "0-9" };
    let underscore = if letters.contains(&'_') { "" } else { "_" };
    format!("[{digits}A-Z{underscore}{ranges}{BEYOND_ASCII}]")
}

/// The letters beyond ASCII that the grammar knows: every one may begin a name and go on with one.
const BEYOND_ASCII: &str = "ªµºÀ-ÖØ-öø-ʯΑ-ΡΣ-ώЀ-ҁҊ-ԯ一-鿿ぁ-ゖァ-ヺ가-힣";
