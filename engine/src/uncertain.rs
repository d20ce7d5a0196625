//! A Rust value with a confidence, and how it passes through serde: as a struct of a name that only the writer and the
//! reader of [`Portable`](crate::Portable) know. So plain data can't pass for a confident value, and other formats see
//! the form that reports have: `{"$conf": 0.9, "value": …}`.

use serde::de::{self, Deserialize, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::ser::{Serialize, SerializeStruct, Serializer};
use std::fmt;
use std::marker::PhantomData;

pub(crate) const NAME: &str = "$prism::Uncertain";
pub(crate) const CONFIDENCE: &str = "$conf";
pub(crate) const VALUE: &str = "value";

/// A value and how sure it is: in an input, as a parameter or result of a host's function, in a result.
///
/// In JSON it is `{"$conf": 0.9, "value": …}`, and the value alone if it has no confidence.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Uncertain<T> {
    /// The value.
    pub value: T,
    /// How sure it is, 0…1; none if it is plain. What is outside is clamped when the value is given to a program, NaN
    /// refused, as `~>` does.
    pub confidence: Option<f64>,
}

impl<T> Uncertain<T> {
    /// A value of that confidence.
    pub fn new(value: T, confidence: f64) -> Self {
        Uncertain { value, confidence: Some(confidence) }
    }

    /// A value without one.
    pub fn plain(value: T) -> Self {
        Uncertain { value, confidence: None }
    }

    /// How sure it is, as `<~` gives it: a plain value counts as 1.
    pub fn confidence_or_one(&self) -> f64 {
        self.confidence.unwrap_or(1.0)
    }
}

impl<T: Serialize> Serialize for Uncertain<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Some(confidence) = self.confidence else { return self.value.serialize(serializer) };
        let mut fields = serializer.serialize_struct(NAME, 2)?;
        fields.serialize_field(CONFIDENCE, &confidence)?;
        fields.serialize_field(VALUE, &self.value)?;
        fields.end()
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Uncertain<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_struct(NAME, &[CONFIDENCE, VALUE], Fields(PhantomData))
    }
}

struct Fields<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for Fields<T> {
    type Value = Uncertain<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a value with its confidence: `{{\"{CONFIDENCE}\": 0.9, \"{VALUE}\": …}}`")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Uncertain<T>, A::Error> {
        let (mut value, mut confidence) = (None, None);
        while let Some(key) = fields.next_key::<String>()? {
            match key.as_str() {
                CONFIDENCE => confidence = fields.next_value()?,
                VALUE => value = Some(fields.next_value()?),
                _ => drop(fields.next_value::<IgnoredAny>()?),
            }
        }
        let value = value.ok_or_else(|| de::Error::missing_field(VALUE))?;
        Ok(Uncertain { value, confidence })
    }
}

/// What a type keeps of confidences when it is read.
#[derive(Clone, Copy, Debug)]
pub struct Keeps {
    /// The value's own: it is an [`Uncertain`], perhaps behind options and newtypes.
    pub(crate) own: bool,
    /// Those of its elements: it is a list of [`Uncertain`]s.
    pub(crate) elements: bool,
}

impl Keeps {
    /// Asks the type's own way of reading itself, with a reader that gives nothing.
    pub(crate) fn of<'de, T: Deserialize<'de>>() -> Keeps {
        let asks = |probe| matches!(T::deserialize(probe), Err(Asked { for_uncertain: true }));
        Keeps { own: asks(Probe::Value), elements: asks(Probe::List) }
    }
}

/// Gives nothing; its error tells what it was asked for.
enum Probe {
    /// As a value.
    Value,
    /// As a list, its first element.
    List,
}

impl<'de> SeqAccess<'de> for Probe {
    type Error = Asked;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Asked> {
        seed.deserialize(Probe::Value).map(Some)
    }
}

#[derive(Debug, thiserror::Error)]
#[error("a probe gives nothing")]
struct Asked {
    for_uncertain: bool,
}

impl de::Error for Asked {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Asked { for_uncertain: false }
    }
}

impl<'de> Deserializer<'de> for Probe {
    type Error = Asked;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Asked> {
        Err(Asked { for_uncertain: false })
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Asked> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Asked> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        _: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, Asked> {
        Err(Asked { for_uncertain: name == NAME && matches!(self, Probe::Value) })
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Asked> {
        match self {
            Probe::Value => Err(Asked { for_uncertain: false }),
            Probe::List => visitor.visit_seq(self),
        }
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct tuple
        tuple_struct map enum identifier ignored_any
    }
}
