//! Canonical JSON after RFC 8785 (JCS), restricted to integers.
//!
//! One value has one text, so that a digest over the text is a digest over the value. Floats have
//! no place in evidence, and integers beyond +-(2^53 - 1) would not survive a reader that holds
//! numbers as doubles (RFC 8785 section 3.2.2.3, RFC 7493 section 2.2), so both are refused.

use serde_json::Value;

/// Greatest magnitude of an integer: 2^53 - 1.
pub const GREATEST_INTEGER: i64 = 9_007_199_254_740_991;

/// Deepest nesting of arrays and objects.
///
/// The limit keeps writer and verifier from recursing without bound; serde_json stops at the same.
pub const DEEPEST: usize = 128;

/// Why a value has no canonical form. Paths are JSON Pointers (RFC 6901), empty for the whole.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CanonicalError {
    /// A number with a fraction or an exponent.
    #[error("{path:?} is the float {number}; evidence holds integers in named units only")]
    Float {
        /// Where.
        path: String,
        /// The number.
        number: String,
    },
    /// An integer that a double can't hold.
    #[error("{path:?} is {number}, beyond +-9007199254740991; send it as text")]
    TooLarge {
        /// Where.
        path: String,
        /// The number.
        number: String,
    },
    /// Nested too deep.
    #[error("{path:?} is nested deeper than {DEEPEST} levels")]
    TooDeep {
        /// Where.
        path: String,
    },
    /// A key the store writes itself.
    #[error("{path:?} is a key the journal writes itself; name it otherwise")]
    Reserved {
        /// Where.
        path: String,
    },
}

/// Canonical text of `value`.
///
/// # Errors
/// [`CanonicalError`] names the first part, in canonical order, that has no canonical form.
pub fn to_text(value: &Value) -> Result<String, CanonicalError> {
    let mut text = String::with_capacity(256);
    write(value, &mut Path::default(), &mut text)?;
    Ok(text)
}

/// Where the writer stands.
#[derive(Default)]
struct Path(Vec<String>);

impl Path {
    fn pointer(&self) -> String {
        let mut pointer = String::new();
        for part in &self.0 {
            pointer.push('/');
            pointer.push_str(&part.replace('~', "~0").replace('/', "~1"));
        }
        pointer
    }
}

fn write(value: &Value, path: &mut Path, text: &mut String) -> Result<(), CanonicalError> {
    if path.0.len() > DEEPEST {
        return Err(CanonicalError::TooDeep {
            path: path.pointer(),
        });
    }
    match value {
        Value::Null => text.push_str("null"),
        Value::Bool(true) => text.push_str("true"),
        Value::Bool(false) => text.push_str("false"),
        Value::Number(number) => write_number(number, path, text)?,
        Value::String(string) => write_string(string, text),
        Value::Array(items) => {
            text.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    text.push(',');
                }
                path.0.push(index.to_string());
                write(item, path, text)?;
                path.0.pop();
            }
            text.push(']');
        }
        Value::Object(members) => {
            let mut sorted: Vec<_> = members.iter().collect();
            sorted.sort_by(|(a, _), (b, _)| a.encode_utf16().cmp(b.encode_utf16()));
            text.push('{');
            for (index, (key, member)) in sorted.into_iter().enumerate() {
                if index > 0 {
                    text.push(',');
                }
                write_string(key, text);
                text.push(':');
                path.0.push(key.clone());
                write(member, path, text)?;
                path.0.pop();
            }
            text.push('}');
        }
    }
    Ok(())
}

fn write_number(
    number: &serde_json::Number,
    path: &Path,
    text: &mut String,
) -> Result<(), CanonicalError> {
    match number.as_i64() {
        Some(integer) if integer.unsigned_abs() <= GREATEST_INTEGER.unsigned_abs() => {
            text.push_str(&integer.to_string());
            Ok(())
        }
        None if number.is_f64() => Err(CanonicalError::Float {
            path: path.pointer(),
            number: number.to_string(),
        }),
        _ => Err(CanonicalError::TooLarge {
            path: path.pointer(),
            number: number.to_string(),
        }),
    }
}

