//! How values are shown (§2).

use super::heap::Charge;
use super::{Kind, Value};
use std::fmt::{self, Write};

/// How an outer confidence is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConfidenceStyle {
    /// Not at all.
    Bare,
    /// `42 (~90.0%)`: displays.
    Percent,
    /// `42 ~> 0.90`: what `print` does to an argument.
    Arrow,
}

/// Gives functions the names that they are shown by.
type Names<'a> = &'a dyn Fn(&Value) -> Option<String>;

/// A value as text.
pub struct Displayed<'a> {
    value: &'a Value,
    style: ConfidenceStyle,
    names: Option<Names<'a>>,
}

impl<'a> Displayed<'a> {
    /// Its display, with the confidence as a percentage.
    pub fn new(value: &'a Value) -> Self {
        Displayed { value, style: ConfidenceStyle::Percent, names: None }
    }

    /// Without the outer confidence.
    pub fn bare(self) -> Self {
        Displayed { style: ConfidenceStyle::Bare, ..self }
    }

    /// As `print` shows an argument.
    pub fn printed(self) -> Self {
        Displayed { style: ConfidenceStyle::Arrow, ..self }
    }

    /// Functions are shown by the names that `names` gives them.
    pub fn with_names(self, names: Names<'a>) -> Self {
        Displayed { names: Some(names), ..self }
    }

    /// Writes a value's own text; gives what it opens, if it has parts.
    fn begin(
        &self,
        value: &'a Value,
        style: ConfidenceStyle,
        f: &mut fmt::Formatter<'_>,
    ) -> Result<Option<Open<'a>>, fmt::Error> {
        match value.kind() {
            Kind::Null => f.write_str("null")?,
            Kind::Boolean => f.write_str(if value.is_truthy() { "true" } else { "false" })?,
            Kind::Number => f.write_str(&format_number(value.as_number().unwrap_or(f64::NAN)))?,
            Kind::String => f.write_str(value.as_str().map_or("", |text| text.as_str()))?,
            Kind::Array => {
                f.write_char('[')?;
                return Ok(Some(Open { value, style, next: 0 }));
            }
            Kind::Object if value.as_object().is_some_and(|object| !object.is_empty()) => {
                f.write_str("{ ")?;
                return Ok(Some(Open { value, style, next: 0 }));
            }
            Kind::Object => f.write_str("{}")?,
            Kind::Function => {
                let name = self.names.and_then(|names| names(value));
                write!(f, "[Function: {}]", name.as_deref().unwrap_or("lambda"))?;
            }
            Kind::Agent => write!(f, "[Agent: {}]", value.as_agent().map_or("", |agent| &agent.id))?,
            Kind::Task => f.write_str("[Task]")?,
            Kind::Error => f.write_str(value.as_error().map_or("", |error| error.message.as_str()))?,
        }
        write_confidence(value, style, f)?;
        Ok(None)
    }
}

/// An array or object whose end has not been written.
struct Open<'a> {
    value: &'a Value,
    style: ConfidenceStyle,
    /// The place of the part that comes next.
    next: usize,
}

impl<'a> Open<'a> {
    /// The next part, with its separator and key written; at the end `None`, with the closing bracket.
    fn step(&mut self, f: &mut fmt::Formatter<'_>) -> Result<Option<&'a Value>, fmt::Error> {
        let at = self.next;
        self.next += 1;
        let part = match (self.value.as_array(), self.value.as_object()) {
            (Some(array), _) => array.get(at),
            (_, Some(object)) => object.at(at),
            _ => None,
        };
        let key = self.value.as_object().map(|object| object.key_at(at));
        if part.is_some() && at > 0 {
            f.write_str(", ")?;
        }
        match (part, key) {
            (Some(_), Some(Some(key))) => write!(f, "{}: ", key.as_str())?,
            (Some(_), _) => {}
            (None, None) => f.write_char(']')?,
            (None, Some(_)) => f.write_str(" }")?,
        }
        if part.is_none() {
            write_confidence(self.value, self.style, f)?;
        }
        Ok(part)
    }
}

fn write_confidence(value: &Value, style: ConfidenceStyle, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match (style, value.confidence()) {
        (ConfidenceStyle::Percent, Some(confidence)) => write!(f, " (~{}%)", fixed(confidence * 100.0, 1)),
        (ConfidenceStyle::Arrow, Some(confidence)) => write!(f, " ~> {}", fixed(confidence, 2)),
        _ => Ok(()),
    }
}

/// Nesting takes no stack: what is open stands in a list, which counts as the run's memory.
impl fmt::Display for Displayed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (mut open, mut charge) = (Vec::new(), Charge::default());
        open.extend(self.begin(self.value, self.style, f)?);
        while let Some(innermost) = open.last_mut() {
            match innermost.step(f)? {
                Some(part) => {
                    let inner = self.begin(part, ConfidenceStyle::Percent, f)?;
                    if open.len() == open.capacity() && !charge.grow(2 * open.len() * size_of::<Open<'_>>()) {
                        return Err(fmt::Error);
                    }
                    open.extend(inner);
                }
                None => {
                    open.pop();
                }
            }
        }
        Ok(())
    }
}

/// A number as JavaScript prints it.
pub fn format_number(number: f64) -> String {
    ryu_js::Buffer::new().format(number).to_owned()
}

/// As JavaScript's `toFixed`, for numbers below 1e21.
fn fixed(number: f64, digits: u8) -> String {
    ryu_js::Buffer::new().format_to_fixed(number, digits).to_owned()
}
