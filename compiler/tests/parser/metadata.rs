//! The comment that opens a pattern's text.

use crate::told;
use prism_compiler::metadata::{Metadata, read};
use prism_compiler::parse::parse;
use prism_confidence::Algebra;
use prism_diagnostics::SourceId;
use serde_json::json;

fn metadata(text: &str) -> (Metadata, String) {
    let comment = parse(SourceId(0), text).module.metadata.expect("an opening comment");
    let (metadata, diagnostics) = read(SourceId(0), text, &comment);
    (metadata, told(text, &diagnostics))
}

#[test]
fn every_key() {
    let text = "/**
 * Text before the keys says nothing.
 * @name ContentCheck
 * @version 1.2.0
 * @description Looks at a text: mail@example.org is no key
 * @input {
 *   \"type\": \"object\",
 *   \"properties\": {\"text\": {\"type\": \"string\", \"pattern\": \"^[{@\\\"]\"}}
 * }
 * @agents {\"capabilities\": [\"moderation\"]}
 * and so does text between them
 * @minAgents 2
 * @maxAgents 5
 * @minConfidence 0.75
 * @confidence product
 * @timeout 30s
 */
1";
    let (metadata, told) = metadata(text);
    assert_eq!(told, "");
    assert_eq!(metadata.name.as_deref(), Some("ContentCheck"));
    assert_eq!(metadata.version.as_deref(), Some("1.2.0"));
    assert_eq!(metadata.description.as_deref(), Some("Looks at a text: mail@example.org is no key"));
    let schema = json!({"type": "object", "properties": {"text": {"type": "string", "pattern": "^[{@\"]"}}});
    assert_eq!(metadata.input, Some(schema));
    assert_eq!(metadata.agents, Some(json!({"capabilities": ["moderation"]})));
    assert_eq!((metadata.min_agents, metadata.max_agents), (Some(2), Some(5)));
    assert_eq!(metadata.min_confidence, Some(0.75));
    assert_eq!(metadata.confidence, Some(Algebra::Product));
    assert_eq!(metadata.timeout, Some(30_000));
    assert_eq!(metadata.entries.len(), 10);
    for entry in &metadata.entries {
        assert_eq!(&text[entry.key_span.start as usize..entry.key_span.end as usize], format!("@{}", entry.key));
        let value = &text[entry.value_span.start as usize..entry.value_span.end as usize];
        assert_eq!(value.split_whitespace().last(), entry.value.split_whitespace().last());
    }
}

#[test]
fn one_line_and_windows_line_breaks() {
    let (one, told) = metadata("/** @name Short */ 1");
    assert_eq!((one.name.as_deref(), told.as_str()), (Some("Short"), ""));
    let (two, told) = metadata("/**\r\n * @name A b\r\n * @timeout 1500\r\n */\r\n1");
    assert_eq!((two.name.as_deref(), two.timeout, told.as_str()), (Some("A b"), Some(1500), ""));
}

#[test]
fn times() {
    for (text, time) in [("1", 1), ("250ms", 250), ("1.5s", 1500), ("30s", 30_000), ("2 s", 2000)] {
        assert_eq!(metadata(&format!("/** @timeout {text} */")).0.timeout, Some(time), "{text}");
    }
    for text in ["soon", "-1", "0", "1e3", "inf", "1m", "NaNs"] {
        let (metadata, told) = metadata(&format!("/** @timeout {text} */"));
        assert!(metadata.timeout.is_none() && told.starts_with("E0504 1:5-1:13"), "{text}: {told}");
    }
}

#[test]
fn faults() {
    let text = "/**
 * @name
 * @version 1
 * @version 2
 * @input {\"type\": \"object\", \"properties\": {\"topic\": {\"type\": \"string\"}
 * @agents moderation
 * @minAgents 3
 * @maxAgents 2
 * @minConfidence 1.5
 * @confidence hopeful
 * @minAgnets 2
 * @author Ada
 */
1";
    let (metadata, told) = metadata(text);
    insta::assert_snapshot!(told);
    assert_eq!(metadata.version.as_deref(), Some("1"));
    assert_eq!((metadata.min_agents, metadata.max_agents, metadata.min_confidence), (Some(3), None, None));
}
