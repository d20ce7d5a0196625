//! JSON text read into values. Nothing recurses, so nesting is bounded by memory alone; numbers too large for a double
//! are infinite, as in JavaScript.

use prism_vm::limits::Stop;
use prism_vm::raise::Raise;
use prism_vm::runtime::Runtime;
use prism_vm::value::heap::{Ref, footprint, has_room};
use prism_vm::value::{Array, Object, Str, Value};

/// Why a text gave no value.
#[derive(Debug)]
pub enum Fault {
    /// It is no JSON; line and column are counted from 1, columns in characters.
    Malformed { message: String, line: usize, column: usize },
    /// The run may not go on.
    Raised(Raise),
}

impl From<Raise> for Fault {
    fn from(raise: Raise) -> Self {
        Fault::Raised(raise)
    }
}

/// The value that the text describes.
///
/// # Errors
/// If it is no JSON, or too much for the run's limits.
pub fn read(runtime: &mut Runtime, text: &str) -> Result<Value, Fault> {
    let mut reader = Reader { text, at: 0 };
    let mut open: Vec<Open> = Vec::new();
    let mut held = runtime.hold(0)?;
    'values: loop {
        runtime.take_fuel(1)?;
        if open.len() == open.capacity() {
            runtime.hold_more(&mut held, 2 * open.len() * size_of::<Open>())?;
        }
        let mut value = match reader.start()? {
            Start::Done(value) => value,
            Start::Array => {
                reader.skip_space();
                if !reader.eat(b']') {
                    open.push(Open::Array(Array::new(Vec::new())));
                    continue 'values;
                }
                Value::array(Vec::new())
            }
            Start::Object => {
                reader.skip_space();
                if !reader.eat(b'}') {
                    let key = reader.key()?;
                    open.push(Open::Object(runtime.empty_object(), key));
                    continue 'values;
                }
                Value::from(Ref::new(runtime.empty_object()))
            }
        };
        loop {
            reader.skip_space();
            let Some(container) = open.last_mut() else {
                return if reader.at == text.len() { Ok(value) } else { Err(reader.unexpected("the end")) };
            };
            match container {
                Open::Array(items) => {
                    items.push(value);
                    if reader.eat(b',') {
                        continue 'values;
                    }
                    reader.expect(b']', "`,` or `]`")?;
                }
                Open::Object(object, key) => {
                    object.set(key, value);
                    if reader.eat(b',') {
                        reader.skip_space();
                        *key = reader.key()?;
                        continue 'values;
                    }
                    reader.expect(b'}', "`,` or `}`")?;
                }
            }
            value = match open.pop() {
                Some(Open::Array(items)) => Value::from(Ref::new(items)),
                Some(Open::Object(object, _)) => Value::from(Ref::new(object)),
                None => Value::NULL,
            };
        }
    }
}

/// An array or object whose end has not been read; of an object also the key of the value that comes next.
enum Open {
    Array(Array),
    Object(Object, Ref<Str>),
}

/// What a value begins as.
enum Start {
    Done(Value),
    Array,
    Object,
}

struct Reader<'a> {
    text: &'a str,
    /// The byte that is read next; always the start of a character.
    at: usize,
}

