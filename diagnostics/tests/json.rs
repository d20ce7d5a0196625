//! The object for tools, field by field.

use prism_diagnostics::json::{Bounds, File, NamedType, Report};
use prism_diagnostics::{Code, Diagnostic, Edit, SourceMap, Span};
use serde_json::json;

#[test]
fn a_report_has_all_files_and_totals() {
    let mut sources = SourceMap::new();
    let main = sources.add("main.prism", "let 名 = 1\nprint(名x)\n");
    sources.add("clean.prism", "1\n");
    let name = Span::new(main, 18, 22);
    let diagnostics = [
        Diagnostic::new(Code::E0200, name, "nothing declares `名x`")
            .with_label("not known here")
            .with_other(Span::new(main, 4, 7), "a name that is close")
            .with_help("did you mean `名`?")
            .with_fix("replace it by `名`", vec![Edit { span: name, text: "名".into() }]),
        Diagnostic::new(Code::W0200, Span::new(main, 0, 0), "a warning"),
    ];
    let report = serde_json::to_value(Report::of(&diagnostics, &sources)).expect("JSON");
    let place = json!({"path": "main.prism", "line": 2, "column": 7, "endLine": 2, "endColumn": 9});
    let with = |key: &str, value: &str| {
        let mut object = place.clone();
        object[key] = json!(value);
        object
    };
    assert_eq!(
        report,
        json!({
            "files": [
                {
                    "path": "main.prism",
                    "diagnostics": [
                        {
                            "code": "E0200", "rule": "unknown-name", "severity": "error",
                            "message": "nothing declares `名x`",
                            "line": 2, "column": 7, "endLine": 2, "endColumn": 9,
                            "labels": [
                                with("message", "not known here"),
                                {"path": "main.prism", "line": 1, "column": 5, "endLine": 1, "endColumn": 6,
                                 "message": "a name that is close"},
                            ],
                            "help": "did you mean `名`?",
                            "fix": {"title": "replace it by `名`", "edits": [with("text", "名")]},
                        },
                        {
                            "code": "W0200", "rule": "shadows-library", "severity": "warning", "message": "a warning",
                            "line": 1, "column": 1, "endLine": 1, "endColumn": 1,
                            "labels": [], "help": null, "fix": null,
                        },
                    ],
                },
                {"path": "clean.prism", "diagnostics": []},
            ],
            "errors": 1,
            "warnings": 1,
        })
    );
}

#[test]
fn fields_stand_in_the_documented_order() {
    let mut sources = SourceMap::new();
    let main = sources.add("main.prism", "x\n");
    let diagnostics = [Diagnostic::new(Code::E0200, Span::new(main, 0, 1), "unknown")];
    let mut file = File::new(main, &diagnostics, &sources);
    file.types = Some(vec![NamedType {
        name: "x".into(),
        line: 1,
        column: 1,
        ty: "number".into(),
        confidence: Bounds { plain: false, lo: 0.5, hi: 1.0 },
    }]);
    assert_eq!(
        serde_json::to_string(&Report::new(vec![file])).expect("JSON"),
        concat!(
            r#"{"files":[{"path":"main.prism","diagnostics":[{"code":"E0200","rule":"unknown-name","severity":"error","#,
            r#""message":"unknown","line":1,"column":1,"endLine":1,"endColumn":2,"labels":[],"help":null,"fix":null}],"#,
            r#""types":[{"name":"x","line":1,"column":1,"type":"number","#,
            r#""confidence":{"plain":false,"lo":0.5,"hi":1.0}}]}],"errors":1,"warnings":0}"#,
        )
    );
}
