//! Which plate belongs to which weighing: a window, one to one, and *ambiguous* when in doubt.
//!
//! A read fits a weighing of its lane when its time differs from the expected one (first axle plus
//! the camera's delay) by no more than the window. The nearest read is taken only if nothing else
//! explains the facts about as well: no other plate for this weighing, and no other weighing for
//! this read, whose residual is within the ambiguity margin of the taken one's. A read further off
//! than that margin, or by a clock that can't be believed, is seen and not trusted.

use crate::passage::{Association, Candidate, Doubt, PlateRead, PlateState};
use crate::units::Micros;

/// A weighing as association sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Crossing {
    /// Passage id.
    pub passage_id: String,
    /// Lane.
    pub lane: u16,
    /// When the first axle crossed.
    pub crossed_at: Micros,
}

/// A read as association sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sighting {
    /// The read.
    pub read: PlateRead,
    /// How much later its camera sees a vehicle than the scale's first axle.
    pub camera_delay: Micros,
    /// The passage that took it already.
    pub taken_by: Option<String>,
}

impl Sighting {
    /// Time of the read minus the time expected of it, microseconds.
    pub fn residual(&self, crossing: &Crossing) -> i64 {
        let expected = crossing.crossed_at.saturating_add(self.camera_delay);
        self.read.seen_at.saturating_sub(expected).get()
    }
}

