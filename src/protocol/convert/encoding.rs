//! Values as they travel: MessagePack, or JSON in what Terraform stored itself.

use crate::protocol::messages::DynamicValue;
use prost::bytes::Bytes;
use serde::{Deserialize, Serialize};
use tf_provider::Diagnostics;

/// Null in MessagePack.
const NULL: &[u8] = &[0xc0];

impl DynamicValue {
    /// No value.
    pub fn null() -> Self {
        DynamicValue {
            msgpack: Bytes::from_static(NULL),
            json: Bytes::new(),
        }
    }

    /// A value that Terraform stored as JSON and takes back as JSON.
    pub fn of_json(json: Bytes) -> Self {
        DynamicValue {
            msgpack: Bytes::new(),
            json,
        }
    }

    /// Whether it is no value.
    pub fn is_null(&self) -> bool {
        let msgpack: &[u8] = &self.msgpack;
        let json: &[u8] = &self.json;
        (msgpack.is_empty() || msgpack == NULL) && (json.is_empty() || json == b"null")
    }

    /// Reads it. What does not fit is an error in `diags`, which calls it `what`.
    pub fn decode<'a, T: Deserialize<'a>>(&'a self, diags: &mut Diagnostics, what: &str) -> Option<T> {
        let read = match (self.msgpack.is_empty(), self.json.is_empty()) {
            (false, _) => rmp_serde::from_slice(&self.msgpack).map_err(|error| error.to_string()),
            (true, false) => serde_json::from_slice(&self.json).map_err(|error| error.to_string()),
            (true, true) => rmp_serde::from_slice(NULL).map_err(|error| error.to_string()),
        };
        read.map_err(|error| does_not_fit(diags, what, &error)).ok()
    }

    /// Writes it.
    pub fn encode<T: Serialize>(diags: &mut Diagnostics, value: &T) -> Option<Self> {
        let written = rmp_serde::to_vec_named(value).map_err(|error| {
            diags.root_error(
                "The provider has a bug",
                format!("A value of a resource could not be written for Terraform: {error}. Please report this."),
            );
        });
        Some(DynamicValue {
            msgpack: written.ok()?.into(),
            json: Bytes::new(),
        })
    }
}

/// Reads what Terraform keeps for a resource beside its state: JSON, or MessagePack in states of earlier versions.
pub(crate) fn decode_private<'a, T: Deserialize<'a>>(diags: &mut Diagnostics, private: &'a [u8]) -> Option<T> {
    // A document of JSON begins with none of the bytes that a map or null of MessagePack begins with.
    let read = match private.first() {
        None => rmp_serde::from_slice(NULL).map_err(|error| error.to_string()),
        Some(byte) if byte.is_ascii() => serde_json::from_slice(private).map_err(|error| error.to_string()),
        Some(_) => rmp_serde::from_slice(private).map_err(|error| error.to_string()),
    };
    read.map_err(|error| does_not_fit(diags, "private data", &error)).ok()
}

/// Writes it, as JSON, which is what other plugin frameworks take.
pub(crate) fn encode_private<T: Serialize>(diags: &mut Diagnostics, private: &T) -> Option<Bytes> {
    match serde_json::to_vec(private) {
        Ok(json) if json == b"null" => Some(Bytes::new()),
        Ok(json) => Some(json.into()),
        Err(error) => {
            diags.root_error(
                "The provider has a bug",
                format!("A resource's private data could not be written: {error}. Please report this."),
            );
            None
        }
    }
}

