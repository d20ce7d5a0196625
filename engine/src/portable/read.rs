//! Values to Rust types: whatever serde can deserialise. A confidence that the type has no place for is left out.

use super::{Body, Portable};
use crate::uncertain;
use prism_vm::value::format_number;
use serde::de::value::{MapAccessDeserializer, MapDeserializer, SeqDeserializer};
use serde::de::{self, DeserializeOwned, Deserializer, Expected, IntoDeserializer, Unexpected, Visitor};
use std::fmt::Display;

/// Why a value is not of a type in Rust.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NotReadable(String);

impl de::Error for NotReadable {
    fn custom<T: Display>(message: T) -> Self {
        NotReadable(message.to_string())
    }

    fn invalid_type(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        NotReadable(format!("expected {expected}, got {}", shown(&found)))
    }

    fn invalid_value(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::invalid_type(found, expected)
    }
}

/// What was found, in Prism's words.
fn shown(found: &Unexpected<'_>) -> String {
    match found {
        Unexpected::Unit | Unexpected::Option => "null".to_owned(),
        Unexpected::Float(number) => format_number(*number),
        Unexpected::Signed(number) => number.to_string(),
        Unexpected::Unsigned(number) => number.to_string(),
        Unexpected::Bool(truth) => truth.to_string(),
        Unexpected::Seq => "an array".to_owned(),
        Unexpected::Map => "an object".to_owned(),
        other => other.to_string(),
    }
}

impl Portable {
    /// The value as a type in Rust; [`Uncertain`](crate::Uncertain) keeps a confidence, other types leave it out.
    ///
    /// # Errors
    /// If it is no value of that type.
    pub fn read<T: DeserializeOwned>(self) -> Result<T, NotReadable> {
        T::deserialize(self)
    }
}

/// Whole numbers are so to types that care; -0 is not one of them.
fn visit_number<'de, V: Visitor<'de>>(number: f64, visitor: V) -> Result<V::Value, NotReadable> {
    const EXACT: f64 = (1u64 << 53) as f64;
    if number.fract() != 0.0 || number.abs() > EXACT || (number == 0.0 && number.is_sign_negative()) {
        visitor.visit_f64(number)
    } else if number < 0.0 {
        visitor.visit_i64(number as i64)
    } else {
        visitor.visit_u64(number as u64)
    }
}

fn json<'de, V: Visitor<'de>>(json: serde_json::Value, visitor: V) -> Result<V::Value, NotReadable> {
    json.deserialize_any(visitor).map_err(de::Error::custom)
}

impl<'de> Deserializer<'de> for Portable {
    type Error = NotReadable;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, NotReadable> {
        match self.body {
            Body::Null => visitor.visit_unit(),
            Body::Boolean(truth) => visitor.visit_bool(truth),
            Body::Number(number) => visit_number(number, visitor),
            Body::String(text) => visitor.visit_string(text),
            Body::Array(items) => {
                let mut items = SeqDeserializer::new(items.into_iter());
                let value = visitor.visit_seq(&mut items)?;
                items.end()?;
                Ok(value)
            }
            Body::Object(members) => {
                let mut members = MapDeserializer::new(members.into_iter());
                let value = visitor.visit_map(&mut members)?;
                members.end()?;
                Ok(value)
            }
            Body::Agent { id, name, capabilities, metadata } => {
                let mut described = metadata;
                described.extend([
                    ("id".to_owned(), id.into()),
                    ("name".to_owned(), name.into()),
                    ("capabilities".to_owned(), capabilities.into()),
                ]);
                json(described.into(), visitor)
            }
            Body::Error { message, .. } => visitor.visit_string(message),
        }
    }

    fn deserialize_f32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, NotReadable> {
        self.deserialize_f64(visitor)
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, NotReadable> {
        match self.body {
            Body::Number(number) => visitor.visit_f64(number),
            _ => self.deserialize_any(visitor),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, NotReadable> {
        match self.body {
            Body::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, NotReadable> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, NotReadable> {
        if name != uncertain::NAME {
            return self.deserialize_any(visitor);
        }
        let confidence = self.confidence.map(|number| (uncertain::CONFIDENCE, Portable::from(Body::Number(number))));
        let members = confidence.into_iter().chain([(uncertain::VALUE, self.body.into())]);
        visitor.visit_map(MapDeserializer::new(members))
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, NotReadable> {
        match self.body {
            Body::String(variant) => visitor.visit_enum(variant.into_deserializer()),
            Body::Object(members) if members.len() == 1 => {
                visitor.visit_enum(MapAccessDeserializer::new(MapDeserializer::new(members.into_iter())))
            }
            _ => self.deserialize_any(visitor),
        }
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, NotReadable> {
        visitor.visit_unit()
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 char str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct map identifier
    }
}

impl<'de> IntoDeserializer<'de, NotReadable> for Portable {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}
