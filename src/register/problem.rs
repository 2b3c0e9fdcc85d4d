//! Why a value can't stand in a column, in words that say what should stand there.

/// Why a value can't stand in a column.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// It must be filled.
    #[error("it must be filled")]
    Missing,
    /// Too long.
    #[error("at most {0} characters")]
    TooLong(usize),
    /// A line break or another control character.
    #[error("one line of text without control characters")]
    Control,
    /// No plate number.
    #[error("a plate number: {en}")]
    Plate {
        /// Why not, in Chinese.
        zh: String,
        /// Why not, in English.
        en: String,
    },
    /// Not on the list.
    #[error("one of {0}")]
    Choice(String),
    /// No whole number within bounds.
    #[error("a whole number from {0} to {1}")]
    Whole(i64, i64),
    /// No day.
    #[error("a day such as 2026-03-01")]
    Day,
    /// Neither yes nor no.
    #[error("yes or no (是 or 否)")]
    Flag,
    /// No list of this kind.
    #[error("{en}")]
    List {
        /// In Chinese.
        zh: &'static str,
        /// In English.
        en: &'static str,
    },
    /// Two fields do not go together, or one does not go with the kind.
    #[error("{en}")]
    Contradiction {
        /// In Chinese.
        zh: String,
        /// In English.
        en: String,
    },
}

impl Problem {
    /// In Chinese.
    pub fn zh(&self) -> String {
        match self {
            Self::Missing => "必须填写".to_owned(),
            Self::TooLong(longest) => format!("最多 {longest} 个字符"),
            Self::Control => "应为单行文本，不含控制字符".to_owned(),
            Self::Plate { zh, .. } => format!("应为有效号牌：{zh}"),
            Self::Choice(list) => format!("应为其中之一：{list}"),
            Self::Whole(least, most) => format!("应为 {least} 到 {most} 的整数"),
            Self::Day => "应为日期，如 2026-03-01".to_owned(),
            Self::Flag => "应为是或否".to_owned(),
            Self::List { zh, .. } => (*zh).to_owned(),
            Self::Contradiction { zh, .. } => zh.clone(),
        }
    }

    /// Two fields that do not go together.
    pub fn contradiction(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self::Contradiction {
            zh: zh.into(),
            en: en.into(),
        }
    }
}
