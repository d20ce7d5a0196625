//! A fix in words, and the lines that it changes before and after, where they are few and short.

use std::ops::Range;

use super::TEXT;
use super::excerpt::{WIDTH, clean};
use crate::{Edit, Fix, Source, SourceMap};

/// The most lines that are shown before, and after.
const LINES: usize = 4;

/// What the fix does; over several lines if its effect can be shown.
pub(super) fn describe(fix: &Fix, sources: &SourceMap) -> String {
    let title = clean(&fix.title, TEXT);
    match preview(&fix.edits, sources) {
        Some(lines) => format!("{title}:\n{}", lines.join("\n")),
        None => title,
    }
}

/// The lines `- before` and `+ after`, with their numbers.
fn preview(edits: &[Edit], sources: &SourceMap) -> Option<Vec<String>> {
    let (first, last) = (edits.iter().min_by_key(|edit| edit.span)?, edits.iter().max_by_key(|edit| edit.span.end)?);
    if edits.iter().any(|edit| edit.span.source != first.span.source) {
        return None;
    }
    let source = sources.get(first.span.source)?;
    let line = source.line_at(first.span.start);
    let block = source.line_range(line)?.start..source.line_range(source.line_at(last.span.end))?.end;
    let before = source.text().get(block.clone())?;
    let after = apply(edits, source, block)?;

    let numbered = |sign: char, text: &str| -> Option<Vec<String>> {
        let lines: Vec<_> = text.lines().collect();
        let fits = lines.len() <= LINES && lines.iter().all(|line| line.chars().nth(WIDTH).is_none());
        fits.then(|| {
            (line..).zip(lines).map(|(number, text)| format!("{number} {sign} {}", clean(text, WIDTH))).collect()
        })
    };
    Some([numbered('-', before)?, numbered('+', &after)?].concat())
}

/// The text of `block` with the edits made; `None` if they overlap, leave the block or cut a character.
fn apply(edits: &[Edit], source: &Source, block: Range<usize>) -> Option<String> {
    let mut edits: Vec<_> = edits.iter().collect();
    edits.sort_by_key(|edit| edit.span);
    let mut text = String::new();
    let mut at = block.start;
    for edit in edits {
        text.push_str(source.text().get(at..edit.span.start as usize)?);
        text.push_str(&edit.text);
        at = edit.span.end as usize;
    }
    text.push_str(source.text().get(at..block.end)?);
    Some(text)
}
