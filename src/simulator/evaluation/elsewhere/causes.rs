//! Why a vehicle was missed, or a finding is wrong.

use super::{HERE, Judged, SightingFinding, Source, site};
use crate::lane::evasion::sightings::Sighting;
use crate::passage::EvasionKind;

/// Why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cause {
    /// The true bearer of the number was seen nowhere: one vehicle bears it, as far as anybody knows.
    BearerUnseen,
    /// No site and no camera read the number on the vehicle that bears it wrongly, or on the true
    /// bearer: what they read was misread.
    NotRead,
    /// Both were seen, and one vehicle could have been at both places.
    TimeEnough,
    /// Nobody read the plate as it is before the station, or nobody behind it.
    OneSideOnly,
    /// Nothing on the list says that it is a truck.
    NotKnownAsTruck,
    /// No scale elsewhere told its axles on that trip: any unread truck at the right moment could be it.
    /// It may be found all the same.
    AxlesUnknown,
    /// A plate that looks like it was read at the station meanwhile.
    LooksLikeAnother,
    /// An unread vehicle with as many axles, or one without spacings, passed the station meanwhile. On a
    /// full road one nearly always does, so this does not say that nothing could have told them apart.
    UnreadMeanwhile,
    /// All that it takes was on the list.
    Weighed,
    /// A plate was misread for the one that the finding is about.
    Misread,
    /// The same text in two colours: two vehicles, and one colour misread.
    MisreadColour,
    /// It passed the station unread, and evaded in another way, which may have spoilt its record.
    PassedEvading,
    /// It passed the station unread.
    PassedUnread,
    /// It passed the station and left no record there.
    PassedUnrecorded,
    /// The vehicle's own history.
    OwnHistory,
}

impl Cause {
    /// The name in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::BearerUnseen => "bearer_unseen",
            Self::NotRead => "not_read",
            Self::TimeEnough => "time_enough",
            Self::OneSideOnly => "one_side_only",
            Self::NotKnownAsTruck => "not_known_as_truck",
            Self::AxlesUnknown => "axles_unknown",
            Self::LooksLikeAnother => "looks_like_another",
            Self::UnreadMeanwhile => "unread_meanwhile",
            Self::Weighed => "weighed",
            Self::Misread => "misread",
            Self::MisreadColour => "misread_colour",
            Self::PassedEvading => "passed_evading",
            Self::PassedUnread => "passed_unread",
            Self::PassedUnrecorded => "passed_unrecorded",
            Self::OwnHistory => "own_history",
        }
    }

    /// In Chinese.
    pub const fn zh(self) -> &'static str {
        match self {
            Self::BearerUnseen => "真车未在他处出现",
            Self::NotRead => "未有正确识别",
            Self::TimeEnough => "两次记录间隔足够",
            Self::OneSideOnly => "仅在一侧被识别",
            Self::NotKnownAsTruck => "无从知其为货车",
            Self::AxlesUnknown => "该次行程轴数未知",
            Self::LooksLikeAnother => "其间有形近号牌",
            Self::UnreadMeanwhile => "其间有轴数可能相同的未识别车辆",
            Self::Weighed => "证据不足",
            Self::Misread => "误识为该号牌",
            Self::MisreadColour => "颜色误识",
            Self::PassedEvading => "过站未识别，另有逃避行为",
            Self::PassedUnread => "过站未识别",
            Self::PassedUnrecorded => "过站无记录",
            Self::OwnHistory => "本车历史",
        }
    }

    /// In English.
    pub const fn en(self) -> &'static str {
        match self {
            Self::BearerUnseen => "true bearer seen nowhere",
            Self::NotRead => "never read as it is",
            Self::TimeEnough => "time enough for one vehicle",
            Self::OneSideOnly => "read on one side only",
            Self::NotKnownAsTruck => "not known to be a truck",
            Self::AxlesUnknown => "its axles known from nowhere",
            Self::LooksLikeAnother => "a plate that looks like it passed",
            Self::UnreadMeanwhile => "an unread vehicle passed that may have as many axles",
            Self::Weighed => "too little evidence",
            Self::Misread => "misread for this plate",
            Self::MisreadColour => "colour misread",
            Self::PassedEvading => "passed unread, evading in another way",
            Self::PassedUnread => "passed unread",
            Self::PassedUnrecorded => "passed without a record",
            Self::OwnHistory => "its own history",
        }
    }
}

