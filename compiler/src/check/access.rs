//! Members and indexes: what a part of a value is.

use super::Checker;
use super::faults;
use super::state::State;
use super::ty::{Data, Field, Ty};
use super::value::Value;
use crate::ast::*;
use crate::nearest::nearest;
use crate::resolve::Binding;
use prism_bytecode::{EntryKind, KindSet, LibraryId};
use prism_diagnostics::Span;

/// What one kind of value has under a name.
pub(super) enum Found {
    /// This.
    Value(Value),
    /// Nothing: reading it gives null.
    Nothing,
    /// Nothing can be read of it: null.
    Fails,
}

/// Where a chain may have ended with null before its last link: the null, as sure as it was, and what held there.
#[derive(Debug, Default)]
pub(super) struct Cut(Option<(Value, State)>);

impl<'a> Checker<'a> {
    /// Members, indexes and calls, one behind the other: `?.` on null makes all that follows null.
    pub(super) fn chain(&mut self, expr: &'a Expr) -> Value {
        let mut cut = Cut::default();
        let value = self.link(expr, &mut cut);
        self.mend(value, cut)
    }

    /// The value of a chain, whichever way it ended.
    pub(super) fn mend(&mut self, value: Value, cut: Cut) -> Value {
        let Some((null, state)) = cut.0 else { return value };
        let after = self.frame().state.clone();
        let value = if after.dead { Value::NEVER } else { value };
        *self.state() = after.join(state, &mut self.types);
        self.types.join_values(value, null)
    }

    /// One link of a chain; `cut` where the chain may have ended with null before.
    pub(super) fn link(&mut self, expr: &'a Expr, cut: &mut Cut) -> Value {
        match &expr.kind {
            ExprKind::Member { object, access, name } => {
                let whole = self.link_settled(object, cut);
                let whole = self.after_access(whole, *access, cut);
                if self.is_dropped(object) || name.name == "result" && self.is_plain_answer(whole) {
                    self.note_dropped(expr);
                }
                self.member(whole, name, expr.span)
            }
            ExprKind::Index { object, index } => {
                let whole = self.link_settled(object, cut);
                let at = self.infer_settled(index);
                self.index(whole, index, at, expr.span)
            }
            ExprKind::Call { callee, arguments } => self.call(callee, arguments, expr, cut),
            _ => self.infer(expr),
        }
    }

    pub(super) fn link_settled(&mut self, expr: &'a Expr, cut: &mut Cut) -> Value {
        let value = self.link(expr, cut);
        self.settled(value)
    }

    /// The value that a member is taken of, once `?.` or `~.` has sent null away.
    pub(super) fn after_access(&mut self, whole: Value, access: Access, cut: &mut Cut) -> Value {
        if access == Access::Plain || !self.types.may_be(whole.ty, KindSet::NULL) {
            return whole;
        }
        let null = Value { ty: Ty::NULL, shut: true, ..whole.stored() };
        let state = self.frame().state.clone();
        cut.0 = Some(match cut.0.take() {
            Some((before, held)) => (self.types.join_values(before, null), held.join(state, &mut self.types)),
            None => (null, state),
        });
        self.without_null(whole)
    }

    /// `x.p`.
    pub(super) fn member(&mut self, whole: Value, name: &'a Ident, span: Span) -> Value {
        self.read_member(whole, &name.name, name.span, span)
    }

    fn read_member(&mut self, whole: Value, name: &str, at: Span, span: Span) -> Value {
        if whole.is_never() {
            return whole;
        }
        let (mut sum, mut has, mut fails) = (Value::NEVER, false, true);
        for ty in self.types.members(whole.ty) {
            let part = match self.find_member(ty, name) {
                Found::Value(value) => {
                    has = true;
                    value
                }
                Found::Nothing => Value::NULL,
                Found::Fails => continue,
            };
            fails = false;
            sum = self.types.join_values(sum, part);
        }
        if fails {
            self.mismatch(faults::member_of_null(span, name));
            return Value::ANY;
        }
        if !has {
            let known = self.member_names(whole.ty);
            let near = nearest(name, known.iter().map(String::as_str)).map(str::to_owned);
            let shown = self.show(whole.ty);
            self.say(faults::missing_property(at, name, &shown, near.as_deref()));
            return Value::ANY;
        }
        sum.times(whole)
    }

    /// What a value of a type that is no union has under a name.
    pub(super) fn find_member(&mut self, ty: Ty, name: &str) -> Found {
        let string = Value::plain(Ty::STRING);
        let number = Value::plain(Ty::NUMBER);
        match self.types.get(ty).clone() {
            Data::Null => Found::Fails,
            Data::Any | Data::Object => Found::Value(Value::ANY),
            Data::Shape(fields) => match fields.iter().find(|field| field.name == name) {
                Some(field) => Found::Value(self.field_value(field)),
                None => Found::Nothing,
            },
            Data::Array { .. } | Data::String if name == "length" => Found::Value(number),
            Data::Agent => Found::Value(match name {
                "id" | "name" => string,
                "capabilities" => Value::plain(self.types.list(string)),
                _ => Value::ANY,
            }),
            Data::Error => match name {
                "message" | "code" => Found::Value(string),
                "line" | "column" => Found::Value(number),
                "data" => Found::Value(Value::ANY),
                _ => Found::Nothing,
            },
            Data::Library(id) => match self.catalog.member(id, name) {
                Some(member) => Found::Value(self.library_value(member)),
                None => Found::Nothing,
            },
            Data::Namespace(module) => match self.exports.find(module, name) {
                Some(Binding::Import(slot)) => {
                    Found::Value(self.exported.get(slot as usize).copied().unwrap_or(Value::ANY))
                }
                Some(Binding::Namespace(module)) => Found::Value(Value::plain(self.types.namespace(module))),
                Some(Binding::Library(id)) => Found::Value(self.library_value(id)),
                Some(_) => Found::Value(Value::ANY),
                None => Found::Nothing,
            },
            _ => match self.catalog.method(self.types.kinds(ty), name) {
                Some(_) => Found::Value(Value::plain(Ty::FUNCTION)),
                None => Found::Nothing,
            },
        }
    }