/// Ties a plate to `crossing`. `others` are the weighings of the same time, closed or not;
/// the crossing itself among them is passed over.
pub fn associate(
    crossing: &Crossing,
    sightings: &[Sighting],
    others: &[Crossing],
    window: Micros,
    margin: Micros,
) -> Association {
    let fits = |residual: i64| residual.unsigned_abs() <= window.get().unsigned_abs();
    let mut near: Vec<(i64, &Sighting)> = sightings
        .iter()
        .filter(|sighting| sighting.read.lane == crossing.lane)
        .map(|sighting| (sighting.residual(crossing), sighting))
        .filter(|(residual, _)| fits(*residual))
        .collect();
    near.sort_by(|a, b| {
        let key = |(residual, sighting): &(i64, &Sighting)| {
            (
                residual.unsigned_abs(),
                sighting.read.raw.port.clone(),
                sighting.read.raw.offset,
            )
        };
        key(a).cmp(&key(b))
    });
    let candidates: Vec<Candidate> = near
        .iter()
        .map(|(residual, sighting)| Candidate {
            plate: sighting.read.plate.clone(),
            residual_us: *residual,
            port: sighting.read.raw.port.clone(),
            offset: sighting.read.raw.offset,
        })
        .collect();

    let Some((residual, best)) = near
        .iter()
        .find(|(_, sighting)| sighting.read.plate.is_some())
        .copied()
    else {
        return Association {
            state: PlateState::Missing,
            doubts: Vec::new(),
            chosen: None,
            residual_us: None,
            candidates,
            rival_passages: Vec::new(),
        };
    };
    let about_as_well = |other: i64| {
        other.unsigned_abs().saturating_sub(residual.unsigned_abs()) <= margin.get().unsigned_abs()
    };
    let other_plate = near
        .iter()
        .any(|(other, sighting)| sighting.read.plate != best.read.plate && about_as_well(*other));
    let rival_passages: Vec<String> = others
        .iter()
        .filter(|other| other.lane == crossing.lane && other.passage_id != crossing.passage_id)
        .filter(|other| {
            let residual = best.residual(other);
            fits(residual) && about_as_well(residual)
        })
        .map(|other| other.passage_id.clone())
        .collect();
    let taken = best
        .taken_by
        .as_ref()
        .is_some_and(|by| *by != crossing.passage_id);
    let doubts: Vec<Doubt> = [
        (other_plate, Doubt::OtherPlate),
        (!rival_passages.is_empty(), Doubt::OtherVehicle),
        (taken, Doubt::TakenBefore),
        // A car that no scale reports may be nearer to this read than the truck is.
        (
            residual.unsigned_abs() > margin.get().unsigned_abs(),
            Doubt::FarOff,
        ),
        (!best.read.time_vouched, Doubt::ClockNotVouched),
    ]
    .into_iter()
    .filter_map(|(present, doubt)| present.then_some(doubt))
    .collect();
    let certain = doubts.is_empty();
    Association {
        state: if certain {
            PlateState::Matched
        } else {
            PlateState::Ambiguous
        },
        doubts,
        chosen: certain.then(|| best.read.clone()),
        residual_us: certain.then_some(residual),
        candidates,
        rival_passages,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::passage::RawBytes;

    const WINDOW: Micros = Micros::from_millis(1_500);
    const MARGIN: Micros = Micros::from_millis(600);

    fn crossing(id: &str, lane: u16, millis: i64) -> Crossing {
        Crossing {
            passage_id: id.to_owned(),
            lane,
            crossed_at: Micros::from_millis(millis),
        }
    }

    fn sighting(plate: Option<&str>, lane: u16, millis: i64) -> Sighting {
        let read = PlateRead {
            plate: plate.map(str::to_owned),
            colour: None,
            confidence: None,
            lane,
            seen_at: Micros::from_millis(millis),
            time_vouched: true,
            checked: true,
            raw: RawBytes {
                port: "camera".to_owned(),
                offset: millis,
                length: 1,
                received_at: Micros::from_millis(millis),
                sha256: String::new(),
                base64: String::new(),
            },
        };
        Sighting {
            read,
            camera_delay: Micros::ZERO,
            taken_by: None,
        }
    }

    fn state(crossing: &Crossing, sightings: &[Sighting], others: &[Crossing]) -> PlateState {
        associate(crossing, sightings, others, WINDOW, MARGIN).state
    }

    #[test]
    fn one_read_near_one_weighing_is_matched() {
        let found = associate(
            &crossing("a", 1, 10_000),
            &[
                sighting(Some("晋D12345"), 1, 10_200),
                sighting(Some("晋D99999"), 2, 10_000),
            ],
            &[crossing("a", 1, 10_000), crossing("b", 2, 10_000)],
            WINDOW,
            MARGIN,
        );
        assert_eq!(found.state, PlateState::Matched);
        assert_eq!(found.chosen.unwrap().plate.as_deref(), Some("晋D12345"));
        assert_eq!(found.residual_us, Some(200_000));
    }

    #[test]
    fn a_read_is_trusted_within_the_margin_and_seen_within_the_window() {
        let at = crossing("a", 1, 10_000);
        let state_at = |millis| state(&at, &[sighting(Some("X"), 1, millis)], &[]);
        assert_eq!(state_at(10_600), PlateState::Matched);
        assert_eq!(state_at(10_601), PlateState::Ambiguous);
        assert_eq!(state_at(9_399), PlateState::Ambiguous);
        assert_eq!(state_at(11_500), PlateState::Ambiguous);
        assert_eq!(state_at(11_501), PlateState::Missing);
    }

    #[test]
    fn a_camera_with_a_wrong_clock_is_not_believed() {
        let mut unsure = sighting(Some("X"), 1, 10_000);
        unsure.read.time_vouched = false;
        let found = associate(&crossing("a", 1, 10_000), &[unsure], &[], WINDOW, MARGIN);
        assert_eq!(found.state, PlateState::Ambiguous);
        assert_eq!(found.doubts, [Doubt::ClockNotVouched]);
    }

    #[test]
    fn two_plates_about_as_near_are_ambiguous() {
        let at = crossing("a", 1, 10_000);
        let two = [
            sighting(Some("X"), 1, 10_100),
            sighting(Some("Y"), 1, 9_400),
        ];
        assert_eq!(state(&at, &two, &[]), PlateState::Ambiguous);
        let far = [
            sighting(Some("X"), 1, 10_100),
            sighting(Some("Y"), 1, 9_200),
        ];
        assert_eq!(state(&at, &far, &[]), PlateState::Matched);
        let same = [
            sighting(Some("X"), 1, 10_100),
            sighting(Some("X"), 1, 10_150),
        ];
        assert_eq!(
            state(&at, &same, &[]),
            PlateState::Matched,
            "a doubled read is one plate"
        );
    }

    #[test]
    fn an_unread_plate_beside_a_read_one_is_a_second_explanation() {
        let at = crossing("a", 1, 10_000);
        let two = [sighting(Some("X"), 1, 10_100), sighting(None, 1, 9_900)];
        assert_eq!(state(&at, &two, &[]), PlateState::Ambiguous);
    }

    #[test]
    fn one_read_between_two_trucks_is_nobodys() {
        let first = crossing("a", 1, 10_000);
        let second = crossing("b", 1, 11_000);
        let all = [first.clone(), second.clone()];
        let between = [sighting(Some("X"), 1, 10_500)];
        assert_eq!(state(&first, &between, &all), PlateState::Ambiguous);
        assert_eq!(state(&second, &between, &all), PlateState::Ambiguous);
        let near_first = [sighting(Some("X"), 1, 10_050)];
        assert_eq!(state(&first, &near_first, &all), PlateState::Matched);
    }

    #[test]
    fn a_read_serves_one_weighing_only() {
        let mut taken = sighting(Some("X"), 1, 10_000);
        taken.taken_by = Some("other".to_owned());
        assert_eq!(
            state(&crossing("a", 1, 10_100), &[taken], &[]),
            PlateState::Ambiguous
        );
    }
}
