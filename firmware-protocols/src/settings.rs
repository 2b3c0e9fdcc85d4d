//! Settings of a protocol: words in, typed values out, and errors that say what is allowed.

use alloc::borrow::ToOwned;
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::ops::RangeInclusive;

/// One setting of a protocol, as documentation and as its default.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SettingSpec {
    /// Its name.
    pub key: &'static str,
    /// What holds when it is not set.
    pub default: &'static str,
    /// What it does and which values it takes.
    pub meaning: &'static str,
}

/// Settings of one decoder as the configuration gives them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Settings {
    values: BTreeMap<String, String>,
}

/// A setting that can't be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// The protocol has no such setting.
    #[error("没有这个设置项 / no setting `{key}` here; known: {allowed}")]
    Unknown {
        /// The key as written.
        key: String,
        /// The keys there are.
        allowed: String,
    },
    /// The setting exists and does not take this value.
    #[error("取值不可用 / `{key} = {value}` can't be used; allowed: {allowed}")]
    Value {
        /// The key.
        key: String,
        /// The value as written.
        value: String,
        /// What is allowed.
        allowed: String,
    },
    /// Not of the form `key=value`.
    #[error("`{text}` is not of the form key=value")]
    Form {
        /// The text as written.
        text: String,
    },
}

impl Settings {
    /// No settings: every default holds.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets one key; a second value replaces the first.
    pub fn set(&mut self, key: &str, value: &str) {
        self.values.insert(key.to_owned(), value.to_owned());
    }

    /// The same, for building in one expression.
    #[must_use]
    pub fn with(mut self, key: &str, value: &str) -> Self {
        self.set(key, value);
        self
    }

    /// Settings from texts of the form `key=value`.
    pub fn from_assignments<'a>(
        texts: impl IntoIterator<Item = &'a str>,
    ) -> Result<Self, SettingsError> {
        let mut settings = Self::new();
        for text in texts {
            let Some((key, value)) = text.split_once('=') else {
                let text = text.to_owned();
                return Err(SettingsError::Form { text });
            };
            settings.set(key.trim(), value);
        }
        Ok(settings)
    }

    /// The value of a key as it was set.
    pub fn get(&self, key: &str) -> Option<&str> {
        self.values.get(key).map(String::as_str)
    }

    /// All that is set, by key.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.values
            .iter()
            .map(|(key, value)| (key.as_str(), value.as_str()))
    }

    /// Refuses keys that are not in the table.
    pub fn check_keys(&self, known: &[SettingSpec]) -> Result<(), SettingsError> {
        match self
            .values
            .keys()
            .find(|key| known.iter().all(|spec| spec.key != key.as_str()))
        {
            None => Ok(()),
            Some(key) => {
                let keys: Vec<_> = known.iter().map(|spec| spec.key).collect();
                Err(SettingsError::Unknown {
                    key: key.clone(),
                    allowed: if keys.is_empty() {
                        "none".to_owned()
                    } else {
                        keys.join(", ")
                    },
                })
            }
        }
    }

    /// The value of a key, or its default from the table.
    pub fn text<'a>(&'a self, known: &'a [SettingSpec], key: &str) -> &'a str {
        self.get(key).unwrap_or_else(|| {
            known
                .iter()
                .find(|spec| spec.key == key)
                .map_or("", |spec| spec.default)
        })
    }

    /// One of a list of words with their meanings.
    pub fn choice<T: Copy>(
        &self,
        known: &[SettingSpec],
        key: &str,
        choices: &[(&str, T)],
    ) -> Result<T, SettingsError> {
        let value = self.text(known, key);
        match choices.iter().find(|(word, _)| *word == value) {
            Some((_, meaning)) => Ok(*meaning),
            None => {
                let words: Vec<_> = choices.iter().map(|(word, _)| *word).collect();
                Err(refuse(key, value, words.join(", ")))
            }
        }
    }

    /// A whole number in a range.
    pub fn number(
        &self,
        known: &[SettingSpec],
        key: &str,
        range: RangeInclusive<i64>,
    ) -> Result<i64, SettingsError> {
        let value = self.text(known, key);
        match value.parse() {
            Ok(number) if range.contains(&number) => Ok(number),
            _ => {
                let allowed = format!("{} to {}", range.start(), range.end());
                Err(refuse(key, value, allowed))
            }
        }
    }
}

/// A [`SettingsError::Value`].
pub(crate) fn refuse(key: &str, value: &str, allowed: impl ToString) -> SettingsError {
    SettingsError::Value {
        key: key.to_owned(),
        value: value.to_owned(),
        allowed: allowed.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KNOWN: &[SettingSpec] = &[SettingSpec {
        key: "bytes",
        default: "64",
        meaning: "",
    }];

    #[test]
    fn errors_name_key_value_and_what_is_allowed() {
        let settings = Settings::from_assignments(["bytes=9000"]).unwrap();
        assert_eq!(
            settings
                .number(KNOWN, "bytes", 1..=512)
                .unwrap_err()
                .to_string(),
            "取值不可用 / `bytes = 9000` can't be used; allowed: 1 to 512"
        );
        assert_eq!(
            settings
                .choice(KNOWN, "bytes", &[("few", 1), ("many", 2)])
                .unwrap_err()
                .to_string(),
            "取值不可用 / `bytes = 9000` can't be used; allowed: few, many"
        );
        assert_eq!(
            Settings::new()
                .with("size", "1")
                .check_keys(KNOWN)
                .unwrap_err()
                .to_string(),
            "没有这个设置项 / no setting `size` here; known: bytes"
        );
        assert!(Settings::from_assignments(["bytes"]).is_err());
        assert_eq!(Settings::new().number(KNOWN, "bytes", 1..=512), Ok(64));
    }
}
