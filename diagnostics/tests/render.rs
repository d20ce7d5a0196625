//! What people see, reviewed as text, and that no text or span can break it.

use insta::assert_snapshot;
use prism_diagnostics::{Code, Diagnostic, Edit, RunError, SourceId, SourceMap, Span, StackFrame, render, sort};
use proptest::prelude::*;

/// A map with one text, and the span of each piece of it that is asked for.
struct Text {
    sources: SourceMap,
    id: SourceId,
}

impl Text {
    fn new(text: &str) -> Self {
        let mut sources = SourceMap::new();
        let id = sources.add("main.prism", text);
        Text { sources, id }
    }

    /// The span of the `nth` place (from 0) where `piece` stands.
    fn span(&self, piece: &str, nth: usize) -> Span {
        let text = self.sources.get(self.id).expect("the text").text();
        let (start, _) = text.match_indices(piece).nth(nth).expect("the piece");
        Span::new(self.id, start as u32, (start + piece.len()) as u32)
    }

    fn render(&self, diagnostics: &[Diagnostic]) -> String {
        render::to_string(diagnostics, &self.sources, false)
    }
}

#[test]
fn label_help_and_fix() {
    let text = Text::new("let total = 10\n\nprint(totl)\n");
    let name = text.span("totl", 0);
    let diagnostic = Diagnostic::new(Code::E0200, name, "nothing declares `totl`")
        .with_label("not known here")
        .with_other(text.span("total", 0), "a name that is close")
        .with_help("did you mean `total`?")
        .with_fix("replace it by `total`", vec![Edit { span: name, text: "total".into() }]);
    assert_snapshot!(text.render(&[diagnostic]));
}

#[test]
fn warning_without_label() {
    let text = Text::new("max = 0\nprint(max)\n");
    let diagnostic = Diagnostic::new(Code::W0200, text.span("max", 0), "`max` is a function of the library");
    assert_snapshot!(text.render(&[diagnostic]));
}

#[test]
fn several_lines() {
    let text = Text::new("uncertain if (x) {\n  high { 1 }\n  medium { 2 }\n\n\n  low { 3 }\n}\n");
    let whole = Span::new(text.id, 0, text.span("}\n", 3).end);
    let labelled = Diagnostic::new(Code::E0302, whole, "a level is given twice").with_label("in this statement");
    let bare = Diagnostic::new(Code::E0302, whole, "a level is given twice");
    assert_snapshot!(text.render(&[labelled, bare]));
}

#[test]
fn places_in_two_files() {
    let mut text = Text::new("import {aera} from \"./shapes.prism\"\n");
    let other = text.sources.add("shapes.prism", "// shapes\nexport fn area(w, h) { return w * h }\n");
    let diagnostic = Diagnostic::new(Code::E0501, text.span("aera", 0), "`./shapes.prism` does not export `aera`")
        .with_other(Span::new(other, 20, 24), "it exports this");
    assert_snapshot!(text.render(&[diagnostic]));
}

#[test]
fn end_of_file() {
    let at_line_break = Text::new("let x = (1 +\n");
    let end = Span::new(at_line_break.id, 13, 13);
    let without_line_break = Text::new("f(");
    let empty = Text::new("");
    let render = |text: &Text, span: Span| {
        text.render(&[Diagnostic::new(Code::E0100, span, "the text ends too early").with_label("`)` is missing")])
    };
    assert_snapshot!(
        [
            render(&at_line_break, end),
            render(&without_line_break, Span::new(without_line_break.id, 2, 2)),
            render(&empty, Span::default()),
        ]
        .join("\n")
    );
}

#[test]
fn windows_line_breaks_tabs_and_wide_characters() {
    let text = Text::new("let a = 1\r\n\tlet 名前 = \"日本\" + prise // 🚀\r\n");
    let diagnostic = Diagnostic::new(Code::E0200, text.span("prise", 0), "nothing declares `prise`")
        .with_label("not known here")
        .with_other(text.span("名前", 0), "for this");
    assert_snapshot!(text.render(&[diagnostic]));
}

#[test]
fn a_long_line_is_cut_to_a_window_and_keeps_its_column() {
    let long = format!("let xs = [{}oops{}]\n", "12345, ".repeat(9_000), ", 67890".repeat(5_000));
    let text = Text::new(&long);
    let diagnostic = Diagnostic::new(Code::E0200, text.span("oops", 0), "nothing declares `oops`")
        .with_label("not known here")
        .with_other(text.span("xs", 0), "for this");
    let shown = text.render(&[diagnostic]);
    assert!(shown.contains("main.prism:1:63011"), "{shown}");
    assert_snapshot!(shown);
}

#[test]
fn steering_characters_are_shown_not_sent() {
    let text = Text::new("let x = \"\u{1b}[31m\u{202e}\u{f8ff}0:1:1\" oops\n");
    let message = "a name \u{1b}[2J that \u{f8ff}0:1:1 nothing declares";
    let shown = text.render(&[Diagnostic::new(Code::E0200, text.span("oops", 0), message)]);
    assert!(!shown.contains(['\u{1b}', '\u{202e}', '\u{f8ff}']));
    assert_snapshot!(shown);
}

#[test]
fn only_so_many_are_drawn() {
    let text = Text::new(&"oops\n".repeat(50));
    let faults: Vec<_> = (0..50).map(|at| Diagnostic::new(Code::E0200, text.span("oops", at), "unknown")).collect();
    let shown = text.render(&faults);
    assert_eq!(shown.matches("[E0200] Error").count(), render::SHOWN);
    assert!(shown.ends_with("\nand 30 more: 30 errors, 0 warnings\n"), "{shown}");
    assert_eq!(text.render(&[]), "");
}

