//! How values are shown (§2).

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

    fn write_value(&self, value: &Value, style: ConfidenceStyle, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match value.kind() {
            Kind::Null => f.write_str("null")?,
            Kind::Boolean => f.write_str(if value.is_truthy() { "true" } else { "false" })?,
            Kind::Number => f.write_str(&format_number(value.as_number().unwrap_or(f64::NAN)))?,
            Kind::String => f.write_str(value.as_str().map_or("", |text| text.as_str()))?,
            Kind::Array => self.write_array(value, f)?,
            Kind::Object => self.write_object(value, f)?,
            Kind::Function => {
                let name = self.names.and_then(|names| names(value));
                write!(f, "[Function: {}]", name.as_deref().unwrap_or("lambda"))?;
            }
            Kind::Agent => write!(f, "[Agent: {}]", value.as_agent().map_or("", |agent| &agent.id))?,
            Kind::Task => f.write_str("[Task]")?,
            Kind::Error => f.write_str(value.as_error().map_or("", |error| error.message.as_str()))?,
        }
        match (style, value.confidence()) {
            (ConfidenceStyle::Percent, Some(confidence)) => write!(f, " (~{}%)", fixed(confidence * 100.0, 1)),
            (ConfidenceStyle::Arrow, Some(confidence)) => write!(f, " ~> {}", fixed(confidence, 2)),
            _ => Ok(()),
        }
    }

    fn write_array(&self, value: &Value, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_char('[')?;
        for (at, item) in value.as_array().into_iter().flat_map(|array| array.iter()).enumerate() {
            if at > 0 {
                f.write_str(", ")?;
            }
            self.write_inside(item, f)?;
        }
        f.write_char(']')
    }

    fn write_object(&self, value: &Value, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(object) = value.as_object().filter(|object| !object.is_empty()) else {
            return f.write_str("{}");
        };
        f.write_str("{ ")?;
        for (at, (key, member)) in object.iter().enumerate() {
            if at > 0 {
                f.write_str(", ")?;
            }
            write!(f, "{}: ", key.as_str())?;
            self.write_inside(member, f)?;
        }
        f.write_str(" }")
    }

    fn write_inside(&self, value: &Value, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        stacker::maybe_grow(64 << 10, 1 << 20, || self.write_value(value, ConfidenceStyle::Percent, f))
    }
}

impl fmt::Display for Displayed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write_value(self.value, self.style, f)
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
