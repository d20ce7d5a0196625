//! Types that are written: annotations, JSON Schemas of input, `expects { … }`.

use super::Checker;
use super::faults;
use super::library::named_type;
use super::ty::{Data, Field, Literal, Signature, Ty};
use super::value::{Range, Value};
use crate::ast::*;
use crate::schema;
use crate::stack::deeper;
use prism_bytecode::KindSet;
use prism_confidence::{Confidence, Interval};
use prism_diagnostics::Span;
use serde_json::Value as Json;

impl<'a> Checker<'a> {
    /// The type that is written.
    pub(super) fn written_type(&mut self, ty: &TypeExpr) -> Ty {
        let mut written = Ty::ANY;
        deeper(|| written = self.read_type(ty));
        written
    }

    fn read_type(&mut self, ty: &TypeExpr) -> Ty {
        let part = |checker: &mut Self, ty: &TypeExpr| match checker.written_type(ty) {
            Ty::ANY => Value::ANY,
            // Annotations say nothing of the confidence of parts.
            ty => Value { vague: true, ..Value::new(ty, Interval::ANY) },
        };
        match &ty.kind {
            TypeExprKind::Named(name) => match name.as_str() {
                "array" => self.types.list(Value::ANY),
                "task" => self.types.task(Value::ANY),
                name => named_type(name).unwrap_or(Ty::ANY),
            },
            TypeExprKind::Literal(literal) => match literal_of(literal) {
                Some(literal) => self.types.literal(literal),
                None => Ty::ANY,
            },
            TypeExprKind::Array(item) => {
                let item = part(self, item);
                self.types.list(item)
            }
            TypeExprKind::Task(result) => {
                let result = part(self, result);
                self.types.task(result)
            }
            TypeExprKind::Object(fields) => {
                let mut all: Vec<Field> = Vec::with_capacity(fields.len());
                for field in fields {
                    let value = part(self, &field.ty);
                    all.push(Field { name: field.key.name.clone(), value, optional: field.optional });
                }
                self.types.shape(all)
            }
            TypeExprKind::Function(params, result) => {
                let params = params.iter().map(|param| self.written_type(param)).collect();
                let result = self.written_type(result);
                self.types.signature(Signature { params, result })
            }
            TypeExprKind::Union(members) => {
                let members: Vec<Ty> = members.iter().map(|member| self.written_type(member)).collect();
                self.types.union(members)
            }
            TypeExprKind::Error => Ty::ANY,
        }
    }

    /// The interval that is written in that module.
    fn written_interval(&self, module: u32, annotation: &Annotation) -> Option<Interval> {
        let (lo, hi) = annotation.interval.as_deref()?;
        let resolution = self.modules[module as usize].resolution;
        let end = |expr: &Expr| resolution.known_number(expr).and_then(Confidence::new);
        Some(Interval::between(end(lo)?, end(hi)?))
    }

    /// A value of which an annotation of that module says what it is: what both allow, the annotation where they disagree.
    pub(super) fn annotated(&mut self, value: Value, module: u32, annotation: &Annotation) -> Value {
        let mut value = value;
        if let Some(ty) = &annotation.ty {
            let written = self.written_type(ty);
            let task = matches!(self.types.get(written), Data::Task(_));
            let inner = if task { value } else { self.settled(value) };
            value = self.meet(inner, written);
        }
        if let Some(interval) = self.written_interval(module, annotation) {
            let plain = interval.contains(Some(Confidence::ONE));
            let allowed = if plain { interval.or_plain() } else { interval };
            let met = value.confidence.meet(allowed);
            value = Value { vague: false, ..value.with_confidence(if met.is_empty() { allowed } else { met }) };
        }
        value
    }

    /// Says where a value can't be what an annotation says; gives it as annotated.
    pub(super) fn check_annotated(&mut self, value: Value, annotation: &Annotation, span: Span) -> Value {
        if value.is_never() {
            return value;
        }
        if let Some(ty) = &annotation.ty {
            let written = self.written_type(ty);
            let settled = match self.types.get(written) {
                Data::Task(_) => value,
                _ => self.settled(value),
            };
            if !self.may_fit(settled.ty, written) {
                let (expected, found) = (self.show(written), self.show(settled.ty));
                self.mismatch(faults::annotation_mismatch(span, annotation.span, &expected, &found));
                return Value { ty: written, ..Value::ANY };
            }
        }
        let module = self.frame().module;
        if let Some(interval) = self.written_interval(module, annotation) {
            let acts = value.confidence.certain();
            // A value that is never there has no confidence.
            if !acts.is_empty() && acts.meet(nearly(interval)).is_empty() && !value.vague {
                self.mismatch(faults::interval_mismatch(span, annotation.span, interval, value));
            }
        }
        self.annotated(value, module, annotation)
    }

