//! `// prism: allow(rule, rule)` at a line's end: those warnings are wanted there. Errors are never silenced; no
//! program runs with one.

use super::ResolvedModule;
use prism_diagnostics::{Diagnostic, Source, SourceMap};

/// Whether the line on which the warning stands allows it.
pub(super) fn silenced(fault: &Diagnostic, sources: &SourceMap, modules: &[ResolvedModule]) -> bool {
    if fault.is_error() {
        return false;
    }
    let Some(source) = sources.get(fault.span.source) else { return false };
    let line = source.position(fault.span.start).line;
    let module = modules.iter().find(|resolved| resolved.module.source == fault.span.source);
    module.is_some_and(|resolved| {
        let comments = &resolved.module.comments;
        let from = comments.partition_point(|comment| comment.span.start < fault.span.start);
        comments
            .iter()
            .skip(from)
            .take_while(|comment| source.position(comment.span.start).line == line)
            .any(|comment| allows(source, comment.span.start, comment.span.end, fault.code.rule()))
    })
}

fn allows(source: &Source, start: u32, end: u32, rule: &str) -> bool {
    let comment = source.text().get(start as usize..end as usize).unwrap_or_default();
    let rules = comment
        .strip_prefix("//")
        .and_then(|text| text.trim_start().strip_prefix("prism:"))
        .and_then(|text| text.trim_start().strip_prefix("allow("))
        .and_then(|text| text.split_once(')'));
    rules.is_some_and(|(rules, _)| rules.split(',').any(|allowed| allowed.trim() == rule))
}
