//! What a half-written word may become: names of the session and of the library, words of the language, members.
//!
//! What stands before a `.` is looked at, never run: a path of names is followed through the session's values, and of
//! everything else only the methods of arrays and texts are offered. Not here: files, which the editor completes.

use super::command;
use parallax_runtime_host::Session;
use prism_bytecode::{Catalog, EntryKind, HostName, KindSet, LibraryId};
use prism_compiler::parse::{Token, TokenKind, tokens};
use prism_diagnostics::SourceId;
use prism_vm::value::Value;
use std::collections::BTreeSet;

/// Where the word begins that is to be completed, and what may stand there instead.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Completion {
    /// The word's first byte.
    pub start: usize,
    /// In order.
    pub words: Vec<String>,
}

/// Completes the word that a text ends with.
pub fn complete(text: &str, session: &mut Session, catalog: &Catalog) -> Completion {
    let Some(line) = text.strip_prefix(':') else { return in_program(text, session, catalog) };
    match line.split_once(char::is_whitespace) {
        None => Completion { start: 1, words: begun(line, command::names()) },
        Some((name, argument)) if command::takes_expression(name) => {
            let completion = in_program(argument, session, catalog);
            Completion { start: completion.start + text.len() - argument.len(), ..completion }
        }
        Some(_) => Completion { start: text.len(), words: Vec::new() },
    }
}

fn in_program(text: &str, session: &mut Session, catalog: &Catalog) -> Completion {
    let lexed = tokens(SourceId::default(), text);
    let mut before: &[Token] = &lexed.tokens;
    // What is not in the text: its end, and quotes and braces that are still to come.
    while let [rest @ .., Token { kind: TokenKind::End, .. } | Token { missing: true, .. }] = before {
        before = rest;
    }
    let in_comment = lexed.comments.iter().any(|comment| comment.span.end as usize == text.len());
    let (word, before) = match before {
        [before @ .., last] if is_word(last, text) && last.end as usize == text.len() => (last.start as usize, before),
        _ => (text.len(), before),
    };
    let nothing = Completion { start: text.len(), words: Vec::new() };
    let Some(begin) = text.get(word..).filter(|_| !in_comment) else { return nothing };
    match before {
        [receiver @ .., dot] if matches!(dot.kind, TokenKind::Dot | TokenKind::OptionalDot | TokenKind::ConfDot) => {
            let members = members(&path(receiver, text), session, catalog);
            Completion { start: word, words: begun(begin, members.iter().map(String::as_str)) }
        }
        // Texts end here, or nothing has begun: everything could follow.
        [.., last] if matches!(last.kind, TokenKind::Bad | TokenKind::TemplateText) => nothing,
        _ if begin.is_empty() => nothing,
        _ => {
            let mut names: Vec<&str> = session.names().collect();
            HostName::ALL.iter().for_each(|name| names.push(name.as_str()));
            catalog.globals().for_each(|(name, _)| names.push(name));
            keywords().for_each(|word| names.push(word));
            Completion { start: word, words: begun(begin, names.into_iter()) }
        }
    }
}

/// Those of the words that begin so, in order.
fn begun<'w>(begin: &str, words: impl Iterator<Item = &'w str>) -> Vec<String> {
    let found: BTreeSet<&str> = words.filter(|word| word.starts_with(begin)).collect();
    found.into_iter().map(str::to_owned).collect()
}

/// The words of the language.
fn keywords() -> impl Iterator<Item = &'static str> {
    let is_word = |text: &&str| text.chars().all(|c| c.is_alphabetic() || c == '_');
    TokenKind::ALL.iter().filter_map(|kind| kind.text()).filter(is_word)
}

fn is_word(token: &Token, text: &str) -> bool {
    token.kind.is_name() || token.text(text).chars().all(char::is_alphabetic)
}

/// The names of `a.b.c`, where the tokens end with such a path that nothing else stands in front of.
fn path<'t>(tokens: &[Token], text: &'t str) -> Vec<&'t str> {
    let mut names = Vec::new();
    let mut rest = tokens;
    loop {
        let [before @ .., name] = rest else { return Vec::new() };
        if !is_word(name, text) {
            return Vec::new();
        }
        names.push(name.text(text));
        match before {
            [before @ .., dot] if matches!(dot.kind, TokenKind::Dot | TokenKind::OptionalDot) => rest = before,
            _ => break,
        }
    }
    names.reverse();
    names
}

