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
