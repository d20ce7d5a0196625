//! Values written as JSON text, as JavaScript does it.

use prism_vm::raise::Raise;
use prism_vm::runtime::{BoundedText, Runtime, TEXT_STEP};
use prism_vm::value::heap::{Charge, Ref};
use prism_vm::value::{Agent, Kind, Object, Str, Task, Value, format_number};

/// The text; an empty indent puts all on one line.
///
/// # Errors
/// Where a member is a task that still runs or has failed, and when the run's limits are reached.
pub fn write(runtime: &mut Runtime, value: &Value, indent: &str) -> Result<String, Raise> {
    let held = runtime.hold(0)?;
    let mut writer = Writer { runtime, indent, text: BoundedText::default(), open: Vec::new(), held, paid: 0 };
    writer.begin(value)?;
    while let Some((key, part)) = writer.next_part()? {
        writer.part(key.as_deref(), &part)?;
    }
    writer.pay()?;
    Ok(writer.text.into_text())
}

/// A value to write, with its key in an object.
type Part = (Option<Ref<Str>>, Value);

struct Writer<'a> {
    runtime: &'a mut Runtime,
    indent: &'a str,
    text: BoundedText,
    /// Arrays and objects whose end has not been written, innermost last: nesting takes no stack.
    open: Vec<Open>,
    held: Charge,
    /// How much of the text fuel has been taken for.
    paid: usize,
}

struct Open {
    container: Value,
    /// The place of the part that comes next.
    next: usize,
    is_empty: bool,
}

impl Writer<'_> {
    /// Writes a value, of an array or object the bracket that opens it.
    fn begin(&mut self, value: &Value) -> Result<(), Raise> {
        self.runtime.take_fuel(1)?;
        self.pay()?;
        let value = Task::settled(value)?;
        match value.kind() {
            Kind::Null | Kind::Function | Kind::Task => self.text.push("null"),
            Kind::Boolean => self.text.push(if value.is_truthy() { "true" } else { "false" }),
            Kind::Number => match value.as_number().filter(|number| number.is_finite()) {
                Some(number) => self.text.push(&format_number(number)),
                None => self.text.push("null"),
            },
            Kind::String => quote(value.as_str().map_or("", |text| text.as_str()), &mut self.text),
            Kind::Error => quote(value.as_error().map_or("", |error| error.message.as_str()), &mut self.text),
            Kind::Array => self.open("[", value),
            Kind::Object => self.open("{", value),
            Kind::Agent => {
                let members = value.as_agent().map(described).unwrap_or_default();
                let object = self.runtime.object(members);
                self.open("{", object)
            }
        }
    }

    /// Takes fuel for the text that was written since the last time; what is less than a step is left to the next.
    fn pay(&mut self) -> Result<(), Raise> {
        let steps = (self.text.as_str().len() - self.paid) / TEXT_STEP;
        self.paid += steps * TEXT_STEP;
        self.runtime.take_fuel(steps as u64)
    }

    fn open(&mut self, bracket: &str, container: Value) -> Result<(), Raise> {
        self.text.push(bracket)?;
        if self.open.len() == self.open.capacity() {
            self.runtime.hold_more(&mut self.held, (2 * self.open.len()).max(4) * size_of::<Open>())?;
        }
        self.open.push(Open { container, next: 0, is_empty: true });
        Ok(())
    }

    /// The next part of what is open, in an object with its key. What ends is closed.
    fn next_part(&mut self) -> Result<Option<Part>, Raise> {
        while let Some(innermost) = self.open.last_mut() {
            let at = innermost.next;
            innermost.next += 1;
            let is_empty = innermost.is_empty;
            let (part, close) = match (innermost.container.as_array(), innermost.container.as_object()) {
                (Some(array), _) => (array.get(at).map(|item| (None, item.clone())), "]"),
                (_, Some(object)) => {
                    (object.key_at(at).zip(object.at(at)).map(|(key, value)| (Some(key.clone()), value.clone())), "}")
                }
                _ => (None, ""),
            };
            match part {
                // JSON has no functions; in an array null stands for one.
                Some((Some(_), value)) if value.kind() == Kind::Function => {}
                Some(part) => {
                    innermost.is_empty = false;
                    if !is_empty {
                        self.text.push(",")?;
                    }
                    self.line()?;
                    return Ok(Some(part));
                }
                None => {
                    self.open.pop();
                    if !is_empty {
                        self.line()?;
                    }
                    self.text.push(close)?;
                }
            }
        }
        Ok(None)
    }

    fn part(&mut self, key: Option<&Str>, value: &Value) -> Result<(), Raise> {
        if let Some(key) = key {
            quote(key.as_str(), &mut self.text)?;
            self.text.push(if self.indent.is_empty() { ":" } else { ": " })?;
        }
        self.begin(value)
    }

    /// A new line, as far in as there is open.
    fn line(&mut self) -> Result<(), Raise> {
        if self.indent.is_empty() {
            return Ok(());
        }
        self.text.push("\n")?;
        (0..self.open.len()).try_for_each(|_| self.text.push(self.indent))
    }
}

/// An agent as JSON has it: what the registry said of it.
pub fn described(agent: &Agent) -> Vec<(&str, Value)> {
    let own = ["id", "name", "capabilities"].map(|key| (key, agent.member(key).unwrap_or_default()));
    let metadata = agent.metadata.as_object().into_iter().flat_map(Object::iter);
    own.into_iter().chain(metadata.map(|(key, value)| (key.as_str(), value.clone()))).collect()
}

fn quote(text: &str, into: &mut BoundedText) -> Result<(), Raise> {
    into.push("\"")?;
    let mut rest = text;
    while let Some(at) = rest.find(|c| c < ' ' || c == '"' || c == '\\') {
        let (plain, special) = rest.split_at(at);
        into.push(plain)?;
        let mut chars = special.chars();
        match chars.next().unwrap_or_default() {
            '"' => into.push("\\\""),
            '\\' => into.push("\\\\"),
            '\n' => into.push("\\n"),
            '\r' => into.push("\\r"),
            '\t' => into.push("\\t"),
            '\u{8}' => into.push("\\b"),
            '\u{c}' => into.push("\\f"),
            control => into.push(&format!("\\u{:04x}", u32::from(control))),
        }?;
        rest = chars.as_str();
    }
    into.push(rest)?;
    into.push("\"")
}

#[cfg(test)]
mod tests {
    use super::{BoundedText, quote};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn quoted_texts_are_read_back(text in any::<String>()) {
            let mut quoted = BoundedText::default();
            prop_assert!(quote(&text, &mut quoted).is_ok());
            prop_assert_eq!(serde_json::from_str::<String>(quoted.as_str()).ok(), Some(text));
        }
    }
}