fn does_not_fit(diags: &mut Diagnostics, what: &str, error: &str) {
    // After a quotation mark the error quotes the value, which may be secret.
    let error = error.split('"').next().unwrap_or_default().trim_end();
    diags.root_error(
        "Terraform sent a value that the provider cannot read",
        format!(
            "The {what} does not fit the provider's schema ({error}). This happens if the state was written by a newer \
             version of the provider; otherwise it is a bug of the provider, which its authors should know of."
        ),
    );
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;
    use tf_provider::value::Value;

    type Notes = Value<BTreeMap<String, Value<String>>>;

    fn notes() -> Notes {
        Value::Value(BTreeMap::from([
            ("known".to_owned(), Value::Value("x".to_owned())),
            ("null".to_owned(), Value::Null),
            ("unknown".to_owned(), Value::Unknown),
        ]))
    }

    #[test]
    fn null_and_unknown_come_back_as_they_were() {
        let mut diags = Diagnostics::default();
        for value in [notes(), Value::Null, Value::Unknown] {
            let sent = DynamicValue::encode(&mut diags, &value).unwrap();
            assert_eq!(sent.is_null(), value.is_null());
            assert!(sent.decode::<Notes>(&mut diags, "state") == Some(value));
        }
        assert_eq!(diags, Diagnostics::default());
    }

    #[test]
    fn an_unknown_value_that_says_what_it_may_become_is_unknown() {
        // {"a": unknown, refined as "not null"}, as Terraform sends it.
        let refined = DynamicValue {
            msgpack: Bytes::from_static(&[0x81, 0xa1, b'a', 0xc7, 3, 12, 0x81, 1, 0xc2]),
            json: Bytes::new(),
        };
        let read: Notes = refined.decode(&mut Diagnostics::default(), "state").unwrap();
        assert!(read == Value::Value(BTreeMap::from([("a".to_owned(), Value::Unknown)])));
    }

    #[test]
    fn nothing_is_null() {
        let nothing = DynamicValue::default();
        assert!(nothing.is_null());
        assert!(nothing.decode::<Notes>(&mut Diagnostics::default(), "state") == Some(Value::Null));
    }

    #[test]
    fn what_does_not_fit_is_an_error_that_does_not_quote_it() {
        for value in [
            DynamicValue::of_json(Bytes::from_static(b"\"secret\"")),
            DynamicValue {
                msgpack: Bytes::from_static(b"\xa6secret"),
                json: Bytes::new(),
            },
            DynamicValue {
                msgpack: Bytes::from_static(&[0xc1]),
                json: Bytes::new(),
            },
            DynamicValue {
                msgpack: Bytes::from_static(&[0x81]),
                json: Bytes::new(),
            },
        ] {
            let mut diags = Diagnostics::default();
            assert!(value.decode::<BTreeMap<String, String>>(&mut diags, "state").is_none());
            let [error] = diags.errors.as_slice() else {
                panic!("{diags:?}")
            };
            assert!(error.detail.contains("The state does not fit"), "{error:?}");
            assert!(!format!("{error:?}").contains("secret"), "{error:?}");
        }
    }

    #[test]
    fn private_data_is_json_and_that_of_earlier_versions_is_read() {
        let mut diags = Diagnostics::default();
        let private = BTreeMap::from([("a".to_owned(), 1)]);
        let written = encode_private(&mut diags, &private).unwrap();
        assert_eq!(&written[..], br#"{"a":1}"#);
        for stored in [written.to_vec(), rmp_serde::to_vec_named(&private).unwrap()] {
            assert_eq!(decode_private(&mut diags, &stored), Some(private.clone()));
        }
        for nothing in [&b""[..], b"null", NULL] {
            assert_eq!(decode_private::<Option<i64>>(&mut diags, nothing), Some(None));
        }
        assert_eq!(encode_private(&mut diags, &None::<i64>), Some(Bytes::new()));
        assert_eq!(diags, Diagnostics::default());
    }

    #[test]
    fn private_data_that_is_neither_is_an_error() {
        let mut diags = Diagnostics::default();
        assert!(decode_private::<BTreeMap<String, i64>>(&mut diags, b"{\"a").is_none());
        assert!(decode_private::<BTreeMap<String, i64>>(&mut diags, &[0xc1]).is_none());
        assert_eq!(diags.errors.len(), 2);
    }
}