    /// What reading a member gives.
    pub(super) fn field_value(&mut self, field: &Field) -> Value {
        match field.optional {
            true => self.types.join_values(field.value, Value::NULL),
            false => field.value,
        }
    }

    /// What a name of the library stands for.
    pub(super) fn library_value(&mut self, id: LibraryId) -> Value {
        match self.catalog.get(id).map(|entry| &entry.kind) {
            Some(EntryKind::Constant(value)) => Value::number(*value),
            Some(_) => Value::plain(self.types.library(id)),
            None => Value::ANY,
        }
    }

    /// The names that could have been meant.
    fn member_names(&self, ty: Ty) -> Vec<String> {
        let mut names = Vec::new();
        for ty in self.types.members(ty) {
            match self.types.get(ty) {
                Data::Shape(fields) => names.extend(fields.iter().map(|field| field.name.to_string())),
                Data::Namespace(module) => {
                    names.extend(self.exports.of(*module).iter().map(|(name, _)| name.to_string()))
                }
                Data::Library(id) => {
                    let prefix = self.catalog.get(*id).map(|entry| format!("{}.", entry.path)).unwrap_or_default();
                    let member = |path: &str| path.strip_prefix(&prefix).map(str::to_owned);
                    names.extend(self.catalog.iter().filter_map(|(_, entry)| member(&entry.path)));
                }
                Data::Error => names.extend(["message", "code", "line", "column", "data"].map(str::to_owned)),
                _ => {
                    let kinds = self.types.kinds(ty);
                    let fits = |kind: &EntryKind| matches!(kind, EntryKind::Method(of, _) if of.contains(kinds));
                    let entries = self.catalog.iter().filter(|(_, entry)| !entry.hidden && fits(&entry.kind));
                    names.extend(entries.map(|(_, entry)| entry.name().to_owned()));
                    if kinds.intersects(KindSet::ARRAY.union(KindSet::STRING)) {
                        names.push("length".to_owned());
                    }
                }
            }
        }
        names
    }

    /// `x[i]`.
    fn index(&mut self, whole: Value, index: &'a Expr, at: Value, span: Span) -> Value {
        if whole.is_never() || at.is_never() {
            return Value::NEVER;
        }
        if let Some(key) = literal_key(index)
            && !self.types.may_be(whole.ty, KindSet::ARRAY.union(KindSet::STRING))
        {
            return self.read_member(whole, key, index.span, span).times(at);
        }
        let number = self.types.may_be(at.ty, KindSet::NUMBER);
        let key = number || self.types.may_be(at.ty, KindSet::STRING.union(KindSet::NULL));
        let (mut sum, mut fails, mut lacks) = (Value::NEVER, true, true);
        for ty in self.types.members(whole.ty) {
            let part = match self.types.get(ty) {
                Data::Array { element, least, most } if number => {
                    let (element, least, most) = (*element, *least, *most);
                    let place = at.range().filter(|range| range.lo == range.hi).map(|range| range.lo.floor());
                    lacks &=
                        place.is_some_and(|place| place < 0.0 || most.is_some_and(|most| place >= f64::from(most)));
                    match place.is_some_and(|place| place >= 0.0 && place < f64::from(least)) {
                        true => element,
                        false => self.types.join_values(element, Value::NULL),
                    }
                }
                Data::String | Data::Literal(super::ty::Literal::String(_)) if number => {
                    lacks = false;
                    let character = Value::plain(Ty::STRING);
                    self.types.join_values(character, Value::NULL)
                }
                Data::Any => Value::ANY,
                Data::Shape(_) | Data::Object | Data::Error | Data::Agent if key => Value::ANY,
                Data::Shape(_) | Data::Object | Data::Error | Data::Agent | Data::Array { .. } | Data::String => {
                    continue;
                }
                Data::Null | Data::Literal(super::ty::Literal::String(_)) => continue,
                _ => Value::NULL,
            };
            lacks &= matches!(self.types.get(ty), Data::Array { .. });
            fails = false;
            sum = self.types.join_values(sum, part);
        }
        if fails {
            let (whole, at) = (self.show(whole.ty), self.show(at.ty));
            self.mismatch(faults::bad_index(span, &whole, &at));
            return Value::ANY;
        }
        if lacks {
            let shown = self.show(whole.ty);
            let place = at.range().map_or(0.0, |range| range.lo);
            self.say(faults::missing_index(index.span, place, &shown));
            return Value::ANY;
        }
        sum.times(whole).times(at)
    }
}

/// A key that is written out.
pub(super) fn literal_key(index: &Expr) -> Option<&str> {
    match &index.kind {
        ExprKind::String(text) => Some(text),
        ExprKind::Paren(inner) => literal_key(inner),
        _ => None,
    }
}