impl Judged<'_> {
    fn line(&self, index: usize) -> Option<&Sighting> {
        self.watched.list.get(index)
    }

    /// The lines in which a vehicle, or the true bearer of its number, stands with its plate as it is.
    fn own_lines(&self, vehicle: u64, bearers: bool) -> Vec<&Sighting> {
        let known = self.watched.vehicles.get(&vehicle);
        let lines = self.lines.get(&vehicle).into_iter().flatten();
        let own = lines.filter(|index| {
            let is_bearer = matches!(
                self.watched.sources.get(**index),
                Some(Source::Site {
                    is_bearer: true,
                    ..
                })
            );
            is_bearer == bearers && self.watched.is_right(**index, vehicle)
        });
        let own = own.filter_map(|index| self.line(*index));
        own.filter(|line| {
            let colour = line.colour;
            colour.is_none_or(|colour| known.is_some_and(|known| known.colour == colour))
        })
        .collect()
    }

    /// What the list does not show of a vehicle. Of a clone nothing can be found then; of a bypass without
    /// axles something may, if no other explanation is at hand.
    pub(super) fn unshown(&self, kind: EvasionKind, vehicle: u64) -> Option<Cause> {
        let own = self.own_lines(vehicle, false);
        if kind == EvasionKind::PlateCloned {
            let far = self.own_lines(vehicle, true);
            let lines = self.lines.get(&vehicle).into_iter().flatten();
            let sources = lines.filter_map(|index| self.watched.sources.get(*index));
            let mut bearers = sources.filter(|source| {
                matches!(
                    source,
                    Source::Site {
                        is_bearer: true,
                        ..
                    }
                )
            });
            if bearers.next().is_none() {
                return Some(Cause::BearerUnseen);
            }
            if own.is_empty() || far.is_empty() {
                return Some(Cause::NotRead);
            }
            let contradicts = |one: &Sighting| {
                let mut far = far.iter();
                far.any(|other| self.settings.is_too_soon(one, other))
            };
            let shown = own.iter().any(|one| contradicts(one));
            return (!shown).then_some(Cause::TimeEnough);
        }
        let on_side = |sign: f64| {
            own.iter().any(|line| {
                let along = site(&line.site).and_then(|site| site.along_km);
                along.is_some_and(|along| along * sign > 0.0)
            })
        };
        if !on_side(-1.0) || !on_side(1.0) {
            return Some(Cause::OneSideOnly);
        }
        if !own.iter().any(|line| line.is_truck()) {
            return Some(Cause::NotKnownAsTruck);
        }
        let axles_known = own.iter().any(|line| line.axle_count().is_some());
        (!axles_known).then_some(Cause::AxlesUnknown)
    }

    /// Why a vehicle was missed of which the list showed all that it takes.
    pub(super) fn missed(&self, kind: EvasionKind, vehicle: u64) -> Cause {
        let lines = self.lines.get(&vehicle).map(Vec::as_slice);
        let lines = lines.unwrap_or_default();
        let of_it =
            |found: &&SightingFinding| found.finding.kind == kind && lines.contains(&found.index);
        let mut of_it = self.findings.iter().filter(of_it);
        if of_it.any(SightingFinding::is_dismissed) {
            return Cause::LooksLikeAnother;
        }
        if kind == EvasionKind::Bypass && self.weighs_against(lines) {
            return Cause::UnreadMeanwhile;
        }
        Cause::Weighed
    }

    /// Whether an unread vehicle passed between the first sighting and the last that had as many axles as
    /// any of them tells, or may have. Whether the bypass would have been found without it is not asked.
    fn weighs_against(&self, lines: &[usize]) -> bool {
        let (Some(first), Some(last)) = (
            lines
                .iter()
                .filter_map(|index| self.line(*index))
                .min_by_key(|line| line.at),
            lines
                .iter()
                .filter_map(|index| self.line(*index))
                .max_by_key(|line| line.at),
        ) else {
            return false;
        };
        let axles: Vec<u16> = lines
            .iter()
            .filter_map(|index| self.line(*index)?.axles)
            .collect();
        let mut meanwhile = self.unread.iter().filter_map(|index| self.line(*index));
        meanwhile.any(|line| {
            let count = line.spacings_mm.len() as u16 + 1;
            let fits = axles.is_empty() || line.spacings_mm.is_empty() || axles.contains(&count);
            fits && (first.at..=last.at).contains(&line.at)
        })
    }

    /// Why a finding is wrong, and what the vehicle did instead.
    pub(super) fn mistaken(
        &self,
        kind: EvasionKind,
        findings: &[&SightingFinding],
    ) -> (Cause, Option<EvasionKind>) {
        let involved = findings
            .iter()
            .flat_map(|found| [Some(found.index), found.other_index]);
        let involved: Vec<usize> = involved.flatten().collect();
        let mut instead = None;
        let mut owners = Vec::new();
        for index in &involved {
            for owner in self.watched.owners(*index) {
                owners.push(owner);
                let known = self.watched.vehicles.get(&owner);
                instead = instead.or(known.and_then(|known| known.evasion));
                let colour = self.line(*index).and_then(|line| line.colour);
                if known
                    .is_some_and(|known| Some(known.plate.as_str()) != self.watched.text(*index))
                {
                    return (Cause::Misread, instead);
                }
                if known.is_some_and(|known| colour.is_some_and(|colour| colour != known.colour)) {
                    return (Cause::MisreadColour, instead);
                }
            }
        }
        if kind == EvasionKind::PlateCloned {
            return (Cause::OwnHistory, instead);
        }
        let lines = owners.iter().filter_map(|owner| self.lines.get(owner));
        let here = lines.flatten().filter(|index| {
            let at_station = self.line(**index).is_some_and(|line| line.site == HERE);
            at_station && self.watched.text(**index).is_none()
        });
        let here: Vec<&Sighting> = here.filter_map(|index| self.line(*index)).collect();
        let cause = if here.is_empty() {
            Cause::PassedUnrecorded
        } else if instead.is_some() {
            Cause::PassedEvading
        } else {
            Cause::PassedUnread
        };
        (cause, instead)
    }
}
