//! The sentences of a count, Chinese and English, made when somebody reads them.

use chrono::{Datelike, NaiveDate};

use super::result::{
    LeftOut, Proposal, ProposalGround, RepeatCount, RepeatSubject, Standing, Threshold,
};

fn day_zh(day: NaiveDate) -> String {
    format!("{}年{}月{}日", day.year(), day.month(), day.day())
}

/// Basis points as per cent: 1000 is `10`, 1050 is `10.5`.
fn percent(basis_points: i64) -> String {
    let (whole, part) = (basis_points.div_euclid(100), basis_points.rem_euclid(100));
    let text = format!("{whole}.{part:02}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// `1 time`, `2 times`.
fn number_of(count: u64, one: &str, many: &str) -> String {
    let word = if count == 1 { one } else { many };
    format!("{count} {word}")
}

impl Threshold {
    /// `超过3次`.
    fn zh(self) -> String {
        match self {
            Self::MoreThanTimes(times) => format!("超过{times}次"),
            Self::AtLeastTimes(times) => format!("达到{times}次"),
            Self::MoreThanShareBasisPoints(share) => format!("超过{}%", percent(share)),
        }
    }

    /// `more than 3 times`.
    fn en(self) -> String {
        match self {
            Self::MoreThanTimes(times) => {
                format!("more than {}", number_of(times.into(), "time", "times"))
            }
            Self::AtLeastTimes(times) => {
                format!("{} or more", number_of(times.into(), "time", "times"))
            }
            Self::MoreThanShareBasisPoints(share) => format!("more than {} %", percent(share)),
        }
    }
}

impl RepeatCount {
    /// The count and how it stands, as a Chinese sentence.
    pub fn text_zh(&self) -> String {
        let act = self.subject.act().zh();
        let counted = match self.subject {
            RepeatSubject::Carrier => format!("有{act}的货运车辆计{}辆", self.count),
            RepeatSubject::Vehicle | RepeatSubject::Driver | RepeatSubject::Source => {
                format!("{act}计{}次", self.count)
            }
        };
        format!(
            "{}{}：{}至{}（{}，按违法行为发生之日计），{counted}{}。",
            self.subject.zh(),
            self.subject_id,
            day_zh(self.first_day),
            day_zh(self.last_day),
            self.window.zh(),
            self.standing_zh(),
        )
    }

    fn standing_zh(&self) -> String {
        let threshold = self.threshold.map(Threshold::zh).unwrap_or_default();
        let of = match self.fleet {
            Some(fleet) => match fleet.vehicles {
                Some(vehicles) => {
                    format!("，{}货运车辆总数{vehicles}辆", day_zh(fleet.day))
                }
                None => format!("，{}货运车辆总数未知", day_zh(fleet.day)),
            },
            None => String::new(),
        };
        match self.standing {
            Standing::Within => match self.threshold {
                Some(Threshold::AtLeastTimes(_)) => format!("{of}，未{threshold}"),
                _ => format!("{of}，没有{threshold}"),
            },
            Standing::Exceeded => format!("{of}，{threshold}"),
            Standing::FleetUnknown => {
                format!("{of}，不能判断是否{threshold}，请补录该日的车辆总数")
            }
            Standing::FleetZero => {
                format!("{of}，不能判断是否{threshold}，请核对车辆总数")
            }
            Standing::NoThreshold => "，法规表未规定该日适用的次数，不能判断".to_owned(),
        }
    }

    /// The count and how it stands, as an English sentence.
    pub fn text_en(&self) -> String {
        let act = self.subject.act().en();
        let counted = match self.subject {
            RepeatSubject::Carrier => {
                let vehicles = number_of(self.count, "vehicle", "vehicles");
                format!("{vehicles} with {act}")
            }
            RepeatSubject::Vehicle | RepeatSubject::Driver | RepeatSubject::Source => {
                format!("{act} {}", number_of(self.count, "time", "times"))
            }
        };
        format!(
            "{} {}, {} to {} ({}, by the day of the act): {counted}{}.",
            self.subject.en(),
            self.subject_id,
            self.first_day,
            self.last_day,
            self.window.en(),
            self.standing_en(),
        )
    }

    fn standing_en(&self) -> String {
        let threshold = self.threshold.map(Threshold::en).unwrap_or_default();
        let of = match self.fleet {
            Some(fleet) => match fleet.vehicles {
                Some(vehicles) => format!(
                    " of {} on {}",
                    number_of(vehicles.into(), "goods vehicle", "goods vehicles"),
                    fleet.day
                ),
                None => format!(" of a fleet whose size on {} is not known", fleet.day),
            },
            None => String::new(),
        };
        match self.standing {
            Standing::Within => format!("{of}, which is not {threshold}"),
            Standing::Exceeded => format!("{of}, which is {threshold}"),
            Standing::FleetUnknown => format!(
                "{of}; whether that is {threshold} cannot be said: enter the size of the fleet on \
                 that day"
            ),
            Standing::FleetZero => format!(
                "{of}; whether that is {threshold} cannot be said: check the size of the fleet"
            ),
            Standing::NoThreshold => {
                "; the table has no threshold for that day, so nothing can be said".to_owned()
            }
        }
    }

    /// All that is to be read in Chinese: the count, each case that counts or does not, and what
    /// is proposed.
    pub fn sentences_zh(&self) -> Vec<String> {
        let counted = self.counted.iter().map(|entry| {
            let day = day_zh(entry.day_of_act);
            format!("案件{}（违法行为发生于{day}）计入。", entry.case_id)
        });
        let left_out = self.left_out.iter().map(LeftOut::text_zh);
        let proposals = self.proposals.iter().map(Proposal::text_zh);
        let first = std::iter::once(self.text_zh());
        first
            .chain(counted)
            .chain(left_out)
            .chain(proposals)
            .collect()
    }

    /// The same in English.
    pub fn sentences_en(&self) -> Vec<String> {
        let counted = self.counted.iter().map(|entry| {
            format!(
                "Case {} (act of {}) counts.",
                entry.case_id, entry.day_of_act
            )
        });
        let left_out = self.left_out.iter().map(LeftOut::text_en);
        let proposals = self.proposals.iter().map(Proposal::text_en);
        let first = std::iter::once(self.text_en());
        first
            .chain(counted)
            .chain(left_out)
            .chain(proposals)
            .collect()
    }
}

impl LeftOut {
    /// Why it does not count, as a Chinese sentence.
    pub fn text_zh(&self) -> String {
        let counted_as = self.counted_as.as_ref();
        let other = counted_as.map_or_else(String::new, |case| format!("（案件{case}）"));
        format!(
            "案件{}（违法行为发生于{}）不计入：{}{other}。",
            self.case_id,
            day_zh(self.day_of_act),
            self.reason.zh(),
        )
    }

    /// Why it does not count, as an English sentence.
    pub fn text_en(&self) -> String {
        let counted_as = self.counted_as.as_ref();
        let other = counted_as.map_or_else(String::new, |case| format!(" (case {case})"));
        format!(
            "Case {} (act of {}) does not count: {}{other}.",
            self.case_id,
            self.day_of_act,
            self.reason.en(),
        )
    }
}

impl Proposal {
    /// What is proposed and on which ground, as a Chinese sentence.
    pub fn text_zh(&self) -> String {
        let ground = match self.ground {
            ProposalGround::Threshold => "已达到上述处理条件".to_owned(),
            ProposalGround::FineFromYuan(yuan) => {
                format!("单次罚款{}元以上", yuan.get())
            }
        };
        format!(
            "建议：{}（依据{}；{ground}，案件{}）。是否作出决定，由执法机关依法定程序确定。",
            self.consequence.zh(),
            self.article.zh(),
            self.case_ids.join("、"),
        )
    }

    /// What is proposed and on which ground, as an English sentence.
    pub fn text_en(&self) -> String {
        let ground = match self.ground {
            ProposalGround::Threshold => "the threshold above is passed".to_owned(),
            ProposalGround::FineFromYuan(yuan) => {
                format!("a single fine of {} yuan or more", yuan.get())
            }
        };
        format!(
            "Proposed: {} ({}; {ground}; cases: {}). The authority decides, with the party's \
             rights of defence.",
            self.consequence.en(),
            self.article.en(),
            self.case_ids.join(", "),
        )
    }
}
