//! What must hold of any text that is formatted.

use prism_compiler::ast::Module;
use prism_compiler::format::format;
use prism_compiler::parse::{TokenKind, parse, tokens};
use prism_diagnostics::SourceId;

const WIDTH: usize = 100;

/// The tree of a text that has no faults.
pub fn tree(text: &str) -> Option<Module> {
    let parsed = parse(SourceId::default(), text);
    parsed.diagnostics.is_empty().then_some(parsed.module)
}

/// What a tree says: all of it but where it stands.
pub fn meaning(module: &Module) -> String {
    let shown = format!("{:?}", module.body);
    let mut meaning = String::with_capacity(shown.len() / 4);
    let mut rest = shown.as_str();
    while let Some(at) = rest.find(['S', 'N']) {
        let (before, from) = rest.split_at(at);
        meaning.push_str(before);
        let place = [("Span {", '}'), ("NodeId(", ')')].into_iter().find(|(name, _)| from.starts_with(name));
        rest = match place.and_then(|(_, end)| from.split_once(end)) {
            Some((_, behind)) => behind,
            None => {
                meaning.push_str(&from[..1]);
                &from[1..]
            }
        };
    }
    meaning + rest
}

/// The comments, each without the blanks at its lines' borders, in the order of their texts.
fn comments(text: &str, module: &Module) -> Vec<String> {
    let written = module.comments.iter().map(|comment| &text[comment.span.start as usize..comment.span.end as usize]);
    let mut comments: Vec<_> = written.map(|text| text.lines().map(str::trim).collect::<Vec<_>>().join("\n")).collect();
    comments.sort();
    comments
}

/// The tokens, but for those that may be left out.
fn words(text: &str) -> Vec<String> {
    let left_out = |kind| matches!(kind, TokenKind::Comma | TokenKind::Semicolon);
    let lexed = tokens(SourceId::default(), text);
    lexed.tokens.iter().filter(|token| !left_out(token.kind)).map(|token| token.text(text).replace("\r\n", "\n")).collect()
}

/// The length of a line up to the comment behind it.
fn width(line: &str) -> usize {
    line.split(" // ").next().unwrap_or(line).trim_end().chars().count()
}

/// Formats a text and checks all that must hold; gives the new text.
pub fn check(text: &str) -> Result<String, String> {
    let fail = |what: &str, detail: &str| Err(format!("{what}\n--- given\n{text}\n--- {detail}"));
    let Some(before) = tree(text) else { return Err(format!("the text has faults:\n{text}")) };
    let formatted = match format(SourceId::default(), text) {
        Ok(formatted) => formatted,
        Err(faults) => return fail("refused", &format!("{faults:?}")),
    };
    let Some(after) = tree(&formatted) else { return fail("the result has faults", &formatted) };
    if meaning(&before) != meaning(&after) {
        return fail("the tree has changed", &formatted);
    }
    let plain = text.replace("\r\n", "\n");
    if comments(text, &before) != comments(&formatted, &after) {
        return fail("the comments have changed", &formatted);
    }
    if words(&plain) != words(&formatted) {
        return fail("the tokens have changed", &formatted);
    }
    match format(SourceId::default(), &formatted) {
        Ok(again) if again == formatted => {}
        Ok(again) => return fail("not idempotent", &format!("first\n{formatted}\n--- second\n{again}")),
        Err(faults) => return fail("the result is refused", &format!("{formatted}\n{faults:?}")),
    }
    if formatted.lines().any(|line| line.ends_with([' ', '\t']) && !text.contains(line)) {
        return fail("a line ends in blanks", &formatted);
    }
    Ok(formatted)
}

/// The lines of a formatted text that are too long though they have a place to break: all but those in which a string
/// or a comment takes most of the line.
pub fn long_lines(formatted: &str) -> Vec<String> {
    let lexed = tokens(SourceId::default(), formatted);
    let covered = |line: &str, at: usize| {
        let comments = lexed.comments.iter().map(|comment| (comment.span.start as usize, comment.span.end as usize));
        let strings = lexed.tokens.iter().map(|token| (token.start as usize, token.end as usize));
        let longest = comments.chain(strings).map(|(start, end)| {
            let (start, end) = (start.max(at), end.min(at + line.len()));
            formatted.get(start..end).map_or(0, |token| token.chars().count())
        });
        longest.max().unwrap_or_default()
    };
    let mut at = 0;
    let mut long = Vec::new();
    for line in formatted.split('\n') {
        let indent = line.len() - line.trim_start().len();
        if width(line) > WIDTH && width(line) - covered(line, at) > WIDTH / 5 + indent {
            long.push(line.to_owned());
        }
        at += line.len() + 1;
    }
    long
}