#[test]
fn a_fault_in_an_unknown_text_is_said_all_the_same() {
    let nowhere = Span::new(SourceId(7), 3, 9);
    let fault = Diagnostic::new(Code::E0106, nowhere, "`photo.png` is not UTF-8").with_help("save it as UTF-8");
    assert_snapshot!(render::to_string(&[fault], &SourceMap::new(), true));
}

#[test]
fn colours_only_on_demand() {
    let text = Text::new("print(totl)\n");
    let faults = [Diagnostic::new(Code::E0200, text.span("totl", 0), "nothing declares `totl`").with_label("here")];
    assert!(!text.render(&faults).contains('\u{1b}'));
    assert!(render::to_string(&faults, &text.sources, true).contains("\u{1b}[31m"));
}

#[test]
fn run_errors_show_the_calls() {
    let text = Text::new("fn share(total, parts) { return total / parts }\n\nprint(share(12, 0))\n");
    let fault = text.span("total / parts", 0);
    let frame = |name: &str, span| StackFrame { name: name.into(), span };
    let error = RunError {
        code: Code::R0008,
        message: "division by zero".into(),
        span: Some(fault),
        stack: vec![
            frame("share", Some(fault)),
            frame("main", Some(text.span("share(12, 0)", 0))),
            frame("host", None),
        ],
    };
    assert_eq!(error.to_string(), "R0008: division by zero");
    assert_snapshot!(render::run_error(&error, &text.sources, false));
}

#[test]
fn deep_stacks_are_cut_in_the_middle() {
    let text = Text::new("fn f() { f() }\nf()\n");
    let frame = StackFrame { name: "f".into(), span: Some(text.span("f()", 1)) };
    let error = RunError {
        code: Code::R0102,
        message: "the call stack is full".into(),
        span: None,
        stack: vec![frame; 10_000],
    };
    assert_snapshot!(render::run_error(&error, &text.sources, false));
}

#[test]
fn sorting_is_by_file_place_and_code() {
    let fault = |source, start, code, message: &str| {
        Diagnostic::new(code, Span::new(SourceId(source), start, start + 1), message)
    };
    let mut faults = [
        fault(1, 0, Code::E0100, "4"),
        fault(0, 5, Code::E0200, "2"),
        fault(0, 5, Code::E0200, "3"),
        fault(0, 5, Code::E0100, "1"),
        fault(0, 2, Code::W0100, "0"),
    ];
    sort(&mut faults);
    let order: Vec<_> = faults.iter().map(|fault| fault.message.as_str()).collect();
    assert_eq!(order, ["0", "1", "2", "3", "4"]);
}

fn piece() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("\n".to_owned()),
        Just("\r\n".to_owned()),
        Just("\r".to_owned()),
        Just("\t".to_owned()),
        Just("日本🚀".to_owned()),
        Just("e\u{301}\u{200d}".to_owned()),
        Just("\u{2028}\u{85}\u{b}\u{f8ff}0:9:9".to_owned()),
        Just("long ".repeat(100)),
        "[ -~]{0,12}",
        any::<String>(),
    ]
}

proptest! {
    #[test]
    fn no_text_and_no_span_can_break_it(
        pieces in prop::collection::vec(piece(), 0..12),
        spans in prop::collection::vec((0..2600u32, 0..2600u32, 0..3u32), 1..6),
        edit in (0..2600u32, 0..2600u32),
        labelled in any::<bool>(),
    ) {
        let mut sources = SourceMap::new();
        let text = pieces.concat();
        let id = sources.add("a.prism", text.clone());
        sources.add("b.prism", "let b = 1\n");
        let spans: Vec<_> = spans.into_iter().map(|(start, end, source)| Span::new(SourceId(source), start, end)).collect();
        let mut fault = Diagnostic::new(Code::E0100, spans[0], text.clone())
            .with_help(text.clone())
            .with_fix(text.clone(), vec![Edit { span: Span::new(id, edit.0, edit.1), text: text.clone() }]);
        if labelled {
            fault = fault.with_label(text.clone());
        }
        for span in &spans[1..] {
            fault = fault.with_other(*span, "here");
        }
        let shown = render::to_string(&[fault.clone()], &sources, false);
        prop_assert!(shown.starts_with("[E0100] Error:"));
        prop_assert!(shown.len() < 40_000);
        render::to_string(&[fault], &sources, true);
    }
}

#[test]
fn in_brief_a_fault_is_a_line() {
    let mut sources = SourceMap::new();
    let main = sources.add("main.prism", "let a = 1\nlet \u{1b} = 2\n");
    let diagnostics = vec![
        Diagnostic::new(Code::W0201, Span::new(main, 4, 5), "`a` is never read").with_help("remove it"),
        Diagnostic::new(Code::E0101, Span::new(main, 14, 15), "a \u{1b}\nhere"),
    ];
    let text = render::lines(&diagnostics, &sources, false);
    let lines: Vec<_> = text.lines().collect();
    assert_eq!(lines[0], "main.prism:1:5: warning: `a` is never read [W0201 unused-variable]");
    assert!(lines.len() == 2 && lines[1].starts_with("main.prism:2:5: error: a "), "{text}");
    assert!(!text.contains('\u{1b}') && render::lines(&diagnostics, &sources, true).contains("\u{1b}["));
    let many = vec![diagnostics[0].clone(); render::SHOWN + 2];
    assert!(render::lines(&many, &sources, false).ends_with("and 2 more: 0 errors, 2 warnings\n"));
}