    /// Holds what a function gives against its annotation.
    pub(super) fn check_result(&mut self, function: &'a Function, given: Value, span: Span) {
        if let Some(annotation) = &function.result {
            self.check_annotated(given, annotation, span);
        }
    }

    /// Whether some value of the type `found` could be one of `written`.
    fn may_fit(&self, found: Ty, written: Ty) -> bool {
        found == Ty::NEVER
            || self.types.members(found).any(|one| self.types.members(written).any(|other| self.overlaps(one, other)))
    }

    /// The same of types that are no unions.
    fn overlaps(&self, found: Ty, written: Ty) -> bool {
        if found == written || found == Ty::ANY || written == Ty::ANY {
            return true;
        }
        match (self.types.get(found), self.types.get(written)) {
            (Data::Literal(one), Data::Literal(other)) => one == other,
            (Data::Array { element, .. }, Data::Array { element: other, .. }) => {
                element.is_never() || self.may_fit(element.ty, other.ty)
            }
            (Data::Task(one), Data::Task(other)) => self.may_fit(one.ty, other.ty),
            (Data::Shape(fields), Data::Shape(wanted)) => {
                wanted.iter().all(|want| match fields.iter().find(|field| field.name == want.name) {
                    Some(field) => self.may_fit(field.value.ty, want.value.ty),
                    None => want.optional || self.types.may_be(want.value.ty, KindSet::NULL),
                })
            }
            _ => self.types.kinds(found).intersects(self.types.kinds(written)),
        }
    }

    /// What both a value's type and an annotation allow.
    fn meet(&mut self, value: Value, written: Ty) -> Value {
        if value.ty == written || written == Ty::ANY {
            return value;
        }
        if self.types.has_any(value.ty) {
            return Value { ty: written, ..value.stored() };
        }
        let members: Vec<Ty> = self.types.members(written).collect();
        let kept: Vec<Ty> = self
            .types
            .members(value.ty)
            .filter(|one| members.iter().any(|other| self.overlaps(*one, *other)))
            .collect();
        if kept.is_empty() {
            return Value { ty: written, ..value.stored() };
        }
        // An array of nothing is as empty as any.
        let ty = self.types.union(kept);
        let open = matches!(self.types.get(ty), Data::Array { element, .. } if element.is_never());
        let literals = members.iter().any(|ty| matches!(self.types.get(*ty), Data::Literal(_)));
        Value { ty: if open || literals || ty == Ty::OBJECT { written } else { ty }, ..value.stored() }
    }

    /// What `input` is: what the pattern's schema says.
    pub(super) fn input_value(&mut self) -> Value {
        let info = self.info;
        match &info.input_schema {
            Some(schema) => {
                let ty = self.schema_type(schema);
                Value::plain(ty)
            }
            None => Value::ANY,
        }
    }

    /// What an agent's answer is: what the pattern expects.
    pub(super) fn expected_answer(&mut self, fields: &[InputField]) -> Value {
        let (schema, _) = schema::of_fields(fields);
        Value { ty: self.schema_type(&schema), ..Value::ANSWER }
    }

