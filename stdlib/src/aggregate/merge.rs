//! `merge`.

use super::entry::{Entries, Entry};
use super::options::Options;
use super::{number, result};
use crate::arguments::Given;
use crate::distinct::{Distinct, weight};
use prism_confidence::Rule;
use prism_vm::limits::Stop;
use prism_vm::native::Native;
use prism_vm::raise::Raise;
use prism_vm::runtime::Runtime;
use prism_vm::value::heap::{Ref, deeper};
use prism_vm::value::{Counted, Kind, Object, Str, Task, Value, same};
use std::collections::HashMap;

/// How values of several sources become one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Method {
    /// Objects key by key, arrays joined, else the surest.
    Deep,
    /// Objects key by key, each the surest; else the surest.
    Shallow,
    /// Objects key by key, all else joined.
    Concat,
    /// The same, of equal items the first.
    Union,
    /// The surest: what `Shallow` does to members.
    Surest,
}

const METHODS: [(&str, Method); 4] =
    [("deep", Method::Deep), ("shallow", Method::Shallow), ("concat", Method::Concat), ("union", Method::Union)];

impl Method {
    /// What it does to the members of objects.
    fn inside(self) -> Method {
        if self == Method::Shallow { Method::Surest } else { self }
    }

    fn joins_all(self) -> bool {
        matches!(self, Method::Concat | Method::Union)
    }
}

pub fn merge(native: &mut Native) -> Given {
    let options = Options::read(native, 1, &["method", "deduplicate"])?;
    let method = options.word("method", &METHODS)?.unwrap_or(Method::Deep);
    let deduplicate = options.truth("deduplicate")?.unwrap_or(method == Method::Union);
    let entries = Entries::read(native)?;
    let source = |entry: &Entry| Ok(Source { value: entry.value.clone(), confidence: entry.confidence() });
    let sources = Counted::read(&entries.said, source)?;
    let (merged, confidence) = if sources.is_empty() {
        let nothing = if method.joins_all() { Value::array(Vec::new()) } else { native.runtime.object::<&str>([]) };
        (nothing, 0.0)
    } else {
        let least = sources.iter().map(|source| source.confidence).fold(1.0, f64::min);
        (Merger { runtime: native.runtime, deduplicate }.merged(&sources, method)?, least)
    };
    let fields = vec![
        ("result", merged),
        ("confidence", Value::number(confidence)),
        ("total", number(entries.said.len())),
        ("abstained", number(entries.abstained)),
    ];
    Ok(result(native, confidence, &entries.confs()?, fields))
}

/// What one source has in one place, never null, and how sure the source is as a whole.
struct Source {
    value: Value,
    confidence: f64,
}

struct Merger<'r> {
    runtime: &'r mut Runtime,
    deduplicate: bool,
}

impl Merger<'_> {
    /// What the sources, at least one, come to.
    fn merged(&mut self, sources: &[Source], method: Method) -> Given {
        self.runtime.take_fuel(sources.len() as u64)?;
        let all = |kind| sources.iter().all(|source| source.value.kind() == kind);
        if method != Method::Surest && all(Kind::Object) {
            deeper(|| self.by_keys(sources, method.inside())).unwrap_or(Err(Raise::Stop(Stop::Memory)))
        } else if method.joins_all() || (method == Method::Deep && all(Kind::Array)) {
            self.joined(sources)
        } else {
            Ok(surest(sources))
        }
    }

    fn by_keys(&mut self, sources: &[Source], method: Method) -> Given {
        /// What a member of a source takes here: its place in the table, in the list, and in what was said of it.
        const EACH: usize =
            2 * size_of::<(&str, usize, u64)>() + size_of::<(&Ref<Str>, Vec<Source>)>() * 2 + 4 * size_of::<Source>();
        let count: usize = sources.iter().filter_map(|source| source.value.as_object()).map(Object::len).sum();
        let _held = self.runtime.hold(count.saturating_mul(EACH))?;
        let mut places: HashMap<&str, usize> = HashMap::new();
        let mut members: Vec<(&Ref<Str>, Vec<Source>)> = Vec::new();
        for source in sources {
            let Some(object) = source.value.as_object() else { continue };
            self.runtime.take_fuel(object.len() as u64)?;
            for (key, member) in object.iter() {
                self.runtime.take_text(key.as_str())?;
                let place = *places.entry(key.as_str()).or_insert_with(|| {
                    members.push((key, Vec::new()));
                    members.len() - 1
                });
                let value = Task::settled(member)?;
                if let Some((_, said)) = members.get_mut(place).filter(|_| !value.is_null()) {
                    said.push(Source { value: part(value, &source.value), confidence: source.confidence });
                }
            }
        }
        let mut object = self.runtime.empty_object();
        for (key, said) in members {
            let value = if said.is_empty() { Value::NULL } else { self.merged(&said, method)? };
            object.set(key, value);
        }
        Ok(Value::from(Ref::new(object)))
    }

    /// The elements of arrays, and other values as they are, in one array.
    fn joined(&mut self, sources: &[Source]) -> Given {
        let size = |source: &Source| source.value.as_array().map_or(1, |array| array.len());
        let count: usize = sources.iter().map(size).sum();
        self.runtime.reserve(count.saturating_mul(size_of::<Value>()))?;
        let mut items = Counted::with_capacity(count)?;
        for source in sources {
            match source.value.as_array() {
                Some(array) => {
                    self.runtime.take_fuel(array.len() as u64)?;
                    array.iter().for_each(|item| items.push(part(item.clone(), &source.value)));
                }
                None => items.push(source.value.clone()),
            }
        }
        if !self.deduplicate {
            return Ok(Value::array(items.into_items()));
        }
        let mut distinct = Distinct::new(same);
        for item in &items {
            let item = Task::settled(item)?;
            self.runtime.take_fuel(weight(&item) as u64)?;
            distinct.add(&item);
        }
        Ok(Value::array(distinct.into_values()))
    }
}

/// A part of a value that may be confident itself.
fn part(value: Value, container: &Value) -> Value {
    let conf = value.conf().times(container.conf(), Rule::Part);
    value.with_conf(conf)
}

/// What the surest source has, of equals the first.
fn surest(sources: &[Source]) -> Value {
    let surer = |best: Option<&Source>, new: &Source| best.is_none_or(|best| new.confidence > best.confidence);
    let best = sources.iter().fold(None, |best, new| if surer(best, new) { Some(new) } else { best });
    best.map(|source| source.value.clone()).unwrap_or_default()
}
