//! What the shell knows besides the case: law, calendar, settings, licences, numbers, counts.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::lists::TrackKind;
use super::numbering::{Number, NumberSeries};
pub use crate::casework::officer::{Actor, OfficerLicence};
use crate::law::{
    Authority, Calendar, ComputedAmount, DiscretionRange, LawTables, RepeatCount, Table,
};
use crate::units::{Micros, Yuan};

/// Which case holds an act: nobody else punishes it (一事不二罚).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ActHolder {
    /// The case.
    pub case_id: String,
    /// The authority that has it there.
    pub authority: Authority,
    /// Since when.
    pub since: Micros,
}

/// Whether the vehicle is held (车辆是否扣留), by its inspection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum VehicleHold {
    /// It was never held, or it is released.
    Released,
    /// It is held.
    Held {
        /// The first day.
        since: NaiveDate,
        /// Whether the head has extended it.
        extended: bool,
    },
}

/// Settings of the procedure: what the law leaves to a province or an authority. The defaults are
/// on the party's side; none of them is a figure of national law that the law table holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ProcedureSettings {
    /// A fine from this amount on goes to legal review (法制审核起点), yuan.
    pub legal_review_from_yuan: Yuan,
    /// A fine from this amount on is discussed collectively (集体讨论起点), yuan.
    pub discussion_from_yuan: Yuan,
    /// A fine from this amount on carries the right to a hearing (听证起点), yuan. Set by the
    /// province; open for Shanxi.
    pub hearing_from_yuan: Yuan,
    /// Working days in which the party may answer a notice where the law table has no clock of its
    /// own for it (陈述申辩期限).
    pub answer_working_days: u32,
    /// Whether only the officers of a case handle it (承办人办理).
    pub only_assigned_officers: bool,
    /// Greatest fine on the spot for a citizen (Administrative Penalty Law art. 51), yuan.
    pub simplified_citizen_yuan: Yuan,
    /// The same for an organisation, yuan.
    pub simplified_organisation_yuan: Yuan,
    /// Calendar days the head may add to the time to decide, where the law table has none.
    pub decide_extension_days: u32,
    /// Whether a decision after its time is refused.
    pub refuse_late_decision: bool,
    /// Whether the authority may enforce by itself; most transport authorities apply to the court.
    pub own_enforcement: bool,
    /// Whether the transport authority may fine an act which the police declined, or whose decision by the
    /// police was annulled, where the mode itself leaves the fine to them.
    pub fine_when_police_decline: bool,
    /// Whether the case of a vehicle that is still held can't be closed.
    pub measures_lifted_to_close: bool,
    /// Greatest fine that an officer may collect at once after a decision on the spot, where nothing else
    /// speaks for it (Administrative Penalty Law art. 68 no. 1), yuan.
    pub spot_collection_yuan: Yuan,
    /// Whether a case is closed while reconsideration or a lawsuit is pending.
    pub close_with_remedy_pending: bool,
    /// Days in which the party may still sue after the decision on reconsideration (Administrative Litigation
    /// Law art. 45). From memory: to be confirmed.
    pub lawsuit_after_reconsideration_days: u32,
    /// Days before its end from which a clock warns.
    pub warn_days: u32,
}

impl Default for ProcedureSettings {
    fn default() -> Self {
        Self {
            legal_review_from_yuan: Yuan::new(10_000),
            discussion_from_yuan: Yuan::new(20_000),
            hearing_from_yuan: Yuan::new(3_000),
            answer_working_days: 3,
            only_assigned_officers: true,
            simplified_citizen_yuan: Yuan::new(200),
            simplified_organisation_yuan: Yuan::new(3_000),
            decide_extension_days: 30,
            refuse_late_decision: true,
            own_enforcement: false,
            fine_when_police_decline: true,
            measures_lifted_to_close: true,
            spot_collection_yuan: Yuan::new(100),
            close_with_remedy_pending: false,
            lawsuit_after_reconsideration_days: 15,
            warn_days: 3,
        }
    }
}

/// The counters of a case's four parties, where known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counts {
    /// The vehicle's.
    pub vehicle: Option<RepeatCount>,
    /// The driver's.
    pub driver: Option<RepeatCount>,
    /// The carrier's.
    pub carrier: Option<RepeatCount>,
    /// The loading source's.
    pub loading_source: Option<RepeatCount>,
    /// The first day of acts that they name at all, counted or left out; `None`: of their years.
    pub listed_from: Option<NaiveDate>,
}

impl Counts {
    /// The count of a track.
    pub const fn of(&self, track: TrackKind) -> Option<&RepeatCount> {
        match track {
            TrackKind::Vehicle => self.vehicle.as_ref(),
            TrackKind::Driver => self.driver.as_ref(),
            TrackKind::Carrier => self.carrier.as_ref(),
            TrackKind::LoadingSource => self.loading_source.as_ref(),
        }
    }
}

/// What the register says of the party that a step names (台账比对).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegisterEntry {
    /// Whose track it was looked up for.
    pub track: TrackKind,
    /// The id that was looked up.
    pub id: String,
    /// Its name there; of a vehicle its plate. `None`: no entry that stands has this id.
    pub name: Option<String>,
}

/// All that a step looks at besides the case. What is absent is not known, and what needs it is
/// refused with the reason.
#[derive(Debug, Clone, Default)]
pub struct Facts<'a> {
    /// The law tables of the station's jurisdiction.
    pub tables: Option<&'a LawTables>,
    /// Holidays and shifted working days.
    pub calendar: Option<&'a Calendar>,
    /// Settings.
    pub settings: ProcedureSettings,
    /// Licences by user name.
    pub officers: BTreeMap<String, OfficerLicence>,
    /// The case that holds the act, when it is another one.
    pub act_holder: Option<ActHolder>,
    /// Numbers that a step may use: the next ones.
    pub numbers: BTreeMap<NumberSeries, Number>,
    /// What the act has by the table in force today (art. 37), where that is not the table of its
    /// verdict.
    pub amount_today: Option<ComputedAmount>,
    /// What the local standard makes of the computed amount.
    pub discretion: Option<DiscretionRange>,
    /// The counters.
    pub counts: Counts,
    /// Whether the vehicle is held; `None` = no inspection is known.
    pub vehicle: Option<VehicleHold>,
    /// What the register says of the party that the step names; `None` = nobody looked.
    pub party: Option<RegisterEntry>,
}

impl<'a> Facts<'a> {
    /// The law table in force on a day.
    pub fn table(&self, day: NaiveDate) -> Option<&'a Table> {
        self.tables?.in_force(day)
    }
}