impl Reader<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or("")
    }

    fn eat(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    fn expect(&mut self, byte: u8, what: &str) -> Result<(), Fault> {
        if self.eat(byte) { Ok(()) } else { Err(self.unexpected(what)) }
    }

    fn skip_space(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start_matches([' ', '\t', '\n', '\r']).len();
    }

    fn fault(&self, message: String) -> Fault {
        let before = self.text.get(..self.at).unwrap_or(self.text);
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let column = before.get(line_start..).map_or(0, |line| line.chars().count()) + 1;
        Fault::Malformed { message, line: before.matches('\n').count() + 1, column }
    }

    fn unexpected(&self, wanted: &str) -> Fault {
        match self.rest().chars().next() {
            Some(found) => self.fault(format!("expected {wanted}, found `{}`", found.escape_debug())),
            None => self.fault(format!("expected {wanted}, found the end")),
        }
    }

    fn start(&mut self) -> Result<Start, Fault> {
        self.skip_space();
        let words = [("null", Value::NULL), ("true", Value::TRUE), ("false", Value::FALSE)];
        if let Some((word, value)) = words.into_iter().find(|(word, _)| self.rest().starts_with(word)) {
            self.at += word.len();
            return Ok(Start::Done(value));
        }
        match self.peek() {
            Some(b'[') => {
                self.at += 1;
                Ok(Start::Array)
            }
            Some(b'{') => {
                self.at += 1;
                Ok(Start::Object)
            }
            Some(b'"') => Ok(Start::Done(Value::from(self.string()?))),
            Some(b'-' | b'0'..=b'9') => Ok(Start::Done(Value::number(self.number()?))),
            _ => Err(self.unexpected("a value")),
        }
    }

    /// A key and its colon.
    fn key(&mut self) -> Result<Ref<Str>, Fault> {
        if self.peek() != Some(b'"') {
            return Err(self.unexpected("a key in double quotes"));
        }
        let key = self.string()?;
        self.skip_space();
        self.expect(b':', "`:`")?;
        Ok(Ref::new(Str::new(key)))
    }

    fn digits(&mut self) -> Result<(), Fault> {
        let count = self.rest().bytes().take_while(u8::is_ascii_digit).count();
        self.at += count;
        if count == 0 { Err(self.unexpected("a digit")) } else { Ok(()) }
    }

    fn number(&mut self) -> Result<f64, Fault> {
        let start = self.at;
        self.eat(b'-');
        if !self.eat(b'0') {
            self.digits()?;
        }
        if self.eat(b'.') {
            self.digits()?;
        }
        if self.eat(b'e') || self.eat(b'E') {
            let _ = self.eat(b'+') || self.eat(b'-');
            self.digits()?;
        }
        // What JSON calls a number Rust can read.
        Ok(self.text.get(start..self.at).and_then(|text| text.parse().ok()).unwrap_or(f64::NAN))
    }

    fn string(&mut self) -> Result<String, Fault> {
        self.at += 1;
        let mut text = String::new();
        if !has_room(footprint(self.string_length())) {
            return Err(Fault::Raised(Raise::Stop(Stop::Memory)));
        }
        loop {
            let rest = self.rest();
            let plain = rest.find(|c: char| c == '"' || c == '\\' || c < ' ').unwrap_or(rest.len());
            if text.is_empty() {
                // All of it, unless an escape follows, which takes more in JSON than here.
                text.reserve_exact(if rest.as_bytes().get(plain) == Some(&b'\\') {
                    self.string_length()
                } else {
                    plain
                });
            }
            text.push_str(rest.get(..plain).unwrap_or(""));
            self.at += plain;
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(text);
                }
                Some(b'\\') => text.push(self.escape()?),
                Some(_) => return Err(self.unexpected("`\\n` and the like for control characters")),
                None => return Err(self.unexpected("a closing quote")),
            }
        }
    }

    /// The bytes up to the string's closing quote, or the text's end.
    fn string_length(&self) -> usize {
        let mut escaped = false;
        let is_end = |byte: u8| {
            let ends = byte == b'"' && !escaped;
            escaped = byte == b'\\' && !escaped;
            ends
        };
        let rest = self.rest();
        rest.bytes().position(is_end).unwrap_or(rest.len())
    }

    fn escape(&mut self) -> Result<char, Fault> {
        let start = self.at;
        self.at += 1;
        let plain = match self.peek() {
            Some(c @ (b'"' | b'\\' | b'/')) => char::from(c),
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => {
                self.at += 1;
                return self.unicode(start);
            }
            _ => return Err(self.unexpected("an escape that JSON knows")),
        };
        self.at += 1;
        Ok(plain)
    }

    /// The character of `\uXXXX`, or of a pair of surrogates, `start` being where it begins.
    fn unicode(&mut self, start: usize) -> Result<char, Fault> {
        let first = self.unit()?;
        let code = match first {
            0xD800..0xDC00 if self.rest().starts_with("\\u") => {
                self.at += 2;
                match self.unit()? {
                    second @ 0xDC00..0xE000 => 0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00),
                    _ => first,
                }
            }
            _ => first,
        };
        char::from_u32(code).ok_or_else(|| {
            self.at = start;
            self.fault("half of a surrogate pair".to_owned())
        })
    }

    fn unit(&mut self) -> Result<u32, Fault> {
        let digits = self.rest().get(..4).filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()));
        let unit = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok());
        let unit = unit.ok_or_else(|| self.unexpected("four hexadecimal digits"))?;
        self.at += 4;
        Ok(unit)
    }
}
