//! Types as people read them, in the words of annotations.

use super::Checker;
use super::functions::FunctionId;
use super::ty::{Data, Field, Literal, Ty};
use super::value::Value;
use std::fmt::Write as _;

/// Functions in types of functions deeper than that are just `function`.
const MAX_NESTED: usize = 2;

impl Checker<'_> {
    /// A type as messages name it: functions are just functions.
    pub(super) fn show(&self, ty: Ty) -> String {
        self.show_nested(ty, MAX_NESTED)
    }

    /// A type as an annotation would be written.
    pub(super) fn show_whole(&self, ty: Ty) -> String {
        self.show_nested(ty, 0)
    }

    fn show_nested(&self, ty: Ty, depth: usize) -> String {
        let inner = |value: &Value| self.show_nested(value.ty, depth);
        match self.types.get(ty) {
            Data::Never => "never".to_owned(),
            Data::Null => "null".to_owned(),
            Data::Boolean => "boolean".to_owned(),
            Data::Number | Data::Bounded(_) => "number".to_owned(),
            Data::String => "string".to_owned(),
            Data::Error => "error".to_owned(),
            Data::Agent => "agent".to_owned(),
            Data::Any => "any".to_owned(),
            Data::Function => "function".to_owned(),
            Data::Object | Data::Namespace(_) => "object".to_owned(),
            Data::Literal(literal) => show_literal(literal),
            Data::Array { element, .. } => format!("array<{}>", inner(element)),
            Data::Task(result) => format!("task<{}>", inner(result)),
            Data::Shape(fields) => {
                let field = |field: &Field| {
                    format!(
                        "{}{}: {}",
                        show_key(&field.name),
                        if field.optional { "?" } else { "" },
                        inner(&field.value)
                    )
                };
                format!("{{{}}}", fields.iter().map(field).collect::<Vec<_>>().join(", "))
            }
            Data::Closures(functions) => self.show_functions(functions, depth),
            Data::Library(id) => match self.catalog.get(*id).map(|entry| entry.signature().is_some()) {
                Some(true) => "function".to_owned(),
                _ => "object".to_owned(),
            },
            Data::Signature(signature) => {
                let params: Vec<_> = signature.params.iter().map(|ty| self.show_nested(*ty, depth)).collect();
                format!("({}) -> {}", params.join(", "), self.show_nested(signature.result, depth))
            }
            Data::Union(members) => {
                let mut shown: Vec<String> = Vec::new();
                for ty in members.iter() {
                    let one = self.show_nested(*ty, depth);
                    let one = if one.contains("->") { format!("({one})") } else { one };
                    if !shown.contains(&one) {
                        shown.push(one);
                    }
                }
                shown.join(" | ")
            }
        }
    }

    fn show_functions(&self, functions: &[FunctionId], depth: usize) -> String {
        let [id] = functions else { return "function".to_owned() };
        if depth >= MAX_NESTED {
            return "function".to_owned();
        }
        let info = &self.functions[id.0 as usize];
        let mut text = "(".to_owned();
        for (at, (param, ty)) in info.node.params.iter().zip(self.parameter_types(*id)).enumerate() {
            let separator = if at == 0 { "" } else { ", " };
            let rest = if param.rest { "..." } else { "" };
            let optional = if param.default.is_some() || param.optional { "?" } else { "" };
            let _ = write!(text, "{separator}{rest}{}{optional}", self.show_nested(ty, depth + 1));
        }
        let _ = write!(text, ") -> {}", self.show_nested(info.result.ty, depth + 1));
        text
    }
}

fn show_literal(literal: &Literal) -> String {
    match literal {
        Literal::String(text) => format!("{text:?}"),
        Literal::Number(bits) => ryu_js::Buffer::new().format(f64::from_bits(*bits)).to_owned(),
        Literal::Bool(value) => value.to_string(),
    }
}

/// A key, in quotes where it is no name.
fn show_key(name: &str) -> String {
    let mut letters = name.chars();
    let first = letters.next().is_some_and(|c| c == '_' || unicode_ident::is_xid_start(c));
    if first && letters.all(unicode_ident::is_xid_continue) { name.to_owned() } else { format!("{name:?}") }
}
