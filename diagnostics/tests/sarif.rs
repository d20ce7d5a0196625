//! The log for tools that gather the faults of many.

use prism_diagnostics::sarif::{Log, Tool};
use prism_diagnostics::{Code, Diagnostic, Edit, SourceMap, Span};
use serde_json::{Value, json};

const TOOL: Tool<'_> = Tool { name: "tool", version: "1.2.3", uri: "https://example.org" };

fn log(diagnostics: &[Diagnostic], sources: &SourceMap) -> Value {
    serde_json::to_value(Log::new(TOOL, diagnostics, sources, true)).expect("JSON")
}

#[test]
fn a_result_has_its_rule_places_and_fix() {
    let mut sources = SourceMap::new();
    let clean = sources.add("clean.prism", "1\n");
    let main = sources.add("a folder/ü:1.prism", "let 名 = 1\nprint(名x)\n");
    let name = Span::new(main, 18, 22);
    let edits =
        vec![Edit { span: name, text: "名".into() }, Edit { span: Span::new(clean, 0, 0), text: "// seen\n".into() }];
    let diagnostics = [
        Diagnostic::new(Code::W0200, Span::new(main, 0, 0), "a warning"),
        Diagnostic::new(Code::E0200, name, "nothing declares `名x`")
            .with_other(Span::new(main, 4, 7), "a name that is close")
            .with_help("did you mean `名`?")
            .with_fix("replace it by `名`", edits),
    ];
    let log = log(&diagnostics, &sources);
    let run = &log["runs"][0];
    assert_eq!((&log["version"], &run["columnKind"]), (&json!("2.1.0"), &json!("unicodeCodePoints")));
    let rules = &run["tool"]["driver"]["rules"];
    assert_eq!((&rules[0]["id"], &rules[0]["name"]), (&json!("E0200"), &json!("unknown-name")));
    assert_eq!(rules[0]["shortDescription"]["text"], Code::E0200.title());
    assert_eq!(rules[0]["help"]["markdown"], Code::E0200.page());
    assert_eq!(rules[1]["defaultConfiguration"]["level"], "warning");
    let (here, other) =
        (json!({"uri": "a%20folder/%C3%BC%3A1.prism", "index": 1}), json!({"uri": "clean.prism", "index": 0}));
    let region =
        |line, column, end| json!({"startLine": line, "startColumn": column, "endLine": line, "endColumn": end});
    assert_eq!(
        run["results"][1],
        json!({
            "ruleId": "E0200",
            "ruleIndex": 0,
            "level": "error",
            "message": {"text": "nothing declares `名x`. did you mean `名`?"},
            "locations": [{"physicalLocation": {"artifactLocation": here, "region": region(2, 7, 9)}}],
            "relatedLocations": [{
                "id": 1,
                "physicalLocation": {"artifactLocation": here, "region": region(1, 5, 6)},
                "message": {"text": "a name that is close"},
            }],
            "fixes": [{
                "description": {"text": "replace it by `名`"},
                "artifactChanges": [
                    {"artifactLocation": other, "replacements": [
                        {"deletedRegion": region(1, 1, 1), "insertedContent": {"text": "// seen\n"}},
                    ]},
                    {"artifactLocation": here, "replacements": [
                        {"deletedRegion": region(2, 7, 9), "insertedContent": {"text": "名"}},
                    ]},
                ],
            }],
        })
    );
    assert_eq!((&run["results"][0]["ruleId"], &run["results"][0]["ruleIndex"]), (&json!("W0200"), &json!(1)));
    assert!(run["results"][0].get("fixes").is_none(), "{}", run["results"][0]);
}

#[test]
fn paths_from_the_root_are_whole_uris() {
    let mut sources = SourceMap::new();
    sources.add("/tmp/a.prism", "1\n");
    sources.add("../b.prism", "1\n");
    let log = log(&[], &sources);
    let artifacts = &log["runs"][0]["artifacts"];
    assert_eq!(artifacts[0]["location"]["uri"], "file:///tmp/a.prism");
    assert_eq!(artifacts[1]["location"]["uri"], "../b.prism");
    assert_eq!(log["runs"][0]["results"], json!([]));
}
