//! What signatures can't say: functions that look at confidences, promises, aggregation, lengths of arrays.

use super::Checker;
use super::functions::Arguments;
use super::ty::{Data, Ty};
use super::value::Value;
use crate::ast::Expr;
use prism_bytecode::KindSet;
use prism_confidence::Interval;

impl<'a> Checker<'a> {
    /// The result of a function that no signature describes.
    pub(super) fn special_call(
        &mut self,
        path: &str,
        receiver: Option<Value>,
        arguments: &Arguments<'a>,
        whole: &'a Expr,
        curried: bool,
    ) -> Option<Value> {
        if receiver.is_some() {
            return None;
        }
        if curried || matches!(path, "confidence" | "debounce") {
            // A function that calls what it was given.
            self.escape_arguments(arguments);
            return Some(Value::plain(Ty::FUNCTION));
        }
        let first = arguments.value(0).unwrap_or(Value::NULL);
        Some(match path {
            "fail" => {
                self.state().dead = true;
                Value::NEVER
            }
            "llm" => self.ask_model(arguments, whole),
            "value" => {
                let value = self.settled(first);
                if value.confidence.may_be_confident() && !value.vague {
                    self.note_dropped(whole);
                }
                if value.is_never() { value } else { Value { shut: false, ..Value::plain(value.ty) } }
            }
            "print" | "console.log" | "console.info" | "console.warn" | "console.error" | "console.debug" => {
                Value::NULL
            }
            "JSON.parse" => {
                let text = self.settled(first);
                if !self.types.may_be(text.ty, KindSet::STRING) {
                    return None;
                }
                Value::plain(Ty::ANY).times(text)
            }
            "consensus" | "aggregate" | "synthesize" | "majorityVote" => {
                self.escape_arguments(arguments);
                let confident = path == "aggregate" || path == "consensus" && arguments.values.len() == 1;
                let confidence = if confident { Interval::CONFIDENT } else { Interval::ANY };
                Value { vague: true, ..Value::new(Ty::ANY, confidence) }
            }
            "threshold" => {
                let xs = self.settled(first);
                let least = arguments.value(1).and_then(|number| number.range()).map_or(0.0, |range| range.lo);
                let mut element = self.element_of(xs);
                element.confidence = element.confidence.at_least(least);
                if element.confidence.is_empty() {
                    element = Value::NEVER;
                }
                Value::plain(self.types.list(element)).times(xs)
            }
            "Promise.all" => {
                let xs = self.settled(first);
                let element = self.element_of(xs);
                let (least, most) = self.lengths(xs);
                let all = Value::plain(self.types.array(element, least, most));
                Value::plain(self.types.task(all.times(xs)))
            }
            "Promise.any" | "Promise.race" => {
                let xs = self.settled(first);
                let element = self.element_of(xs).times(xs);
                Value::plain(self.types.task(element))
            }
            "Promise.resolve" => {
                let value = self.settled(first);
                Value::plain(self.types.task(value))
            }
            _ => return None,
        })
    }

    /// How many elements an array has.
    fn lengths(&self, array: Value) -> (u32, Option<u32>) {
        let mut bounds = None::<(u32, Option<u32>)>;
        for ty in self.types.members(array.ty) {
            let (least, most) = match self.types.get(ty) {
                Data::Array { least, most, .. } => (*least, *most),
                _ => (0, None),
            };
            bounds = Some(match bounds {
                Some((low, high)) => (low.min(least), high.zip(most).map(|(a, b)| a.max(b))),
                None => (least, most),
            });
        }
        bounds.unwrap_or((0, None))
    }