    /// The type of the values that a JSON Schema allows; `any` for what has no word here.
    fn schema_type(&mut self, schema: &Json) -> Ty {
        let Json::Object(keywords) = schema else { return Ty::ANY };
        let mut ty = Ty::ANY;
        if let Some(Json::Array(values)) = keywords.get("enum") {
            let members: Vec<Ty> = values.iter().map(|value| self.json_type(value)).collect();
            return self.types.union(members);
        }
        if let Some(value) = keywords.get("const") {
            return self.json_type(value);
        }
        if ["anyOf", "oneOf", "allOf", "$ref", "not", "if"].iter().any(|keyword| keywords.contains_key(*keyword)) {
            let alternatives = keywords.get("anyOf").or_else(|| keywords.get("oneOf")).and_then(Json::as_array);
            return match alternatives {
                Some(schemas) if keywords.len() == 1 => {
                    let members: Vec<Ty> = schemas.iter().map(|schema| self.schema_type(schema)).collect();
                    self.types.union(members)
                }
                _ => Ty::ANY,
            };
        }
        match keywords.get("type") {
            Some(Json::String(name)) => ty = self.schema_kind(name, keywords),
            Some(Json::Array(names)) => {
                let names: Vec<&str> = names.iter().filter_map(Json::as_str).collect();
                let members: Vec<Ty> = names.into_iter().map(|name| self.schema_kind(name, keywords)).collect();
                ty = self.types.union(members);
            }
            _ if keywords.contains_key("properties") => ty = self.schema_kind("object", keywords),
            _ => {}
        }
        ty
    }

    fn json_type(&mut self, value: &Json) -> Ty {
        match value {
            Json::Null => Ty::NULL,
            Json::Bool(value) => self.types.literal(Literal::Bool(*value)),
            Json::Number(value) => {
                self.types.literal(Literal::Number((value.as_f64().unwrap_or(f64::NAN) + 0.0).to_bits()))
            }
            Json::String(text) => self.types.literal(Literal::String(text.as_str().into())),
            Json::Array(_) => self.types.list(Value::ANY),
            Json::Object(_) => Ty::OBJECT,
        }
    }

    fn schema_kind(&mut self, name: &str, keywords: &serde_json::Map<String, Json>) -> Ty {
        let number = |keyword: &str| keywords.get(keyword).and_then(Json::as_f64);
        match name {
            "number" | "integer" => {
                let lo = number("minimum").or(number("exclusiveMinimum")).unwrap_or(f64::NEG_INFINITY);
                let hi = number("maximum").or(number("exclusiveMaximum")).unwrap_or(f64::INFINITY);
                match Range::new(lo, hi) {
                    Some(range) if lo.is_finite() || hi.is_finite() => self.types.bounded(range),
                    _ => Ty::NUMBER,
                }
            }
            "string" => Ty::STRING,
            "boolean" => Ty::BOOLEAN,
            "null" => Ty::NULL,
            "array" => {
                let item = match keywords.get("items") {
                    Some(items @ Json::Object(_)) => self.schema_type(items),
                    _ => Ty::ANY,
                };
                let count = |keyword: &str| number(keyword).map(|count| count as u32);
                let least = count("minItems").unwrap_or(0);
                self.types.array(plain(item), least, count("maxItems").filter(|most| *most >= least))
            }
            "object" => self.schema_object(keywords),
            _ => Ty::ANY,
        }
    }

    fn schema_object(&mut self, keywords: &serde_json::Map<String, Json>) -> Ty {
        let Some(Json::Object(properties)) = keywords.get("properties") else { return Ty::OBJECT };
        let required: Vec<&str> = match keywords.get("required") {
            Some(Json::Array(names)) => names.iter().filter_map(Json::as_str).collect(),
            _ => Vec::new(),
        };
        let mut fields = Vec::with_capacity(properties.len());
        for (name, schema) in properties {
            let value = plain(self.schema_type(schema));
            let optional = !required.contains(&name.as_str()) && schema.get("default").is_none();
            fields.push(Field { name: name.as_str().into(), value, optional });
        }
        self.types.shape(fields)
    }
}

/// Input is plain where a schema types it.
fn plain(ty: Ty) -> Value {
    if ty == Ty::ANY { Value::ANY } else { Value::plain(ty) }
}

fn literal_of(literal: &Expr) -> Option<Literal> {
    Some(match &literal.kind {
        ExprKind::String(text) => Literal::String(text.clone()),
        ExprKind::Bool(value) => Literal::Bool(*value),
        _ => Literal::Number((crate::resolve::known::literal(literal)? + 0.0).to_bits()),
    })
}

/// With room for the rounding of what was computed: 0.75 · 0.8 is a little more than 0.6.
fn nearly(interval: Interval) -> Interval {
    const ROUNDING: f64 = 1e-9;
    Interval::attached(interval.lo().get() - ROUNDING, interval.hi().get() + ROUNDING)
}
