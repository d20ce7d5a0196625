//! Faults for tools that gather those of many tools: a log in SARIF 2.1.0 (OASIS Static Analysis Results Interchange
//! Format), of one run. A rule is a code of the catalog, its help the code's page. Regions count as [`crate::json`] does,
//! which the log says (`columnKind`).

use std::collections::BTreeSet;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;

use crate::json::Range;
use crate::{Code, Diagnostic, Edit, Severity, SourceId, SourceMap, Span};

const VERSION: &str = "2.1.0";
const SCHEMA: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/sarif-schema-2.1.0.json";
const COLUMN_KIND: &str = "unicodeCodePoints";

/// What may stand in the path of a URI as it is. A colon may not: it would end a scheme.
const PATH: &AsciiSet = &NON_ALPHANUMERIC.remove(b'/').remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Who says it.
#[derive(Clone, Copy, Debug)]
pub struct Tool<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its version, as semantic versioning has it.
    pub version: &'a str,
    /// Where more is said about it.
    pub uri: &'a str,
}

/// A log of one run.
#[derive(Clone, Debug, Serialize)]
pub struct Log {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run; 1],
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Run {
    tool: ToolEntry,
    invocations: [Invocation; 1],
    artifacts: Vec<Artifact>,
    results: Vec<Finding>,
    column_kind: &'static str,
}

#[derive(Clone, Debug, Serialize)]
struct ToolEntry {
    driver: Driver,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Driver {
    name: String,
    semantic_version: String,
    information_uri: String,
    rules: Vec<Rule>,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Rule {
    id: &'static str,
    name: &'static str,
    short_description: Message,
    help: Help,
    default_configuration: Configuration,
}

#[derive(Clone, Debug, Serialize)]
struct Help {
    text: &'static str,
    markdown: &'static str,
}

#[derive(Clone, Debug, Serialize)]
struct Configuration {
    level: &'static str,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Invocation {
    execution_successful: bool,
}

#[derive(Clone, Debug, Serialize)]
struct Artifact {
    location: ArtifactLocation,
}

#[derive(Clone, Debug, Serialize)]
struct ArtifactLocation {
    uri: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    index: Option<usize>,
}

#[derive(Clone, Debug, Serialize)]
struct Message {
    text: String,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Finding {
    rule_id: &'static str,
    rule_index: usize,
    level: &'static str,
    message: Message,
    locations: [Location; 1],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related_locations: Vec<Location>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    fixes: Vec<FixEntry>,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Location {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<usize>,
    physical_location: PhysicalLocation,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<Message>,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct PhysicalLocation {
    artifact_location: ArtifactLocation,
    region: Region,
}

#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: u32,
    start_column: u32,
    end_line: u32,
    end_column: u32,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct FixEntry {
    description: Message,
    artifact_changes: Vec<ArtifactChange>,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct ArtifactChange {
    artifact_location: ArtifactLocation,
    replacements: Vec<Replacement>,
}

#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Replacement {
    deleted_region: Region,
    inserted_content: Message,
}

impl Log {
    /// What a check of all texts of `sources` found; their names are paths from the current folder, or from the root
    /// of the file system. `is_complete` tells whether every file could be read.
    pub fn new(tool: Tool<'_>, diagnostics: &[Diagnostic], sources: &SourceMap, is_complete: bool) -> Self {
        let codes: BTreeSet<Code> = diagnostics.iter().map(|diagnostic| diagnostic.code).collect();
        let codes: Vec<Code> = codes.into_iter().collect();
        let places = Places { sources };
        let artifact = |(_, source): (_, &crate::Source)| Artifact {
            location: ArtifactLocation { uri: uri(source.name()), index: None },
        };
        let driver = Driver {
            name: tool.name.to_owned(),
            semantic_version: tool.version.to_owned(),
            information_uri: tool.uri.to_owned(),
            rules: codes.iter().copied().map(Rule::new).collect(),
        };
        let run = Run {
            tool: ToolEntry { driver },
            invocations: [Invocation { execution_successful: is_complete }],
            artifacts: sources.iter().map(artifact).collect(),
            results: diagnostics.iter().map(|diagnostic| places.finding(diagnostic, &codes)).collect(),
            column_kind: COLUMN_KIND,
        };
        Log { schema: SCHEMA, version: VERSION, runs: [run] }
    }
}

impl Rule {
    fn new(code: Code) -> Self {
        Rule {
            id: code.as_str(),
            name: code.rule(),
            short_description: message(code.title()),
            help: Help { text: code.page(), markdown: code.page() },
            default_configuration: Configuration { level: level(code.severity()) },
        }
    }
}

/// Where things are, in the words of SARIF.
struct Places<'a> {
    sources: &'a SourceMap,
}

impl Places<'_> {
    fn finding(&self, diagnostic: &Diagnostic, codes: &[Code]) -> Finding {
        let text = match &diagnostic.help {
            Some(help) => format!("{}. {help}", diagnostic.message),
            None => diagnostic.message.clone(),
        };
        let own = diagnostic.label.iter().map(|text| (diagnostic.span, text));
        let labels = own.chain(diagnostic.labels.iter().map(|label| (label.span, &label.text)));
        let related = labels.enumerate().map(|(at, (span, text))| Location {
            id: Some(at + 1),
            message: Some(message(text)),
            ..self.location(span)
        });
        let fix = diagnostic
            .fix
            .as_ref()
            .map(|fix| FixEntry { description: message(&fix.title), artifact_changes: self.changes(&fix.edits) });
        Finding {
            rule_id: diagnostic.code.as_str(),
            rule_index: codes.binary_search(&diagnostic.code).unwrap_or_default(),
            level: level(diagnostic.severity),
            message: message(&text),
            locations: [self.location(diagnostic.span)],
            related_locations: related.collect(),
            fixes: fix.into_iter().collect(),
        }
    }

    fn location(&self, span: Span) -> Location {
        let physical_location =
            PhysicalLocation { artifact_location: self.artifact(span.source), region: self.region(span) };
        Location { id: None, physical_location, message: None }
    }

    fn artifact(&self, source: SourceId) -> ArtifactLocation {
        let known = self.sources.get(source);
        ArtifactLocation {
            uri: known.map(|source| uri(source.name())).unwrap_or_default(),
            index: known.map(|_| source.0 as usize),
        }
    }

    fn region(&self, span: Span) -> Region {
        let Range { line, column, end_line, end_column } = Range::new(span, self.sources);
        Region { start_line: line, start_column: column, end_line, end_column }
    }

    /// The edits, a change a text.
    fn changes(&self, edits: &[Edit]) -> Vec<ArtifactChange> {
        let texts: BTreeSet<SourceId> = edits.iter().map(|edit| edit.span.source).collect();
        let replacement =
            |edit: &Edit| Replacement { deleted_region: self.region(edit.span), inserted_content: message(&edit.text) };
        let change = |text: SourceId| ArtifactChange {
            artifact_location: self.artifact(text),
            replacements: edits.iter().filter(|edit| edit.span.source == text).map(replacement).collect(),
        };
        texts.into_iter().map(change).collect()
    }
}

fn message(text: &str) -> Message {
    Message { text: text.to_owned() }
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    }
}

/// A path as a URI: relative to the folder of the check, or whole if it begins at the root of the file system.
fn uri(path: &str) -> String {
    let encoded = utf8_percent_encode(path, PATH).to_string();
    if path.starts_with('/') { format!("file://{encoded}") } else { encoded }
}
