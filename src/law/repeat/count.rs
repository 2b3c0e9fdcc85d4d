//! The counters.

use chrono::NaiveDate;

use super::super::derivation::Citation;
use super::super::table::BASIS;
use super::case::{CarrierFacts, CountedCase, DecisionOutcome, FleetSize};
use super::check::RepeatError;
use super::result::{
    Consequence, FleetOnDay, Proposal, ProposalGround, RepeatCount, RepeatSubject, Standing,
    Threshold,
};
use super::rules::{FleetDay, RepeatRules};
use super::sift::{Sifted, SubjectCases};
use crate::units::Yuan;

/// Counts the illegal over-limit transports of a vehicle in the year to a day: more than three,
/// and the revocation of its operation licence is proposed (公路安全保护条例 art. 66).
///
/// `plate` is that of the truck or tractor. `rules` are those of the table in force on the day.
/// Fails when cases that bear on the count contradict each other.
pub fn vehicle_repeats(
    cases: &[CountedCase],
    plate: &str,
    to: NaiveDate,
    rules: &RepeatRules,
) -> Result<RepeatCount, RepeatError> {
    let own = SubjectCases::of(cases, RepeatSubject::Vehicle, plate, rules)?;
    Ok(Tally::new(&own, RepeatSubject::Vehicle, plate, to, rules).by_times())
}

/// The same for a driver: more than three, and an order to stop commercial driving is proposed.
pub fn driver_repeats(
    cases: &[CountedCase],
    driver_id: &str,
    to: NaiveDate,
    rules: &RepeatRules,
) -> Result<RepeatCount, RepeatError> {
    let own = SubjectCases::of(cases, RepeatSubject::Driver, driver_id, rules)?;
    Ok(Tally::new(&own, RepeatSubject::Driver, driver_id, to, rules).by_times())
}

/// The count of a vehicle on the first day, `until` at the latest, on which it was more than the
/// threshold; `None` when it never was. A later day's count may be lower: acts leave the window.
pub fn vehicle_first_exceeded(
    cases: &[CountedCase],
    plate: &str,
    until: NaiveDate,
    rules: &RepeatRules,
) -> Result<Option<RepeatCount>, RepeatError> {
    first_exceeded(cases, RepeatSubject::Vehicle, plate, until, rules)
}

/// The same for a driver.
pub fn driver_first_exceeded(
    cases: &[CountedCase],
    driver_id: &str,
    until: NaiveDate,
    rules: &RepeatRules,
) -> Result<Option<RepeatCount>, RepeatError> {
    first_exceeded(cases, RepeatSubject::Driver, driver_id, until, rules)
}

fn first_exceeded(
    cases: &[CountedCase],
    subject: RepeatSubject,
    id: &str,
    until: NaiveDate,
    rules: &RepeatRules,
) -> Result<Option<RepeatCount>, RepeatError> {
    let own = SubjectCases::of(cases, subject, id, rules)?;
    // A count rises on days of acts alone.
    let days = own.days().into_iter().filter(|day| *day <= until);
    Ok(days
        .map(|day| Tally::new(&own, subject, id, day, rules).by_times())
        .find(RepeatCount::exceeded))
}

/// Counts the distinct vehicles of a carrier that broke the law in the year to a day, against its
/// fleet: strictly more than a tenth, and suspension is proposed (公路安全保护条例 art. 66).
///
/// The fleet is that of the day which the table's setting names. When its size is not known or is
/// zero while vehicles count, the [`Standing`] says that nothing can be said. No vehicle is within
/// the threshold whatever the fleet. A case without a plate does not count. With more cases the
/// count never falls, but the fleet's day may move, and so the threshold.
pub fn carrier_share(
    cases: &[CountedCase],
    carrier_id: &str,
    facts: &CarrierFacts,
    to: NaiveDate,
    rules: &RepeatRules,
) -> Result<RepeatCount, RepeatError> {
    let own = SubjectCases::of(cases, RepeatSubject::Carrier, carrier_id, rules)?;
    check_fleet(&facts.fleet)?;
    Ok(Tally::new(&own, RepeatSubject::Carrier, carrier_id, to, rules).by_share(facts))
}

/// Counts for how many acts a source unit was found to instigate overload in the year to a day.
///
/// The law knows a fine for each act but no threshold; that of the credit list is taken, and entry
/// in it proposed at so many acts, or at a single fine of the amount that the table names.
pub fn source_instigations(
    cases: &[CountedCase],
    source_id: &str,
    to: NaiveDate,
    rules: &RepeatRules,
) -> Result<RepeatCount, RepeatError> {
    let own = SubjectCases::of(cases, RepeatSubject::Source, source_id, rules)?;
    Ok(Tally::new(&own, RepeatSubject::Source, source_id, to, rules).by_instigation())
}

fn check_fleet(fleet: &[FleetSize]) -> Result<(), RepeatError> {
    let mut sizes: Vec<(NaiveDate, u32)> = fleet
        .iter()
        .map(|size| (size.from, size.vehicles))
        .collect();
    sizes.sort_unstable();
    sizes.dedup();
    let twice = sizes
        .iter()
        .zip(sizes.iter().skip(1))
        .find(|(first, second)| first.0 == second.0);
    match twice {
        Some((&(from, least), &(_, most))) => Err(RepeatError::FleetTwice { from, least, most }),
        None => Ok(()),
    }
}