    /// What is known of a result beyond what its signature says: lengths, elements that are there, elements of arrays
    /// that are opened.
    pub(super) fn refine_result(
        &mut self,
        path: &str,
        receiver: Option<Value>,
        (values, rest): (&[Value], Option<Value>),
        result: Value,
    ) -> Value {
        let Some((kind, method)) = path.split_once('.') else { return self.refine_function(path, values, result) };
        let subject = receiver.or_else(|| values.first().copied()).unwrap_or(Value::ANY);
        let (least, most) = self.lengths(subject);
        match (kind, method) {
            ("array", "map" | "sort" | "toSorted" | "reverse" | "toReversed" | "sortBy" | "fill" | "with") => {
                let mut element = self.element_of(result);
                for stored in
                    values.iter().take(usize::from(method == "fill")).chain(values.get(1).filter(|_| method == "with"))
                {
                    element = self.types.join_values(element, stored.stored());
                }
                result.with_ty(self.types.array(element, least, most))
            }
            ("array", "push" | "unshift" | "splice" | "toSpliced") => {
                let mut element = self.element_of(result);
                let skipped = if method.ends_with("plice") || method == "toSpliced" { 2 } else { 0 };
                for stored in values.iter().skip(skipped).chain(&rest) {
                    element = self.types.join_values(element, stored.stored());
                }
                result.with_ty(self.types.list(element))
            }
            ("array", "first" | "last" | "pop" | "shift") if least > 0 => self.element_of(subject),
            ("array", "at") if least > 0 => {
                let place = values.first().and_then(|value| value.range()).filter(|range| range.lo == range.hi);
                let inside =
                    place.is_some_and(|at| at.lo.trunc() < f64::from(least) && at.lo.trunc() >= -f64::from(least));
                if inside { self.element_of(subject) } else { result }
            }
            ("array", "concat") => {
                let mut element = self.element_of(subject);
                for value in values.iter().chain(&rest) {
                    let opened = self.opened_once(*value);
                    element = self.types.join_values(element, opened);
                }
                result.with_ty(self.types.list(element))
            }
            ("array", "flat") if values.is_empty() => {
                let inner = self.element_of(subject);
                let opened = self.opened_once(inner);
                result.with_ty(self.types.list(opened))
            }
            ("array", "zip") if rest.is_none() => {
                let mut element = self.element_of(subject);
                for value in values {
                    let other = self.element_of(*value).times(*value);
                    element = self.types.join_values(element, other);
                }
                let row =
                    Value::plain(self.types.array(element, values.len() as u32 + 1, Some(values.len() as u32 + 1)));
                result.with_ty(self.types.list(row))
            }
            ("array", "entries") => {
                let element = self.element_of(subject);
                let element = self.types.join_values(Value::plain(Ty::NUMBER), element);
                let row = Value::plain(self.types.array(element, 2, Some(2)));
                result.with_ty(self.types.list(row))
            }
            ("Object", "values") => {
                let member = self.member_of(subject);
                result.with_ty(self.types.list(member))
            }
            ("Object", "entries") => {
                let member = self.member_of(subject);
                let element = self.types.join_values(Value::plain(Ty::STRING), member);
                let row = Value::plain(self.types.array(element, 2, Some(2)));
                result.with_ty(self.types.list(row))
            }
            _ => result,
        }
    }

    fn refine_function(&mut self, path: &str, values: &[Value], result: Value) -> Value {
        let subject = values.first().copied().unwrap_or(Value::ANY);
        match path {
            "map" | "sortBy" => {
                let (least, most) = self.lengths(subject);
                let element = self.element_of(result);
                result.with_ty(self.types.array(element, least, most))
            }
            _ => result,
        }
    }

    /// A value as it is opened into an array: one level of arrays is taken apart.
    fn opened_once(&mut self, value: Value) -> Value {
        let mut sum = Value::NEVER;
        for ty in self.types.members(value.ty) {
            let one = match self.types.get(ty) {
                Data::Array { element, .. } if element.is_never() => continue,
                Data::Array { element, .. } => element.times(value),
                _ => value.with_ty(ty),
            };
            sum = self.types.join_values(sum, one);
        }
        sum
    }

    /// The members of an object together.
    fn member_of(&mut self, object: Value) -> Value {
        let mut sum = Value::NEVER;
        for ty in self.types.members(object.ty) {
            match self.types.get(ty).clone() {
                Data::Shape(fields) => {
                    for field in fields.iter() {
                        sum = self.types.join_values(sum, field.value);
                    }
                }
                _ => return Value::ANY,
            }
        }
        sum
    }
}