/// The members of what a path stands for.
fn members(path: &[&str], session: &mut Session, catalog: &Catalog) -> Vec<String> {
    let unknown = || methods(KindSet::ARRAY.union(KindSet::STRING), catalog);
    let [root, steps @ ..] = path else { return unknown() };
    let of_value = session.variable(root, |_, value| {
        let value = steps.iter().try_fold(value.clone(), |value, step| value.as_object()?.get(step).cloned())?;
        Some(members_of(&value, catalog))
    });
    match of_value {
        Some(Some(members)) => members,
        Some(None) => Vec::new(),
        None => catalog.global(root).filter(|_| steps.is_empty()).map_or_else(unknown, |id| in_namespace(id, catalog)),
    }
}

fn members_of(value: &Value, catalog: &Catalog) -> Vec<String> {
    if let Some(id) = value.as_library() {
        return in_namespace(id, catalog);
    }
    let keys = value.as_object().into_iter().flat_map(|object| object.iter()).map(|(key, _)| key.as_str().to_owned());
    let kind = KindSet::named(value.kind().as_str()).unwrap_or(KindSet::ANY);
    keys.filter(|key| is_name(key)).chain(methods(kind, catalog)).collect()
}

fn is_name(key: &str) -> bool {
    let mut chars = key.chars();
    chars.next().is_some_and(|c| c.is_alphabetic() || c == '_') && chars.all(|c| c.is_alphanumeric() || c == '_')
}

/// The members of a namespace of the library.
fn in_namespace(id: LibraryId, catalog: &Catalog) -> Vec<String> {
    let is_member = |entry: &prism_bytecode::Entry, member| {
        !entry.hidden && catalog.member(id, entry.name()).is_some_and(|found| found == member)
    };
    let members = catalog.iter().filter(|(member, entry)| is_member(entry, *member));
    members.map(|(_, entry)| entry.name().to_owned()).collect()
}

/// The methods of values of any of these kinds.
fn methods(kinds: KindSet, catalog: &Catalog) -> Vec<String> {
    let has = |entry: &prism_bytecode::Entry| match &entry.kind {
        EntryKind::Method(of, _) => !entry.hidden && kinds.overlaps(*of),
        _ => false,
    };
    catalog.iter().filter(|(_, entry)| has(entry)).map(|(_, entry)| entry.name().to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use parallax_runtime_host::{Agents, RunOptions, SessionInput};
    use prism_engine::{Engine, MemoryProject};
    use serde_json::Value as Json;
    use std::sync::Arc;

    async fn session() -> Session {
        let project = Arc::new(MemoryProject::new());
        let mut session = Session::new(Engine::new(), project, Json::Null, Agents::none(), RunOptions::default());
        let text =
            "let order = { item: { price: 3, \"a b\": 1 } ~> 0.5, tags: [] }; let orders = 1; fn ordering() { 1 }";
        session.run(SessionInput::new("repl:1", text)).await;
        session
    }

    #[tokio::test]
    async fn words_and_members_are_completed() {
        let (mut session, engine) = (session().await, Engine::new());
        let cases: &[(&str, usize, &[&str])] = &[
            ("1 + orde", 4, &["order", "ordering", "orders"]),
            ("unc", 0, &["uncertain"]),
            ("order.i", 6, &["item"]),
            ("[order.item.p", 12, &["price"]),
            ("order?.item.p", 12, &["price"]),
            ("order.tags.toSort", 11, &["toSorted"]),
            ("f().toSort", 4, &["toSorted"]),
            ("unknown.toUpper", 8, &["toUpperCase"]),
            ("Math.sq", 5, &["sqrt"]),
            ("order.missing.x", 14, &[]),
            ("\"orde", 5, &[]),
            ("// orde", 7, &[]),
            ("\"a ${orde", 5, &["order", "ordering", "orders"]),
            (":re", 1, &["reset"]),
            (":type orders", 6, &["orders"]),
            (":t 1 + ordering", 7, &["ordering"]),
            (":agents orde", 12, &[]),
            ("", 0, &[]),
            ("1 + ", 4, &[]),
        ];
        for (text, start, words) in cases {
            let found = complete(text, &mut session, engine.catalog());
            let words = words.iter().map(|word| (*word).to_owned()).collect();
            assert_eq!(found, Completion { start: *start, words }, "of `{text}`");
        }
    }

    #[tokio::test]
    async fn members_are_those_of_the_kind() {
        let (mut session, engine) = (session().await, Engine::new());
        let mut of = |text: &str| complete(text, &mut session, engine.catalog()).words;
        assert!(of("order.item.").contains(&"price".to_owned()));
        assert!(!of("order.item.").contains(&"a b".to_owned()), "no name");
        assert!(of("order.tags.").contains(&"map".to_owned()));
        assert!(!of("orders.").contains(&"map".to_owned()), "a number is no array");
        assert!(of("Math.").len() > 10);
    }
}
