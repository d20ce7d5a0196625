//! Rust types to values: whatever serde can serialise. Numbers that a double can't hold exactly are refused, since a
//! program would calculate with another number.

use super::{Body, Portable};
use crate::uncertain;
use prism_stdlib::json::MOST_LEVELS;
use prism_vm::value::format_number;
use serde::ser::{self, Serialize, SerializeMap, SerializeSeq, SerializeStruct};
use std::fmt::Display;

/// Why something in Rust can't be a value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NotWritable(String);

impl ser::Error for NotWritable {
    fn custom<T: Display>(message: T) -> Self {
        NotWritable(message.to_string())
    }
}

impl Portable {
    /// The value that serde makes of something in Rust; an [`Uncertain`](crate::Uncertain) in it is a confident value.
    ///
    /// # Errors
    /// If it is nested too deep, has keys that are no text, numbers that a double can't hold exactly, or a confidence
    /// that is NaN.
    pub fn new<T: Serialize + ?Sized>(value: &T) -> Result<Portable, NotWritable> {
        value.serialize(Writer { levels: MOST_LEVELS })
    }
}

/// The largest whole number up to which a double holds all.
const EXACT: u64 = 1 << 53;

fn whole(magnitude: u64, negative: bool) -> Result<Portable, NotWritable> {
    let number = magnitude as f64;
    if magnitude > EXACT && (magnitude == u64::MAX || number as u64 != magnitude) {
        let sign = if negative { "-" } else { "" };
        return Err(NotWritable(format!(
            "{sign}{magnitude} is not exactly a number of Prism, which are doubles: give it as a string"
        )));
    }
    Ok(Body::Number(if negative { -number } else { number }).into())
}

#[derive(Clone, Copy)]
struct Writer {
    /// How many more levels there may be.
    levels: usize,
}

impl Writer {
    fn inner(self) -> Result<Writer, NotWritable> {
        let levels = self.levels.checked_sub(1);
        let levels = levels.ok_or_else(|| NotWritable(format!("it is nested more than {MOST_LEVELS} levels deep")))?;
        Ok(Writer { levels })
    }

    fn array(self, variant: Option<&'static str>, length: usize) -> Result<Array, NotWritable> {
        Ok(Array { writer: self.inner()?, items: Vec::with_capacity(length.min(4096)), variant })
    }

    fn members(self, name: &'static str, variant: Option<&'static str>) -> Result<Members, NotWritable> {
        let is_uncertain = name == uncertain::NAME;
        Ok(Members { writer: self.inner()?, members: Vec::new(), key: None, variant, is_uncertain })
    }
}

/// The value that a variant with content is: an object with the variant's name as its only key.
fn varied(variant: Option<&'static str>, content: Portable) -> Portable {
    match variant {
        Some(variant) => Body::Object(vec![(variant.to_owned(), content)]).into(),
        None => content,
    }
}

struct Array {
    writer: Writer,
    items: Vec<Portable>,
    variant: Option<&'static str>,
}

impl Array {
    fn push<T: Serialize + ?Sized>(&mut self, item: &T) -> Result<(), NotWritable> {
        self.items.push(item.serialize(self.writer)?);
        Ok(())
    }

    fn finish(self) -> Portable {
        varied(self.variant, Body::Array(self.items).into())
    }
}

struct Members {
    writer: Writer,
    members: Vec<(String, Portable)>,
    /// Of a map: the key whose value comes next.
    key: Option<String>,
    variant: Option<&'static str>,
    is_uncertain: bool,
}

impl Members {
    fn push<T: Serialize + ?Sized>(&mut self, key: String, value: &T) -> Result<(), NotWritable> {
        self.members.push((key, value.serialize(self.writer)?));
        Ok(())
    }

    fn finish(self) -> Result<Portable, NotWritable> {
        if !self.is_uncertain {
            return Ok(varied(self.variant, Body::Object(self.members).into()));
        }
        let mut value = Portable::NULL;
        let mut confidence = None;
        for (key, member) in self.members {
            match (key.as_str(), member.body) {
                (uncertain::CONFIDENCE, Body::Number(number)) if number.is_nan() => {
                    return Err(NotWritable("a confidence is a number from 0 to 1, and this is NaN".to_owned()));
                }
                (uncertain::CONFIDENCE, Body::Number(number)) => confidence = Some(number.clamp(0.0, 1.0)),
                (uncertain::CONFIDENCE, _) => {}
                (_, body) => value = Portable { body, confidence: member.confidence },
            }
        }
        Ok(Portable { confidence: confidence.or(value.confidence), ..value })
    }
}

fn key<T: Serialize + ?Sized>(key: &T, writer: Writer) -> Result<String, NotWritable> {
    match key.serialize(writer)?.body {
        Body::String(text) => Ok(text),
        Body::Number(number) => Ok(format_number(number)),
        Body::Boolean(truth) => Ok(truth.to_string()),
        _ => Err(NotWritable("the keys of an object are texts, and a map has one that is none".to_owned())),
    }
}

impl ser::Serializer for Writer {
    type Ok = Portable;
    type Error = NotWritable;
    type SerializeSeq = Array;
    type SerializeTuple = Array;
    type SerializeTupleStruct = Array;
    type SerializeTupleVariant = Array;
    type SerializeMap = Members;
    type SerializeStruct = Members;
    type SerializeStructVariant = Members;

