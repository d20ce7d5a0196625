//! Types as the checker shows them, read back and held against values.

use prism_vm::value::{Kind, Value};

/// A type as it is shown.
#[derive(Clone, Debug, PartialEq)]
pub enum Shown {
    /// Anything.
    Any,
    /// A kind of values, nothing more being known.
    Kind(Kind),
    /// One string, number or boolean.
    String(String),
    /// One number.
    Number(f64),
    /// One boolean.
    Boolean(bool),
    /// An array of these.
    Array(Box<Shown>),
    /// An object of just these members: name, whether it may be missing, type.
    Shape(Vec<(String, bool, Shown)>),
    /// Any of these; of none, no value at all.
    Union(Vec<Shown>),
}

impl Shown {
    /// Reads a type; `None` where it is written in no way that is known here.
    pub fn read(text: &str) -> Option<Shown> {
        let mut reader = Reader { rest: text };
        let shown = reader.union()?;
        reader.rest.is_empty().then_some(shown)
    }

    /// Whether it is one that nothing can be held against.
    pub fn is_any(&self) -> bool {
        match self {
            Shown::Any => true,
            Shown::Union(members) => members.iter().any(Shown::is_any),
            _ => false,
        }
    }

    /// Whether tasks are in it: to look at such a value would be to wait for it.
    pub fn has_tasks(&self) -> bool {
        match self {
            Shown::Kind(kind) => *kind == Kind::Task,
            Shown::Array(element) => element.has_tasks(),
            Shown::Shape(members) => members.iter().any(|(.., member)| member.has_tasks()),
            Shown::Union(members) => members.iter().any(Shown::has_tasks),
            _ => false,
        }
    }

    /// Whether an annotation can say it: functions are shown by what they take, and what is never there by a word of its
    /// own.
    pub fn can_be_written(&self) -> bool {
        match self {
            Shown::Any => false,
            Shown::Kind(kind) => !matches!(kind, Kind::Function | Kind::Task),
            Shown::Array(element) => element.can_be_written(),
            Shown::Shape(members) => members.iter().all(|(.., member)| member.can_be_written()),
            Shown::Union(members) => !members.is_empty() && members.iter().all(Shown::can_be_written),
            Shown::String(_) | Shown::Number(_) | Shown::Boolean(_) => true,
        }
    }

    /// Whether a value is of this type.
    pub fn fits(&self, value: &Value) -> bool {
        match self {
            Shown::Any => true,
            // A namespace of the library is called an object where it is no function.
            Shown::Kind(Kind::Object) => value.as_object().is_some() || value.as_library().is_some(),
            Shown::Kind(kind) => value.kind() == *kind,
            Shown::String(text) => value.as_str().is_some_and(|found| found.as_str() == text),
            Shown::Number(number) => value.as_number().is_some_and(|found| found == *number),
            Shown::Boolean(truth) => value.as_boolean() == Some(*truth),
            Shown::Array(element) => value.as_array().is_some_and(|items| items.iter().all(|item| element.fits(item))),
            Shown::Shape(members) => value.as_object().is_some_and(|object| {
                let known = |key: &str| members.iter().any(|(name, ..)| name == key);
                object.keys().all(|key| known(key.as_str()))
                    && members.iter().all(|(name, optional, ty)| match object.get(name) {
                        Some(member) => ty.fits(member),
                        None => *optional,
                    })
            }),
            Shown::Union(members) => members.iter().any(|member| member.fits(value)),
        }
    }
}

struct Reader<'t> {
    rest: &'t str,
}

impl<'t> Reader<'t> {
    fn eat(&mut self, text: &str) -> bool {
        let rest = self.rest.strip_prefix(text);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn union(&mut self) -> Option<Shown> {
        let mut members = vec![self.one()?];
        while self.eat(" | ") {
            members.push(self.one()?);
        }
        Some(if members.len() == 1 { members.remove(0) } else { Shown::Union(members) })
    }

    fn one(&mut self) -> Option<Shown> {
        if self.rest.starts_with('"') {
            return self.quoted().map(Shown::String);
        }
        if self.rest.starts_with('(') {
            return self.function();
        }
        if self.eat("{") {
            return self.shape();
        }
        let word = self.word();
        if word == "array" && self.eat("<") {
            let element = self.union()?;
            return self.eat(">").then(|| Shown::Array(Box::new(element)));
        }
        if word == "task" && self.eat("<") {
            self.union()?;
            return self.eat(">").then_some(Shown::Kind(Kind::Task));
        }
        match word {
            "any" => Some(Shown::Any),
            "never" => Some(Shown::Union(Vec::new())),
            "true" => Some(Shown::Boolean(true)),
            "false" => Some(Shown::Boolean(false)),
            _ => Kind::named(word).map(Shown::Kind).or_else(|| word.parse().ok().map(Shown::Number)),
        }
    }

    /// `(A, ...B?) -> R`, or a function in parentheses.
    fn function(&mut self) -> Option<Shown> {
        self.eat("(");
        let mut only = None;
        while !self.eat(")") {
            self.eat("...");
            let one = self.union()?;
            self.eat("?");
            self.eat(", ");
            only = Some(one);
        }
        if self.eat(" -> ") {
            self.union()?;
            return Some(Shown::Kind(Kind::Function));
        }
        only
    }

    fn shape(&mut self) -> Option<Shown> {
        let mut members = Vec::new();
        while !self.eat("}") {
            let name = if self.rest.starts_with('"') { self.quoted()? } else { self.word().to_owned() };
            let optional = self.eat("?");
            if !self.eat(": ") {
                return None;
            }
            members.push((name, optional, self.union()?));
            self.eat(", ");
        }
        Some(Shown::Shape(members))
    }

    fn word(&mut self) -> &'t str {
        let end = self.rest.find(|c: char| !c.is_alphanumeric() && !"_.-+".contains(c)).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest;
        word
    }

    fn quoted(&mut self) -> Option<String> {
        let mut stream = serde_json::Deserializer::from_str(self.rest).into_iter::<String>();
        let text = stream.next()?.ok()?;
        self.rest = self.rest.get(stream.byte_offset()..)?;
        Some(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shown_types_are_read() {
        let read = |text: &str| Shown::read(text).unwrap_or_else(|| panic!("{text}"));
        assert_eq!(read("number | null"), Shown::Union(vec![Shown::Kind(Kind::Number), Shown::Kind(Kind::Null)]));
        assert_eq!(read("array<\"a\" | 1>"), Shown::Array(Box::new(read("\"a\" | 1"))));
        assert_eq!(
            read("{a: any, \"b c\"?: array<never>}"),
            Shown::Shape(vec![("a".into(), false, Shown::Any), ("b c".into(), true, read("array<never>"))])
        );
        assert_eq!(read("(number, ...any, string?) -> {a: number}"), Shown::Kind(Kind::Function));
        assert_eq!(read("((any) -> null) | null"), read("function | null"));
        assert_eq!(Shown::read("number, string"), None);
    }
}
