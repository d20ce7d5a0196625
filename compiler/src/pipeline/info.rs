//! What an entry says of itself as a pattern: in its opening comment, and in its `pattern NAME …` declaration (§10).

use crate::ast::{InputField, Module, PatternDecl};
use crate::{metadata, schema};
use prism_diagnostics::{Code, Diagnostic, Span};
use serde_json::Value;

/// What a pattern says of itself.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PatternInfo {
    /// Its name.
    pub name: Option<String>,
    /// Its version.
    pub version: Option<String>,
    /// What it is for.
    pub description: Option<String>,
    /// The JSON Schema of its input; without one any input will do.
    pub input_schema: Option<Value>,
    /// Which agents it wants, as a registry is asked.
    pub agents: Option<Value>,
    /// Fewer agents are a run error.
    pub min_agents: Option<u32>,
    /// More are cut off.
    pub max_agents: Option<u32>,
    /// A result below it carries a warning; 0…1.
    pub min_confidence: Option<f64>,
    /// The algebra's name.
    pub confidence: Option<String>,
    /// How long a run may take, in milliseconds.
    pub timeout: Option<u64>,
}

/// What the module says, and what is wrong with it.
pub(super) fn pattern_info(module: &Module, text: &str) -> (PatternInfo, Vec<Diagnostic>) {
    let (commented, mut diagnostics) = match &module.metadata {
        Some(comment) => metadata::read(module.source, text, comment),
        None => Default::default(),
    };
    let key = |key: &str| commented.entries.iter().find(|entry| entry.key == key).map(|entry| entry.key_span);
    let input_key = key("input");
    if let (Some(Err(fault)), Some(at)) = (commented.input.as_ref().map(schema::check), input_key) {
        let fault = Diagnostic::new(Code::E0504, at, format!("`@input` is no JSON Schema: {fault}"));
        diagnostics.push(fault.with_help("write a JSON Schema: `{\"type\": \"object\", \"properties\": …}`"));
    }
    let mut info = PatternInfo {
        name: commented.name,
        version: commented.version,
        description: commented.description,
        input_schema: commented.input,
        agents: commented.agents,
        min_agents: commented.min_agents,
        max_agents: commented.max_agents,
        min_confidence: commented.min_confidence,
        confidence: commented.confidence.map(|algebra| algebra.as_str().to_owned()),
        timeout: commented.timeout,
    };
    let declared = module.body.iter().find_map(PatternDecl::of);
    if let Some(pattern) = declared {
        add_declaration(&mut info, input_key, pattern, text, &mut diagnostics);
    }
    (info, diagnostics)
}

/// Adds what a `pattern` declaration says: its name and version win over those of the comment, but a second schema is
/// one too many. `commented` is where the comment gives one.
fn add_declaration(
    info: &mut PatternInfo,
    commented: Option<Span>,
    pattern: &PatternDecl,
    text: &str,
    diagnostics: &mut Vec<Diagnostic>,
) {
    info.name = Some(pattern.name.name.to_string());
    if let Some(version) = &pattern.version {
        info.version = Some(version.to_string());
    }
    if let Some(fields) = &pattern.input {
        let (schema, faults) = schema::of_fields(fields);
        diagnostics.extend(faults);
        info.input_schema = Some(schema);
        if let Some(commented) = commented {
            let at = input_word(pattern, fields, text);
            let fault = Diagnostic::new(Code::E0504, at, "the pattern's input is described twice");
            let fault = fault.with_other(commented, "described here, too");
            diagnostics.push(fault.with_help("keep `input { … }` or `@input`, not both"));
        }
    }
    if let Some(fields) = &pattern.expects {
        diagnostics.extend(schema::of_fields(fields).1);
    }
}

/// The `input` of a declaration; the tree does not keep it.
fn input_word(pattern: &PatternDecl, fields: &[InputField], text: &str) -> Span {
    const WORD: &str = "input";
    let Span { source, start, end } = pattern.body.span;
    let end = fields.first().map_or(end, |field| field.span.start);
    match text.get(start as usize..end as usize).and_then(|head| head.rfind(WORD)) {
        Some(at) => Span::new(source, start + at as u32, start + (at + WORD.len()) as u32),
        None => pattern.name.span,
    }
}