    fn serialize_bool(self, truth: bool) -> Result<Portable, NotWritable> {
        Ok(Body::Boolean(truth).into())
    }

    fn serialize_i8(self, number: i8) -> Result<Portable, NotWritable> {
        self.serialize_i64(number.into())
    }

    fn serialize_i16(self, number: i16) -> Result<Portable, NotWritable> {
        self.serialize_i64(number.into())
    }

    fn serialize_i32(self, number: i32) -> Result<Portable, NotWritable> {
        self.serialize_i64(number.into())
    }

    fn serialize_i64(self, number: i64) -> Result<Portable, NotWritable> {
        whole(number.unsigned_abs(), number < 0)
    }

    fn serialize_u8(self, number: u8) -> Result<Portable, NotWritable> {
        self.serialize_u64(number.into())
    }

    fn serialize_u16(self, number: u16) -> Result<Portable, NotWritable> {
        self.serialize_u64(number.into())
    }

    fn serialize_u32(self, number: u32) -> Result<Portable, NotWritable> {
        self.serialize_u64(number.into())
    }

    fn serialize_u64(self, number: u64) -> Result<Portable, NotWritable> {
        whole(number, false)
    }

    fn serialize_f32(self, number: f32) -> Result<Portable, NotWritable> {
        self.serialize_f64(number.into())
    }

    fn serialize_f64(self, number: f64) -> Result<Portable, NotWritable> {
        Ok(Body::Number(number).into())
    }

    fn serialize_char(self, letter: char) -> Result<Portable, NotWritable> {
        Ok(Body::String(letter.to_string()).into())
    }

    fn serialize_str(self, text: &str) -> Result<Portable, NotWritable> {
        Ok(Body::String(text.to_owned()).into())
    }

    fn serialize_bytes(self, bytes: &[u8]) -> Result<Portable, NotWritable> {
        Ok(Body::Array(bytes.iter().map(|byte| Body::Number(f64::from(*byte)).into()).collect()).into())
    }

    fn serialize_none(self) -> Result<Portable, NotWritable> {
        Ok(Portable::NULL)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<Portable, NotWritable> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<Portable, NotWritable> {
        Ok(Portable::NULL)
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<Portable, NotWritable> {
        Ok(Portable::NULL)
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Result<Portable, NotWritable> {
        self.serialize_str(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<Portable, NotWritable> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<Portable, NotWritable> {
        Ok(varied(Some(variant), value.serialize(self.inner()?)?))
    }

    fn serialize_seq(self, length: Option<usize>) -> Result<Array, NotWritable> {
        self.array(None, length.unwrap_or(0))
    }

    fn serialize_tuple(self, length: usize) -> Result<Array, NotWritable> {
        self.array(None, length)
    }

    fn serialize_tuple_struct(self, _: &'static str, length: usize) -> Result<Array, NotWritable> {
        self.array(None, length)
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        length: usize,
    ) -> Result<Array, NotWritable> {
        self.inner()?.array(Some(variant), length)
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Members, NotWritable> {
        self.members("", None)
    }

    fn serialize_struct(self, name: &'static str, _: usize) -> Result<Members, NotWritable> {
        self.members(name, None)
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Members, NotWritable> {
        self.inner()?.members("", Some(variant))
    }
}

impl SerializeSeq for Array {
    type Ok = Portable;
    type Error = NotWritable;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, item: &T) -> Result<(), NotWritable> {
        self.push(item)
    }

    fn end(self) -> Result<Portable, NotWritable> {
        Ok(self.finish())
    }
}

impl ser::SerializeTuple for Array {
    type Ok = Portable;
    type Error = NotWritable;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, item: &T) -> Result<(), NotWritable> {
        self.push(item)
    }

    fn end(self) -> Result<Portable, NotWritable> {
        Ok(self.finish())
    }
}

impl ser::SerializeTupleStruct for Array {
    type Ok = Portable;
    type Error = NotWritable;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, item: &T) -> Result<(), NotWritable> {
        self.push(item)
    }

    fn end(self) -> Result<Portable, NotWritable> {
        Ok(self.finish())
    }
}

impl ser::SerializeTupleVariant for Array {
    type Ok = Portable;
    type Error = NotWritable;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, item: &T) -> Result<(), NotWritable> {
        self.push(item)
    }

    fn end(self) -> Result<Portable, NotWritable> {
        Ok(self.finish())
    }
}

impl SerializeMap for Members {
    type Ok = Portable;
    type Error = NotWritable;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), NotWritable> {
        self.key = Some(self::key(key, self.writer)?);
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), NotWritable> {
        let key = self.key.take().unwrap_or_default();
        self.push(key, value)
    }

    fn end(self) -> Result<Portable, NotWritable> {
        self.finish()
    }
}

impl SerializeStruct for Members {
    type Ok = Portable;
    type Error = NotWritable;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, key: &'static str, value: &T) -> Result<(), NotWritable> {
        self.push(key.to_owned(), value)
    }

    fn end(self) -> Result<Portable, NotWritable> {
        self.finish()
    }
}

impl ser::SerializeStructVariant for Members {
    type Ok = Portable;
    type Error = NotWritable;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, key: &'static str, value: &T) -> Result<(), NotWritable> {
        self.push(key.to_owned(), value)
    }

    fn end(self) -> Result<Portable, NotWritable> {
        self.finish()
    }
}
