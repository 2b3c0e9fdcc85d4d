//! The milder of two tables (从旧兼从轻).
//!
//! A passage is judged by the table in force on its day and, when it is decided, by the table then
//! in force. The milder result is the computed amount (Administrative Penalty Law art. 37).

use serde::{Deserialize, Serialize};

use super::amount::ComputedAmount;
use super::verdict::TransportKind;

/// Which day's table gives the computed amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WhichDay {
    /// The table in force on the day of the act (行为时).
    Act,
    /// The table in force on the day of the decision (决定时).
    Decision,
}

/// Why one of two results is the milder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MilderReason {
    /// Both give the same: the table of the act's day stays.
    Same,
    /// Under it the act is no longer illegal.
    NotIllegal,
    /// A warning against a fine.
    Warning,
    /// Neither end of its range is higher than the other's, and one is lower.
    LowerRange,
    /// The ranges lie one inside the other; the lower greatest amount decides.
    LowerMost,
}

impl MilderReason {
    /// All reasons.
    pub const ALL: [Self; 5] = [
        Self::Same,
        Self::NotIllegal,
        Self::Warning,
        Self::LowerRange,
        Self::LowerMost,
    ];

    /// The name used in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::NotIllegal => "not_illegal",
            Self::Warning => "warning",
            Self::LowerRange => "lower_range",
            Self::LowerMost => "lower_most",
        }
    }

    /// As a Chinese clause.
    pub const fn zh(self) -> &'static str {
        match self {
            Self::Same => "两者相同，适用行为时的规定",
            Self::NotIllegal => "该规定不处罚",
            Self::Warning => "警告轻于罚款",
            Self::LowerRange => "罚款幅度较低",
            Self::LowerMost => "罚款最高数额较低",
        }
    }

    /// As an English clause.
    pub const fn en(self) -> &'static str {
        match self {
            Self::Same => "both give the same, so the rules of the act's day stay",
            Self::NotIllegal => "there the act has no penalty",
            Self::Warning => "a warning is milder than a fine",
            Self::LowerRange => "its range is lower",
            Self::LowerMost => "its greatest amount is lower",
        }
    }
}

/// Two results for one act, and which is the computed amount.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Milder {
    act_day: ComputedAmount,
    decision_day: ComputedAmount,
    chosen: WhichDay,
    why: MilderReason,
}

impl Milder {
    /// By the table in force on the day of the act.
    pub const fn act_day(&self) -> &ComputedAmount {
        &self.act_day
    }

    /// By the table in force when it is decided.
    pub const fn decision_day(&self) -> &ComputedAmount {
        &self.decision_day
    }

    /// Which of them is the milder.
    pub const fn which(&self) -> WhichDay {
        self.chosen
    }

    /// The milder: the computed amount.
    pub const fn chosen(&self) -> &ComputedAmount {
        match self.chosen {
            WhichDay::Act => &self.act_day,
            WhichDay::Decision => &self.decision_day,
        }
    }

    /// The other.
    pub const fn other(&self) -> &ComputedAmount {
        match self.chosen {
            WhichDay::Act => &self.decision_day,
            WhichDay::Decision => &self.act_day,
        }
    }

    /// Why.
    pub const fn why(&self) -> MilderReason {
        self.why
    }

    /// As a Chinese sentence.
    pub fn text_zh(&self) -> String {
        format!(
            "行为时的规定（{}）：{}；决定时的规定（{}）：{}；适用{}的规定：{}。",
            self.act_day.table().id,
            self.act_day.words_zh(),
            self.decision_day.table().id,
            self.decision_day.words_zh(),
            match self.chosen {
                WhichDay::Act => "行为时",
                WhichDay::Decision => "决定时",
            },
            self.why.zh()
        )
    }

    /// As an English sentence.
    pub fn text_en(&self) -> String {
        format!(
            "Rules of the act's day ({}): {}; rules of the decision's day ({}): {}; those of the \
             {} apply: {}.",
            self.act_day.table().id,
            self.act_day.words_en(),
            self.decision_day.table().id,
            self.decision_day.words_en(),
            match self.chosen {
                WhichDay::Act => "act's day",
                WhichDay::Decision => "decision's day",
            },
            self.why.en()
        )
    }
}

/// The milder of two results for one act (Administrative Penalty Law art. 37): what an act has by
/// the table of its day, and by the table in force when it is decided.
///
/// No penalty is milder than a warning, a warning than a fine. Of two fines the one with the lower
/// greatest amount is milder, when those are equal the one with the lower least; that also settles
/// ranges of which one lies inside the other. When both are the same the table of the act's day
/// stays.
pub fn milder(act_day: ComputedAmount, decision_day: ComputedAmount) -> Milder {
    let chosen = if decision_day.severity() < act_day.severity() {
        WhichDay::Decision
    } else {
        WhichDay::Act
    };
    let (low, high) = match chosen {
        WhichDay::Act => (&act_day, &decision_day),
        WhichDay::Decision => (&decision_day, &act_day),
    };
    let why = if low.severity() == high.severity() {
        MilderReason::Same
    } else if low.kind() == TransportKind::None {
        MilderReason::NotIllegal
    } else if low.kind() == TransportKind::Warning {
        MilderReason::Warning
    } else if low.range_yuan()[0] <= high.range_yuan()[0] {
        MilderReason::LowerRange
    } else {
        MilderReason::LowerMost
    };
    Milder {
        act_day,
        decision_day,
        chosen,
        why,
    }
}
