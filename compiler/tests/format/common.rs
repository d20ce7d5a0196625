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

/// All tokens without what is between them, but for those that may be left out.
fn words(text: &str) -> String {
    let left_out = |kind| matches!(kind, TokenKind::Comma | TokenKind::Semicolon);
    let lexed = tokens(SourceId::default(), text);
    lexed
        .tokens
        .iter()
        .filter(|token| !left_out(token.kind))
        .map(|token| token.text(text).replace("\r\n", "\n"))
        .collect()
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
    if comments(text, &before) != comments(&formatted, &after) {
        return fail("the comments have changed", &formatted);
    }
    if words(text) != words(&formatted) {
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

/// The lines of a formatted text that are too long though they have a place to break. Lines in which one string or
/// comment is most of what is too long have none, nor has what stands behind `with`.
pub fn long_lines(formatted: &str) -> Vec<String> {
    let lexed = tokens(SourceId::default(), formatted);
    let comments = lexed.comments.iter().map(|comment| comment.span.start as usize..comment.span.end as usize);
    let mut pieces: Vec<_> = comments.collect();
    // A string with interpolation is one piece.
    let mut open = 0;
    for token in &lexed.tokens {
        match pieces.last_mut().filter(|_| open > 0) {
            Some(template) => template.end = token.end as usize,
            None => pieces.push(token.start as usize..token.end as usize),
        }
        open += usize::from(token.kind == TokenKind::TemplateStart);
        open -= usize::from(token.kind == TokenKind::TemplateEnd);
    }
    let mut at = 0;
    let mut long = Vec::new();
    for line in formatted.split('\n') {
        let overlap = pieces.iter().map(|piece| piece.start.max(at)..piece.end.min(at + line.len()));
        let longest = overlap.filter_map(|piece| Some(formatted.get(piece)?.chars().count())).max().unwrap_or_default();
        let indent = line.len() - line.trim_start().len();
        let has_long_piece = longest + indent + WIDTH / 5 > width(line).min(WIDTH + WIDTH / 5);
        if width(line) > WIDTH && !has_long_piece && !line.contains(" with ") {
            long.push(line.to_owned());
        }
        at += line.len() + 1;
    }
    long
}
