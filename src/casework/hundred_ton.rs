//! Trucks of a hundred tons (百吨王): their alarm, and the road sections where they pass most.
//!
//! No law defines the word; the figures are settings.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Datelike, Timelike};
use serde::{Deserialize, Serialize};

use crate::units::{Kilograms, Micros};

/// From which gross it is warned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct HundredTonSettings {
    /// Pre-alarm from this gross, kg (预警).
    pub pre_alarm_kg: Kilograms,
    /// Alarm from this gross, kg (报警).
    pub alarm_kg: Kilograms,
    /// Hours in a band of the ranking, 1 to 24.
    pub band_hours: u8,
}

impl Default for HundredTonSettings {
    fn default() -> Self {
        Self {
            pre_alarm_kg: Kilograms::new(90_000),
            alarm_kg: Kilograms::new(100_000),
            band_hours: 3,
        }
    }
}

closed_list! {
    /// How loud.
    AlarmLevel {
        /// Near a hundred tons.
        PreAlarm = "pre_alarm", "百吨王预警", "near a hundred tons";
        /// A hundred tons or more.
        Alarm = "alarm", "百吨王报警", "hundred-ton truck";
    }
}

/// The alarm of a gross, as weighed; `None` below both figures.
pub fn alarm(gross_kg: Kilograms, settings: &HundredTonSettings) -> Option<AlarmLevel> {
    if gross_kg >= settings.alarm_kg {
        Some(AlarmLevel::Alarm)
    } else if gross_kg >= settings.pre_alarm_kg {
        Some(AlarmLevel::PreAlarm)
    } else {
        None
    }
}

/// A passage of such a truck.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeavyPassage {
    /// Site or road section.
    pub site: String,
    /// Lane.
    pub lane: u16,
    /// When.
    pub at: Micros,
    /// Gross.
    pub gross_kg: Kilograms,
    /// Plate; `None` when not read.
    pub plate: Option<String>,
}

/// A road section in a band of hours on a day of the week, by how often they pass (重点路段).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoadRank {
    /// Site or road section.
    pub site: String,
    /// First hour of the band, 0 to 23, Beijing time.
    pub from_hour: u8,
    /// Hour at which it ends, 1 to 24.
    pub until_hour: u8,
    /// Day of the week, 1 = Monday to 7 = Sunday.
    pub weekday: u8,
    /// Passages.
    pub count: u64,
    /// Different plates; passages without a plate count one each.
    pub vehicles: u64,
    /// Heaviest, kg.
    pub heaviest_kg: Kilograms,
    /// Lanes used, ascending.
    pub lanes: Vec<u16>,
    /// Share of all passages, in hundredths of a per cent, rounded down.
    pub share_of_all: u32,
}

#[derive(Default)]
struct Gathered<'a> {
    count: u64,
    plates: BTreeSet<&'a str>,
    without_plate: u64,
    heaviest: Kilograms,
    lanes: BTreeSet<u16>,
}

/// Ranks where and when they pass: the most passages first; among equals the heaviest, then by site,
/// day and hour. Passages at moments beyond the calendar are left out.
pub fn rank(passages: &[HeavyPassage], settings: &HundredTonSettings) -> Vec<RoadRank> {
    let hours = settings.band_hours.clamp(1, 24);
    let mut bands: BTreeMap<(&str, u8, u8), Gathered<'_>> = BTreeMap::new();
    let mut all: u64 = 0;
    for passage in passages {
        let Some((weekday, hour)) = weekday_and_hour(passage.at) else {
            continue;
        };
        let band = hour.checked_div(hours).unwrap_or(0).saturating_mul(hours);
        let gathered = bands
            .entry((passage.site.as_str(), weekday, band))
            .or_default();
        all = all.saturating_add(1);
        gathered.count = gathered.count.saturating_add(1);
        gathered.heaviest = gathered.heaviest.max(passage.gross_kg);
        gathered.lanes.insert(passage.lane);
        match passage.plate.as_deref() {
            Some(plate) => {
                gathered.plates.insert(plate);
            }
            None => gathered.without_plate = gathered.without_plate.saturating_add(1),
        }
    }
    let mut ranks: Vec<_> = bands
        .into_iter()
        .map(|((site, weekday, from_hour), gathered)| RoadRank {
            site: site.to_owned(),
            from_hour,
            until_hour: from_hour.saturating_add(hours).min(24),
            weekday,
            count: gathered.count,
            vehicles: u64::try_from(gathered.plates.len())
                .unwrap_or(u64::MAX)
                .saturating_add(gathered.without_plate),
            heaviest_kg: gathered.heaviest,
            lanes: gathered.lanes.into_iter().collect(),
            share_of_all: share(gathered.count, all),
        })
        .collect();
    // Stable: what is equal stays in the order of site, day and hour.
    ranks.sort_by_key(|rank| Reverse((rank.count, rank.heaviest_kg)));
    ranks
}

