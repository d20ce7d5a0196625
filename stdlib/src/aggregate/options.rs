//! The options of the aggregates. A misspelt gate must not stand open, so whatever is not understood is an error that
//! names it.

use prism_vm::native::Native;
use prism_vm::raise::{Raise, brief};
use prism_vm::value::{Kind, Str, Value, format_number};

/// The options that were given; null is not given.
#[derive(Debug)]
pub struct Options {
    /// Whose they are, for messages.
    owner: String,
    given: Vec<(String, Value)>,
}

impl Options {
    /// Reads the options in an argument; `known` is their names.
    ///
    /// # Errors
    /// If there is another, or if one is a task that still runs or has failed.
    pub fn read(native: &Native, argument: usize, known: &[&str]) -> Result<Options, Raise> {
        Self::of(native, native.name(), native.argument(argument), known)
    }

    /// Reads the options in an object, or none in null; errors begin with `owner`.
    ///
    /// # Errors
    /// As [`Options::read`], and if the value is something else.
    pub fn of(native: &Native, owner: impl Into<String>, value: &Value, known: &[&str]) -> Result<Options, Raise> {
        let mut options = Options { owner: owner.into(), given: Vec::new() };
        let value = native.settled(value)?;
        let Some(object) = value.as_object() else {
            let kind = value.kind();
            return if kind == Kind::Null {
                Ok(options)
            } else {
                Err(options.wrong_kind("options", Kind::Object, kind))
            };
        };
        for (key, option) in object.iter() {
            if !known.contains(&key.as_str()) {
                let text = format!("unknown option `{}`; there are {}", brief(key.as_str()), known.join(", "));
                return Err(options.out_of_range(text));
            }
            let option = native.settled(option)?;
            if !option.is_null() {
                options.given.push((key.as_str().to_owned(), option));
            }
        }
        Ok(options)
    }

    /// The error of an option whose value can't be used.
    pub fn out_of_range(&self, text: impl std::fmt::Display) -> Raise {
        Raise::range(format!("{}: {text}", self.owner))
    }

    fn wrong_kind(&self, name: &str, wanted: Kind, found: Kind) -> Raise {
        Raise::kind(format!("{}: {name} must be of type {}, got {}", self.owner, wanted.as_str(), found.as_str()))
    }

    /// The option of that name.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.given.iter().find(|(own, _)| own == name).map(|(_, value)| value)
    }

    /// The option of that name, which must be of a kind.
    ///
    /// # Errors
    /// If it is of another.
    pub fn of_kind(&self, name: &str, kind: Kind) -> Result<Option<&Value>, Raise> {
        match self.get(name) {
            Some(value) if value.kind() != kind => Err(self.wrong_kind(&format!("`{name}`"), kind, value.kind())),
            found => Ok(found),
        }
    }

    /// A text.
    ///
    /// # Errors
    /// If it is none.
    pub fn text(&self, name: &str) -> Result<Option<&str>, Raise> {
        Ok(self.of_kind(name, Kind::String)?.and_then(Value::as_str).map(Str::as_str))
    }

    /// A boolean.
    ///
    /// # Errors
    /// If it is none.
    pub fn truth(&self, name: &str) -> Result<Option<bool>, Raise> {
        Ok(self.of_kind(name, Kind::Boolean)?.and_then(Value::as_boolean))
    }

    /// A number, not NaN.
    ///
    /// # Errors
    /// If it is none.
    pub fn number(&self, name: &str) -> Result<Option<f64>, Raise> {
        match self.of_kind(name, Kind::Number)?.and_then(Value::as_number) {
            Some(number) if number.is_nan() => {
                Err(self.out_of_range(format_args!("`{name}` must be a number, got NaN")))
            }
            found => Ok(found),
        }
    }

    /// A confidence: a number in 0…1.
    ///
    /// # Errors
    /// If it is none.
    pub fn confidence(&self, name: &str) -> Result<Option<f64>, Raise> {
        match self.number(name)? {
            Some(number) if !(0.0..=1.0).contains(&number) => {
                Err(self.out_of_range(format_args!("`{name}` must be between 0 and 1, got {}", format_number(number))))
            }
            found => Ok(found),
        }
    }

    /// What the word means that the option is.
    ///
    /// # Errors
    /// If it is none of `words`.
    pub fn word<W: Copy>(&self, name: &str, words: &[(&str, W)]) -> Result<Option<W>, Raise> {
        let Some(text) = self.text(name)? else { return Ok(None) };
        if let Some((_, meaning)) = words.iter().find(|(word, _)| *word == text) {
            return Ok(Some(*meaning));
        }
        let known: Vec<_> = words.iter().map(|(word, _)| *word).collect();
        Err(self.out_of_range(format_args!("`{name}` must be one of {}, got `{}`", known.join(", "), brief(text))))
    }
}
