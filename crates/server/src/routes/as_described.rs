//! JSON as it is described: where an object is described, a list is not taken for one. Readers that serde derives take its items for the members, in the
//! order in which a program happens to declare them.

use serde::de::value::{MapDeserializer, SeqDeserializer};
use serde::de::{Deserializer, Error as _, IntoDeserializer, Unexpected, Visitor};
use serde::forward_to_deserialize_any;
use serde_json::{Error, Value};

/// A value, read as it is described.
pub(super) struct AsDescribed(pub(super) Value);

impl<'de> IntoDeserializer<'de, Error> for AsDescribed {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

impl<'de> Deserializer<'de> for AsDescribed {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.0 {
            Value::Array(items) => {
                let mut items = SeqDeserializer::new(items.into_iter().map(AsDescribed));
                let read = visitor.visit_seq(&mut items)?;
                items.end()?;
                Ok(read)
            }
            Value::Object(members) => {
                let members = members.into_iter().map(|(name, value)| (name, AsDescribed(value)));
                let mut members = MapDeserializer::new(members);
                let read = visitor.visit_map(&mut members)?;
                members.end()?;
                Ok(read)
            }
            plain => plain.deserialize_any(visitor),
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        if self.0.is_array() {
            return Err(Error::invalid_type(Unexpected::Seq, &"an object"));
        }
        self.deserialize_any(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        if self.0.is_null() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.0.deserialize_enum(name, variants, visitor)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple tuple_struct map identifier
        ignored_any
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;
    use serde_json::json;

    #[derive(Debug, Deserialize, PartialEq)]
    struct Outer {
        name: String,
        #[serde(default)]
        inner: Option<Inner>,
        #[serde(default)]
        all: Vec<Inner>,
    }

    #[derive(Debug, Deserialize, PartialEq)]
    struct Inner {
        at: Option<(f64, u32)>,
    }

    #[test]
    fn a_list_is_no_object_at_any_depth() {
        for list in [
            json!([]),
            json!(["a"]),
            json!({ "name": "a", "inner": [] }),
            json!({ "name": "a", "inner": [[1, 2]] }),
            json!({ "name": "a", "all": [[]] }),
        ] {
            let refused = Outer::deserialize(AsDescribed(list.clone())).unwrap_err().to_string();
            assert!(refused.contains("sequence"), "{list}: {refused}");
        }
    }

    #[test]
    fn what_is_described_is_read() {
        let inner = |at| Inner { at };
        for (text, all) in [
            (json!({ "name": "a" }), (None, vec![])),
            (json!({ "name": "a", "inner": null, "more": [1, {}] }), (None, vec![])),
            (
                json!({ "name": "a", "inner": { "at": [1, 2] }, "all": [{}] }),
                (Some(inner(Some((1.0, 2)))), vec![inner(None)]),
            ),
        ] {
            let wanted = Outer { name: "a".to_owned(), inner: all.0, all: all.1 };
            assert_eq!(Outer::deserialize(AsDescribed(text)).unwrap(), wanted);
        }
        let longer = json!({ "name": "a", "inner": { "at": [1, 2, 3] } });
        assert!(Outer::deserialize(AsDescribed(longer)).is_err());
    }
}
