//! Reading parts (§3, STDLIB L2): members, elements, characters, and taking values apart (§7).

use crate::confidence::Conf;
use crate::raise::Raise;
use crate::runtime::Runtime;
use crate::value::heap::Ref;
use crate::value::{Array, Bound, BoundOrder, Counted, ErrorValue, Kind, Object, Str, Task, Value};
use prism_bytecode::EntryKind;
use prism_confidence::Rule;

/// A part with its container's confidence by product.
#[inline]
pub(crate) fn part(member: &Value, container: Conf) -> Value {
    let conf = member.conf();
    if container.is_plain() { member.clone() } else { member.clone().with_conf(container.times(conf, Rule::Part)) }
}

impl Runtime {
    /// `x.name`, or `x["name"]`: the member, or null on any value that lacks it.
    pub(crate) fn member(&mut self, x: &Value, name: &str) -> Result<Value, Raise> {
        let x = Task::settled(x)?;
        Ok(part(&self.own_member(&x, name)?, x.conf()))
    }

    fn own_member(&mut self, x: &Value, name: &str) -> Result<Value, Raise> {
        let found = match x.kind() {
            Kind::Object => return Ok(x.as_object().and_then(|object| object.get(name)).cloned().unwrap_or_default()),
            Kind::Null => {
                return Err(Raise::null(format!("cannot access property '{name}' on null")));
            }
            Kind::Agent => x.as_agent().and_then(|agent| agent.member(name)),
            Kind::Error => x.as_error().and_then(|error| error.member(name)),
            Kind::Array if name == "length" => x.as_array().map(|array| Value::number(array.len() as f64)),
            Kind::String if name == "length" => x.as_str().map(|text| Value::number(text.char_count() as f64)),
            Kind::Function => x.as_library().and_then(|id| self.library_member(id, name)),
            _ => None,
        };
        Ok(found.or_else(|| self.bound_method(x, name)).unwrap_or_default())
    }

    /// The member of a namespace.
    fn library_member(&self, id: prism_bytecode::LibraryId, name: &str) -> Option<Value> {
        let member = self.catalog.member(id, name)?;
        Some(match self.catalog.get(member).map(|entry| &entry.kind) {
            Some(EntryKind::Constant(number)) => Value::number(*number),
            _ => Value::library(member),
        })
    }

    /// A method that is read but not called: a function bound to its receiver.
    fn bound_method(&self, x: &Value, name: &str) -> Option<Value> {
        let library = self.catalog.method(x.kind().set(), name)?;
        let receiver = x.clone().bare();
        Some(Value::from(Ref::new(Bound::new(library, [receiver], BoundOrder::First))))
    }

    /// `x[i]`.
    pub(crate) fn index(&mut self, x: &Value, i: &Value) -> Result<Value, Raise> {
        if let (Some(object), Some(key)) = (x.as_object(), i.as_str()) {
            let conf = x.conf().times(i.conf(), Rule::Part);
            self.take_text(key.as_str())?;
            return Ok(object.get(key.as_str()).map_or(Value::NULL.with_conf(conf), |member| part(member, conf)));
        }
        let (x, i) = (Task::settled(x)?, Task::settled(i)?);
        let conf = x.conf().times(i.conf(), Rule::Part);
        let found = match x.kind() {
            Kind::Array => {
                let at = self.position(&i, "array")?;
                x.as_array().zip(at).and_then(|(array, at)| array.get(at)).cloned().unwrap_or_default()
            }
            Kind::String => {
                let at = self.position(&i, "string")?;
                // Where characters differ in length, one is looked for from the start.
                if x.as_str().is_some_and(|text| !text.is_ascii()) {
                    self.take_fuel(at.unwrap_or(0) as u64 / 64)?;
                }
                let found = x.as_str().zip(at).and_then(|(text, at)| text.char_at(at));
                found.map_or(Value::NULL, |found| self.text(found))
            }
            Kind::Null => {
                return Err(Raise::null(format!("cannot access property '{}' on null", self.display_brief(&i))));
            }
            _ if i.is_null() => Value::NULL,
            kind => {
                let key = self.key_of(&i).ok_or_else(|| {
                    Raise::index(format!("{} index must be a string, got {}", kind.as_str(), i.kind().as_str()))
                })?;
                self.take_text(key.as_str())?;
                self.own_member(&x, key.as_str())?
            }
        };
        Ok(part(&found, conf))
    }

    /// A position by an index: floored; `None` outside of what any array could have, NaN too.
    pub(crate) fn position(&self, i: &Value, what: &str) -> Result<Option<usize>, Raise> {
        let number = i
            .as_number()
            .ok_or_else(|| Raise::index(format!("{what} index must be a number, got {}", i.kind().as_str())))?;
        let floor = number.floor();
        Ok((0.0..4_294_967_296.0).contains(&floor).then_some(floor as usize))
    }

    /// Element `at` of an array that is taken apart; null where it has none.
    pub(crate) fn element(&mut self, x: &Value, at: usize) -> Result<Value, Raise> {
        let x = Task::settled(x)?;
        let found = x.as_array().and_then(|array| array.get(at)).cloned().unwrap_or_default();
        Ok(part(&found, x.conf()))
    }