/// RFC 8785 section 3.2.2.2: the two-character escapes where JSON has one, `\u00xx` in lower case
/// for the other control characters, everything else as it is.
fn write_string(string: &str, text: &mut String) {
    text.push('"');
    for character in string.chars() {
        match character {
            '"' => text.push_str("\\\""),
            '\\' => text.push_str("\\\\"),
            '\u{08}' => text.push_str("\\b"),
            '\t' => text.push_str("\\t"),
            '\n' => text.push_str("\\n"),
            '\u{0c}' => text.push_str("\\f"),
            '\r' => text.push_str("\\r"),
            control if control < '\u{20}' => {
                text.push_str("\\u00");
                for shift in [4, 0] {
                    let nibble = (u32::from(control) >> shift) & 0xf;
                    text.extend(char::from_digit(nibble, 16));
                }
            }
            other => text.push(other),
        }
    }
    text.push('"');
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn keys_are_sorted_by_utf16_and_strings_escaped_as_rfc_8785_says() {
        // The keys of RFC 8785 section 3.2.3: the last two sort otherwise by code point.
        let keys = [
            "\u{20ac}",
            "\r",
            "\u{fb33}",
            "1",
            "\u{1f600}",
            "\u{80}",
            "\u{f6}",
        ];
        let value: Value = keys
            .iter()
            .map(|key| ((*key).to_owned(), json!(0)))
            .collect();
        let sorted = "{\"\\r\":0,\"1\":0,\"\u{80}\":0,\"\u{f6}\":0,\"\u{20ac}\":0,\"\u{1f600}\":0,\
                      \"\u{fb33}\":0}";
        assert_eq!(to_text(&value).unwrap(), sorted);
        let string = json!("\u{20ac}$\u{f}\nA'\u{42}\"\\/\u{7f}\u{2028}\u{0}\u{1f}");
        assert_eq!(
            to_text(&string).unwrap(),
            "\"\u{20ac}$\\u000f\\nA'B\\\"\\\\/\u{7f}\u{2028}\\u0000\\u001f\""
        );
        let plain = json!([null, true, false, -0, {"b": [], "a": {}}]);
        assert_eq!(
            to_text(&plain).unwrap(),
            "[null,true,false,0,{\"a\":{},\"b\":[]}]"
        );
    }

    #[test]
    fn numbers_that_are_no_safe_integers_are_refused_with_their_path() {
        let float = to_text(&json!({"a/b": [1, {"~": 1.5}]})).unwrap_err();
        let path = "/a~1b/1/~0".to_owned();
        assert_eq!(
            float,
            CanonicalError::Float {
                path,
                number: "1.5".to_owned()
            }
        );
        for fine in [GREATEST_INTEGER, -GREATEST_INTEGER] {
            assert_eq!(to_text(&json!(fine)).unwrap(), fine.to_string());
        }
        for large in [
            json!(GREATEST_INTEGER + 1),
            json!(-GREATEST_INTEGER - 1),
            json!(u64::MAX),
        ] {
            let refused = to_text(&large).unwrap_err();
            assert!(
                matches!(refused, CanonicalError::TooLarge { .. }),
                "{refused}"
            );
        }
        assert!(matches!(
            to_text(&json!(1e300)),
            Err(CanonicalError::Float { .. })
        ));
    }

    #[test]
    fn nesting_has_an_end() {
        let nested = |depth| (0..depth).fold(json!(0), |inner, _| json!([inner]));
        assert!(to_text(&nested(DEEPEST)).is_ok());
        let refused = to_text(&nested(DEEPEST + 1));
        assert!(matches!(refused, Err(CanonicalError::TooDeep { .. })));
    }

    fn values() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            (-GREATEST_INTEGER..=GREATEST_INTEGER).prop_map(Value::from),
            any::<String>().prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 40, 6, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
                prop::collection::btree_map(any::<String>(), inner, 0..6)
                    .prop_map(|members| members.into_iter().collect()),
            ]
        })
    }

    proptest! {
        #[test]
        fn the_text_is_the_value_and_stays_when_written_again(value in values()) {
            let text = to_text(&value).unwrap();
            let read: Value = serde_json::from_str(&text).unwrap();
            prop_assert_eq!(&read, &value);
            prop_assert_eq!(to_text(&read).unwrap(), text);
        }

        #[test]
        fn members_in_any_order_give_one_text(
            members in prop::collection::btree_map(any::<String>(), values(), 0..8),
            seed in any::<u64>(),
        ) {
            let mut order: Vec<_> = members.clone().into_iter().collect();
            let turn = usize::try_from(seed % 8).unwrap() % order.len().max(1);
            order.rotate_left(turn);
            let (a, b): (Value, Value) =
                (members.into_iter().collect(), order.into_iter().collect());
            prop_assert_eq!(to_text(&a).unwrap(), to_text(&b).unwrap());
        }
    }
}
