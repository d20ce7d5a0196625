//! Values written as JSON text, as JavaScript does it.

use prism_vm::raise::Raise;
use prism_vm::runtime::Runtime;
use prism_vm::value::{Agent, Kind, Object, Task, Value, format_number};

/// The text; an empty indent puts all on one line.
///
/// # Errors
/// Where a member is a task that still runs or has failed, and when the run's limits are reached.
pub fn write(runtime: &mut Runtime, value: &Value, indent: &str) -> Result<String, Raise> {
    let mut writer = Writer { runtime, indent, text: String::new(), level: 0, paid: 0 };
    writer.value(value)?;
    Ok(writer.text)
}

struct Writer<'a> {
    runtime: &'a mut Runtime,
    indent: &'a str,
    text: String,
    level: usize,
    /// How much of the text fuel has been taken for.
    paid: usize,
}

impl Writer<'_> {
    fn value(&mut self, value: &Value) -> Result<(), Raise> {
        self.runtime.check_room(self.text.len())?;
        self.runtime.take_fuel(1 + (self.text.len() - self.paid) as u64 / 64)?;
        self.paid = self.text.len();
        let value = Task::settled(value)?;
        match value.kind() {
            Kind::Null | Kind::Function | Kind::Task => self.text.push_str("null"),
            Kind::Boolean => self.text.push_str(if value.is_truthy() { "true" } else { "false" }),
            Kind::Number => match value.as_number().filter(|number| number.is_finite()) {
                Some(number) => self.text.push_str(&format_number(number)),
                None => self.text.push_str("null"),
            },
            Kind::String => quote(value.as_str().map_or("", |text| text.as_str()), &mut self.text),
            Kind::Error => quote(value.as_error().map_or("", |error| error.message.as_str()), &mut self.text),
            Kind::Array => {
                let items = value.as_array().map_or(&[][..], |array| array);
                self.container('[', ']', items.iter().map(|item| (None, item)))?;
            }
            Kind::Object => self.container('{', '}', members(value.as_object()))?,
            Kind::Agent => {
                let agent = value.as_agent().map(described).unwrap_or_default();
                self.container('{', '}', agent.iter().map(|(key, member)| (Some(*key), member)))?;
            }
        }
        Ok(())
    }

    fn container<'v>(
        &mut self,
        open: char,
        close: char,
        parts: impl Iterator<Item = (Option<&'v str>, &'v Value)>,
    ) -> Result<(), Raise> {
        self.text.push(open);
        self.level += 1;
        let mut empty = true;
        for (key, part) in parts {
            if !empty {
                self.text.push(',');
            }
            empty = false;
            self.line();
            if let Some(key) = key {
                quote(key, &mut self.text);
                self.text.push_str(if self.indent.is_empty() { ":" } else { ": " });
            }
            stacker::maybe_grow(64 << 10, 1 << 20, || self.value(part))?;
        }
        self.level -= 1;
        if !empty {
            self.line();
        }
        self.text.push(close);
        Ok(())
    }

    fn line(&mut self) {
        if !self.indent.is_empty() {
            self.text.push('\n');
            (0..self.level).for_each(|_| self.text.push_str(self.indent));
        }
    }
}

/// The members that JSON has: all but functions.
fn members(object: Option<&Object>) -> impl Iterator<Item = (Option<&str>, &Value)> {
    let all = object.into_iter().flat_map(Object::iter);
    all.filter(|(_, value)| value.kind() != Kind::Function).map(|(key, value)| (Some(key.as_str()), value))
}

/// An agent as JSON has it: what the registry said of it.
pub fn described(agent: &Agent) -> Vec<(&str, Value)> {
    let own = ["id", "name", "capabilities"].map(|key| (key, agent.member(key).unwrap_or_default()));
    let metadata = agent.metadata.as_object().into_iter().flat_map(Object::iter);
    own.into_iter().chain(metadata.map(|(key, value)| (key.as_str(), value.clone()))).collect()
}

fn quote(text: &str, into: &mut String) {
    into.push('"');
    for c in text.chars() {
        match c {
            '"' => into.push_str("\\\""),
            '\\' => into.push_str("\\\\"),
            '\n' => into.push_str("\\n"),
            '\r' => into.push_str("\\r"),
            '\t' => into.push_str("\\t"),
            '\u{8}' => into.push_str("\\b"),
            '\u{c}' => into.push_str("\\f"),
            c if c < ' ' => into.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => into.push(c),
        }
    }
    into.push('"');
}

#[cfg(test)]
mod tests {
    use super::quote;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn quoted_texts_are_read_back(text in any::<String>()) {
            let mut quoted = String::new();
            quote(&text, &mut quoted);
            prop_assert_eq!(serde_json::from_str::<String>(&quoted).ok(), Some(text));
        }
    }
}
