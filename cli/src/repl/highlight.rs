//! Text in the colours of its tokens: what is written at the prompt, and values as literals.

use anstyle::{AnsiColor, Effects, Style};
use prism_compiler::parse::{TokenKind, tokens};
use prism_diagnostics::SourceId;

/// The text with colours; without them it is the same.
pub fn highlight(text: &str) -> String {
    let lexed = tokens(SourceId::default(), text);
    let spans = lexed.tokens.iter().map(|token| (token.start, token.end, style(token.kind)));
    let comments = lexed.comments.iter().map(|comment| (comment.span.start, comment.span.end, Some(COMMENT)));
    let mut parts: Vec<(u32, u32, Style)> =
        spans.chain(comments).filter_map(|(start, end, style)| Some((start, end, style?))).collect();
    parts.sort_by_key(|(start, ..)| *start);
    let (mut painted, mut done) = (String::new(), 0);
    for (start, end, style) in parts {
        let (start, end) = (start as usize, end as usize);
        let (Some(before), Some(part)) = (text.get(done..start), text.get(start..end)) else { continue };
        painted.push_str(before);
        painted.push_str(&format!("{style}{part}{style:#}"));
        done = end;
    }
    painted.push_str(text.get(done..).unwrap_or_default());
    painted
}

const COMMENT: Style = Style::new().effects(Effects::DIMMED);

fn style(kind: TokenKind) -> Option<Style> {
    use TokenKind::*;
    let colour = |colour: AnsiColor| Some(Style::new().fg_color(Some(anstyle::Color::Ansi(colour))));
    match kind {
        Number | Version | True | False | Null | Undefined => colour(AnsiColor::Yellow),
        String | RawString | TemplateStart | TemplateText | RawText | TemplateEnd => colour(AnsiColor::Green),
        Attach | Gate | ActionGate | ConfidenceOf => colour(AnsiColor::Magenta),
        kind if kind.is_reserved() => colour(AnsiColor::Cyan),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stripped(text: &str) -> String {
        let mut plain = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('\u{1b}') {
            plain.push_str(before);
            rest = after.split_once('m').map_or("", |(_, rest)| rest);
        }
        plain + rest
    }

    #[test]
    fn only_colours_are_added() {
        for text in
            ["let x = \"a ${b + 1} c\" ~> 0.5 // why", "", "'open", "/* open", "é = ```\n raw ${x}\n```", "1 ~ @ 2"]
        {
            assert_eq!(stripped(&highlight(text)), text);
        }
        assert_ne!(highlight("let x = 1"), "let x = 1");
    }
}