/// The fleet's size in force on a day.
fn fleet_on(fleet: &[FleetSize], day: NaiveDate) -> Option<u32> {
    let begun = fleet.iter().filter(|size| size.from <= day);
    begun.max_by_key(|size| size.from).map(|size| size.vehicles)
}

/// A count on its way to its result.
struct Tally<'a> {
    rules: &'a RepeatRules,
    sifted: Sifted<'a>,
    result: RepeatCount,
}

impl<'a> Tally<'a> {
    fn new(
        own: &SubjectCases<'a>,
        subject: RepeatSubject,
        id: &str,
        to: NaiveDate,
        rules: &'a RepeatRules,
    ) -> Self {
        let window = rules.window();
        let [first_day, last_day] = window.ending(to);
        let mut sifted = own.sift([first_day, last_day]);
        let counted = std::mem::take(&mut sifted.counted);
        let result = RepeatCount {
            subject,
            subject_id: id.to_owned(),
            window,
            first_day,
            last_day,
            count: u64::try_from(counted.len()).unwrap_or(u64::MAX),
            counted,
            left_out: std::mem::take(&mut sifted.left_out),
            threshold: None,
            standing: Standing::NoThreshold,
            fleet: None,
            proposals: Vec::new(),
        };
        Self {
            rules,
            sifted,
            result,
        }
    }

    /// Vehicles and drivers.
    fn by_times(mut self) -> RepeatCount {
        let credit_list = self.rules.credit_list_on(self.result.last_day);
        let driver = self.result.subject == RepeatSubject::Driver;
        let (times, consequence, article, credit_article) = if driver {
            (
                self.rules.driver_more_than_times.value,
                Consequence::StopCommercialDriving,
                &self.rules.driver_article,
                credit_list.map(|list| &list.driver_article),
            )
        } else {
            (
                self.rules.vehicle_more_than_times.value,
                Consequence::RevokeVehicleLicence,
                &self.rules.vehicle_article,
                credit_list.map(|list| &list.vehicle_article),
            )
        };
        self.settle(
            Threshold::MoreThanTimes(times),
            self.result.count > u64::from(times),
        );
        self.propose(consequence, Some(article));
        self.propose(Consequence::EnterCreditList, credit_article);
        self.result
    }

    fn by_share(mut self, facts: &CarrierFacts) -> RepeatCount {
        let share = self.rules.carrier_more_than_basis_points.value;
        let days = self.sifted.countable.iter().map(|case| case.day_of_act);
        let day = match self.rules.fleet_day() {
            FleetDay::LatestAct => days.max(),
            FleetDay::FirstAct => days.min(),
            FleetDay::DayOfCounting => Some(self.result.last_day),
        };
        let fleet = day.map(|day| FleetOnDay {
            day,
            vehicles: fleet_on(&facts.fleet, day),
        });
        // Both sides multiplied out: a share is never divided, so it is never rounded.
        let vehicles = i128::from(self.result.count) * i128::from(BASIS);
        let more_than = |fleet: u32| vehicles > i128::from(fleet) * i128::from(share);
        let size = fleet.and_then(|fleet| fleet.vehicles);
        self.settle(
            Threshold::MoreThanShareBasisPoints(share),
            size.is_some_and(more_than),
        );
        if self.result.count > 0 {
            match size {
                None => self.result.standing = Standing::FleetUnknown,
                Some(0) => self.result.standing = Standing::FleetZero,
                Some(_) => {}
            }
        }
        self.result.fleet = fleet;
        self.propose(
            Consequence::SuspendCarrier,
            Some(&self.rules.carrier_article),
        );
        let credit_list = self.rules.credit_list_on(self.result.last_day);
        let credit_article = credit_list.filter(|_| facts.suspended);
        self.propose(
            Consequence::EnterCreditList,
            credit_article.map(|list| &list.carrier_article),
        );
        self.result
    }

    fn by_instigation(mut self) -> RepeatCount {
        let Some(list) = self.rules.credit_list_on(self.result.last_day) else {
            return self.result;
        };
        let times = list.source_from_times.value;
        self.settle(
            Threshold::AtLeastTimes(times),
            self.result.count >= u64::from(times),
        );
        self.propose(Consequence::EnterCreditList, Some(&list.source_article));
        let from = Yuan::new(list.source_fine_from_yuan.value);
        let is_high = |case: &&&CountedCase| {
            case.outcome == DecisionOutcome::Fine && case.fine_yuan.is_some_and(|fine| fine >= from)
        };
        let high = self.sifted.countable.iter().filter(is_high);
        let case_ids: Vec<String> = high.map(|case| case.case_id.clone()).collect();
        if !case_ids.is_empty() {
            self.result.proposals.push(Proposal {
                consequence: Consequence::EnterCreditList,
                ground: ProposalGround::FineFromYuan(from),
                case_ids,
                article: list.source_article.clone(),
            });
        }
        self.result
    }

    fn settle(&mut self, threshold: Threshold, passed: bool) {
        self.result.threshold = Some(threshold);
        self.result.standing = if passed {
            Standing::Exceeded
        } else {
            Standing::Within
        };
    }

    /// Proposes a consequence of a passed threshold, where the table knows it.
    fn propose(&mut self, consequence: Consequence, article: Option<&Citation>) {
        let Some(article) = article.filter(|_| self.result.exceeded()) else {
            return;
        };
        let counted = self.result.counted.iter();
        self.result.proposals.push(Proposal {
            consequence,
            ground: ProposalGround::Threshold,
            case_ids: counted.map(|entry| entry.case_id.clone()).collect(),
            article: article.clone(),
        });
    }
}
