//! What can be wrong with a configuration file, in words that say what to do.

use std::path::{Path, PathBuf};

/// A configuration that can't be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file can't be read.
    #[error(
        "无法读取，请检查路径与权限 / cannot read {}: check the path and its permissions",
        path.display()
    )]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// A key that does not exist.
    #[error(
        "{}:{line}: 未知的设置项 / unknown key `{key}`{}",
        path.display(),
        nearest.as_ref().map(|near| format!("；是否想写 / did you mean `{near}`?")).unwrap_or_default()
    )]
    UnknownKey {
        /// File.
        path: PathBuf,
        /// Line, 1 and up.
        line: usize,
        /// The key.
        key: String,
        /// The known key nearest to it.
        nearest: Option<String>,
    },
    /// Not TOML, or a value of the wrong kind.
    #[error("{}:{line}: 请更正此处 / correct this: {message}", path.display())]
    Invalid {
        /// File.
        path: PathBuf,
        /// Line, 1 and up.
        line: usize,
        /// What the parser says.
        message: String,
    },
    /// Values that can't be right together.
    #[error("{}: {key}: {why}", path.display())]
    Contradiction {
        /// File.
        path: PathBuf,
        /// Which key.
        key: String,
        /// Why not.
        why: String,
    },
}

impl ConfigError {
    pub(super) fn from_toml(path: &Path, text: &str, error: &toml::de::Error) -> Self {
        let start = error.span().map_or(0, |span| span.start);
        let line = text
            .as_bytes()
            .iter()
            .take(start)
            .filter(|&&byte| byte == b'\n')
            .count()
            + 1;
        let path = path.to_owned();
        let message = error.message().trim().to_owned();
        let Some(rest) = message.strip_prefix("unknown field `") else {
            return Self::Invalid {
                path,
                line,
                message,
            };
        };
        // serde says: unknown field `x`, expected one of `a`, `b`
        let mut quoted = rest.split('`');
        let key = quoted.next().unwrap_or_default().to_owned();
        let known = quoted.skip(1).step_by(2);
        let nearest = known
            .map(|name| (strsim::damerau_levenshtein(&key, name), name))
            .min()
            .filter(|(distance, name)| *distance <= name.len().max(4) / 2)
            .map(|(_, name)| name.to_owned());
        Self::UnknownKey {
            path,
            line,
            key,
            nearest,
        }
    }
}