    /// What is left of an array after its first elements: plain, its elements with the array's confidence.
    pub(crate) fn array_rest(&mut self, x: &Value, from: usize) -> Result<Value, Raise> {
        let x = Task::settled(x)?;
        let items = x.as_array().map_or(&[] as &[Value], |array| array);
        self.take_fuel(items.len() as u64)?;
        let rest = Counted::read(items.get(from..).unwrap_or(&[]), |item| Ok(part(item, x.conf())))?;
        Ok(Value::array(rest.into_items()))
    }

    /// What is left of an object (or error) without some keys: plain, its members with the object's confidence.
    pub(crate) fn object_rest(&mut self, x: &Value, keys: &[Ref<Str>]) -> Result<Value, Raise> {
        let x = Task::settled(x)?;
        let mut rest = self.empty_object();
        let mut keep = |key: &Ref<Str>, member: &Value| {
            if !keys.contains(key) {
                rest.set(key, part(member, x.conf()));
            }
        };
        if let Some(object) = x.as_object() {
            self.take_fuel(object.len() as u64)?;
            object.iter().for_each(|(key, member)| keep(key, member));
        }
        if let Some(error) = x.as_error() {
            let members = ErrorValue::MEMBERS.into_iter().filter_map(|name| Some((name, error.member(name)?)));
            members.for_each(|(name, member)| keep(&Ref::new(Str::new(name)), &member));
        }
        Ok(Value::from(Ref::new(rest)))
    }

    /// Those parts of a rest that reach a threshold.
    pub(crate) fn rest_above(&mut self, rest: &Value, limit: &Value) -> Result<Value, Raise> {
        let limit = self.threshold(limit, "pattern")?;
        let reaches = |value: &Value| Ok::<_, Raise>(Task::settled(value)?.conf().or_one() >= limit);
        if let Some(array) = rest.as_array() {
            self.take_fuel(array.len() as u64)?;
            let mut kept = Counted::default();
            for item in array.iter() {
                if reaches(item)? {
                    kept.push(item.clone());
                }
            }
            return Ok(Value::array(kept.into_items()));
        }
        self.take_fuel(rest.as_object().map_or(0, Object::len) as u64)?;
        let mut kept = self.empty_object();
        for (key, member) in rest.as_object().into_iter().flat_map(Object::iter) {
            if reaches(member)? {
                kept.set(key, member.clone());
            }
        }
        Ok(Value::from(Ref::new(kept)))
    }

    /// Error unless x can be taken apart as an array.
    pub(crate) fn check_array(&self, x: &Value) -> Result<(), Raise> {
        let x = Task::settled(x)?;
        match x.as_array() {
            Some(_) => Ok(()),
            None => Err(Raise::kind(format!("can only take an array apart with [...], got {}", x.kind().as_str()))),
        }
    }

    /// Error unless x can be taken apart as an object.
    pub(crate) fn check_object(&self, x: &Value) -> Result<(), Raise> {
        let x = Task::settled(x)?;
        match x.kind() {
            Kind::Object | Kind::Error => Ok(()),
            kind => Err(Raise::kind(format!("can only take an object apart with {{...}}, got {}", kind.as_str()))),
        }
    }

    /// Whether x is an array of a length that a pattern fits.
    pub(crate) fn test_array(&self, x: &Value, length: usize, at_least: bool) -> Result<bool, Raise> {
        let x = Task::settled(x)?;
        let fits = |array: &Array| if at_least { array.len() >= length } else { array.len() == length };
        Ok(x.as_array().is_some_and(fits))
    }

    /// Whether x has the member, null or not.
    pub(crate) fn has_key(&self, x: &Value, key: &str) -> Result<bool, Raise> {
        let x = Task::settled(x)?;
        Ok(match (x.as_object(), x.as_error()) {
            (Some(object), _) => object.has(key),
            (_, Some(_)) => ErrorValue::MEMBERS.contains(&key),
            _ => false,
        })
    }

    /// What `for … in` goes through, bare: an array, an object's keys, a string's characters.
    pub(crate) fn iterable(&mut self, x: &Value) -> Result<(Value, Conf), Raise> {
        let x = Task::settled(x)?;
        let conf = x.conf();
        let items = match x.kind() {
            Kind::Array => return Ok((x.bare(), conf)),
            Kind::Object => {
                let keys = x.as_object().into_iter().flat_map(Object::keys);
                Value::array(keys.map(|key| Value::from(key.clone())).collect())
            }
            Kind::String => {
                let text = x.as_str().map_or("", Str::as_str);
                self.reserve(text.len() * 64)?;
                let mut buffer = [0; 4];
                Value::array(text.chars().map(|c| self.text(c.encode_utf8(&mut buffer))).collect())
            }
            kind => {
                return Err(Raise::kind(format!(
                    "for … in goes through arrays, objects and strings, got {}",
                    kind.as_str()
                )));
            }
        };
        Ok((items, conf))
    }
}
