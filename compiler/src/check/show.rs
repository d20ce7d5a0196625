//! Types as people read them, in the words of annotations.

use super::Checker;
use super::functions::FunctionId;
use super::ty::{Data, Field, Literal, Ty};

/// Functions in types of functions deeper than that are just `function`.
const MAX_NESTED: usize = 2;

impl Checker<'_> {
    /// A type as messages name it: functions are just functions.
    pub(super) fn show(&self, ty: Ty) -> String {
        let mut text = String::new();
        self.write(&mut text, ty, MAX_NESTED);
        text
    }

    /// A type as an annotation would be written.
    pub(super) fn show_whole(&self, ty: Ty) -> String {
        let mut text = String::with_capacity(64);
        self.write(&mut text, ty, 0);
        text
    }

    fn write(&self, text: &mut String, ty: Ty, depth: usize) {
        text.push_str(match self.types.get(ty) {
            Data::Never => "never",
            Data::Null => "null",
            Data::Boolean => "boolean",
            Data::Number | Data::Bounded(_) => "number",
            Data::String => "string",
            Data::Error => "error",
            Data::Agent => "agent",
            Data::Any => "any",
            Data::Function => "function",
            Data::Object | Data::Namespace(_) => "object",
            Data::Library(id) => match self.catalog.get(*id).map(|entry| entry.signature().is_some()) {
                Some(true) => "function",
                _ => "object",
            },
            Data::Literal(literal) => return write_literal(text, literal),
            Data::Array { element, .. } => return self.write_around(text, "array<", element.ty, depth),
            Data::Task(result) => return self.write_around(text, "task<", result.ty, depth),
            Data::Shape(fields) => return self.write_shape(text, fields, depth),
            Data::Closures(functions) => return self.write_functions(text, functions, depth),
            Data::Signature(signature) => {
                text.push('(');
                for (at, param) in signature.params.iter().enumerate() {
                    text.push_str(if at == 0 { "" } else { ", " });
                    self.write(text, *param, depth);
                }
                text.push_str(") -> ");
                return self.write(text, signature.result, depth);
            }
            Data::Union(members) => return self.write_union(text, members, depth),
        });
    }

    fn write_around(&self, text: &mut String, name: &str, ty: Ty, depth: usize) {
        text.push_str(name);
        self.write(text, ty, depth);
        text.push('>');
    }

    fn write_shape(&self, text: &mut String, fields: &[Field], depth: usize) {
        text.push('{');
        for (at, field) in fields.iter().enumerate() {
            text.push_str(if at == 0 { "" } else { ", " });
            write_key(text, &field.name);
            text.push_str(if field.optional { "?: " } else { ": " });
            self.write(text, field.value.ty, depth);
        }
        text.push('}');
    }

    /// Members that look alike are shown once.
    fn write_union(&self, text: &mut String, members: &[Ty], depth: usize) {
        let mut shown: Vec<String> = Vec::new();
        for ty in members {
            let mut one = String::new();
            self.write(&mut one, *ty, depth);
            let one = if one.contains("->") { format!("({one})") } else { one };
            if !shown.contains(&one) {
                shown.push(one);
            }
        }
        text.push_str(&shown.join(" | "));
    }

    fn write_functions(&self, text: &mut String, functions: &[FunctionId], depth: usize) {
        let id = match functions {
            [id] if depth < MAX_NESTED => id,
            _ => return text.push_str("function"),
        };
        let info = &self.functions[id.0 as usize];
        text.push('(');
        for (at, (param, ty)) in info.node.params.iter().zip(self.parameter_types(*id)).enumerate() {
            text.push_str(if at == 0 { "" } else { ", " });
            text.push_str(if param.rest { "..." } else { "" });
            self.write(text, ty, depth + 1);
            text.push_str(if param.default.is_some() || param.optional { "?" } else { "" });
        }
        text.push_str(") -> ");
        self.write(text, info.result.ty, depth + 1);
    }
}

fn write_literal(text: &mut String, literal: &Literal) {
    match literal {
        Literal::String(value) => text.push_str(&format!("{value:?}")),
        Literal::Number(bits) => text.push_str(ryu_js::Buffer::new().format(f64::from_bits(*bits))),
        Literal::Bool(value) => text.push_str(if *value { "true" } else { "false" }),
    }
}

/// A key, in quotes where it is no name.
fn write_key(text: &mut String, name: &str) {
    let mut letters = name.chars();
    let first = letters.next().is_some_and(|c| c == '_' || unicode_ident::is_xid_start(c));
    match first && letters.all(unicode_ident::is_xid_continue) {
        true => text.push_str(name),
        false => text.push_str(&format!("{name:?}")),
    }
}