fn share(count: u64, all: u64) -> u32 {
    let hundredths = count.saturating_mul(10_000).checked_div(all).unwrap_or(0);
    u32::try_from(hundredths).unwrap_or(10_000)
}

fn weekday_and_hour(at: Micros) -> Option<(u8, u8)> {
    const BEIJING_OFFSET: i64 = 8 * 3_600 * 1_000_000;
    let moment = DateTime::from_timestamp_micros(at.get().checked_add(BEIJING_OFFSET)?)?;
    let weekday = u8::try_from(moment.weekday().number_from_monday()).ok()?;
    Some((weekday, u8::try_from(moment.hour()).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passage(site: &str, at: &str, gross: i64, plate: Option<&str>) -> HeavyPassage {
        HeavyPassage {
            site: site.to_owned(),
            lane: 2,
            at: Micros::from_rfc3339(at).unwrap(),
            gross_kg: Kilograms::new(gross),
            plate: plate.map(str::to_owned),
        }
    }

    #[test]
    fn both_levels_begin_at_their_figure() {
        let settings = HundredTonSettings::default();
        let level = |gross| alarm(Kilograms::new(gross), &settings);
        assert_eq!(level(89_999), None);
        assert_eq!(level(90_000), Some(AlarmLevel::PreAlarm));
        assert_eq!(level(99_999), Some(AlarmLevel::PreAlarm));
        assert_eq!(level(100_000), Some(AlarmLevel::Alarm));
        assert_eq!(level(106_180), Some(AlarmLevel::Alarm));
        let old_line = HundredTonSettings {
            pre_alarm_kg: Kilograms::new(55_000),
            ..settings
        };
        assert_eq!(
            alarm(Kilograms::new(55_000), &old_line),
            Some(AlarmLevel::PreAlarm)
        );
    }

    #[test]
    fn sections_are_ranked_by_where_and_when() {
        // 2024-06-03 is a Monday; 18:30Z is 02:30 on Tuesday in Beijing.
        let passages = [
            passage("G207", "2024-06-03T18:30:00Z", 101_000, Some("晋D10001")),
            passage("G207", "2024-06-03T18:40:00Z", 106_180, Some("晋D10001")),
            passage("G207", "2024-06-03T18:59:59Z", 100_500, None),
            passage("G207", "2024-06-03T19:00:00Z", 120_000, Some("晋D10003")),
            passage("S331", "2024-06-03T18:30:00Z", 120_000, Some("晋D10004")),
        ];
        let ranks = rank(&passages, &HundredTonSettings::default());
        let first = ranks.first().unwrap();
        assert_eq!(
            (
                first.site.as_str(),
                first.weekday,
                first.from_hour,
                first.until_hour
            ),
            ("G207", 2, 0, 3)
        );
        assert_eq!((first.count, first.vehicles), (3, 2));
        assert_eq!(first.heaviest_kg, Kilograms::new(106_180));
        assert_eq!(first.share_of_all, 6_000);
        let places: Vec<_> = ranks
            .iter()
            .map(|rank| (rank.site.as_str(), rank.from_hour))
            .collect();
        assert_eq!(places, [("G207", 0), ("G207", 3), ("S331", 0)]);
    }

    #[test]
    fn the_order_of_the_list_does_not_matter() {
        let mut passages = vec![
            passage("G207", "2024-06-03T01:30:00Z", 101_000, Some("晋D10001")),
            passage("S331", "2024-06-03T01:30:00Z", 101_000, Some("晋D10001")),
            passage("A1", "2024-06-04T01:30:00Z", 101_000, None),
            passage("A1", "2024-06-03T09:30:00Z", 101_000, None),
        ];
        let settings = HundredTonSettings::default();
        let ranks = rank(&passages, &settings);
        passages.reverse();
        assert_eq!(rank(&passages, &settings), ranks);
        assert_eq!(
            ranks.iter().map(|rank| rank.count).sum::<u64>(),
            u64::try_from(passages.len()).unwrap()
        );
    }

    #[test]
    fn bands_end_with_the_day_and_nothing_gives_nothing() {
        let settings = HundredTonSettings {
            band_hours: 5,
            ..HundredTonSettings::default()
        };
        let late = [passage("G207", "2024-06-03T15:30:00Z", 101_000, None)];
        let ranks = rank(&late, &settings);
        assert_eq!(
            ranks.first().map(|rank| (rank.from_hour, rank.until_hour)),
            Some((20, 24))
        );
        assert!(rank(&[], &settings).is_empty());
    }
}
