//! A case, the law in force, and somebody to work on it.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use chrono::{Days, NaiveDate};
use serde_json::json;

use super::super::*;
use crate::casework::case_file::{CaseFile, TrackState};
use crate::casework::case_state::CaseState;
use crate::casework::opening::Judgement;
use crate::casework::opening::tests::sample;
use crate::casework::procedure::track::TrackAction;
use crate::law::{
    Assessment, Authority, Calendar, CountedCase, EnforcementMode, LawTables, assess,
};
use crate::role::Role;
use crate::units::{Micros, Yuan};

pub static TABLES: LazyLock<LawTables> =
    LazyLock::new(|| LawTables::embedded_for("cn-14").unwrap());
pub static CALENDAR: LazyLock<Calendar> = LazyLock::new(|| Calendar::embedded().unwrap());

pub fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// Noon of a day by Beijing time.
pub fn noon(day: NaiveDate) -> Micros {
    Micros::from_rfc3339(&format!("{day}T12:00:00+08:00")).unwrap()
}

/// A two-axle truck so many kilograms over its 18 t.
pub fn judged(day: NaiveDate, over_kg: i64) -> Judgement {
    let assessment: Assessment = serde_json::from_value(json!({
        "day": day,
        "vehicle": {
            "category": "truck", "axle_spacings_mm": [4500], "drive_axles": 1,
            "drive_air_suspension": false, "non_drive_tyres": "dual", "layout": "1+1",
            "max_total_mass_kg": 18000, "approved_payload_kg": 11200, "tare_kg": 6800
        },
        "measured": {"gross_kg": 18000 + over_kg}
    }))
    .unwrap();
    of(&assessment)
}

/// What the law says, as a case keeps it.
pub fn of(assessment: &Assessment) -> Judgement {
    let verdict = assess(&TABLES, assessment);
    Judgement {
        table_in_force: true,
        hypothetical: false,
        class: verdict.class,
        enforcement_kg: verdict.enforcement_kg,
        limit_kg: verdict.limit_kg,
        overage_kg: verdict.overage_kg,
        overage_percent: verdict.overage_percent.clone(),
        transport_yuan: verdict.transport.map(|penalty| penalty.yuan),
        risk_too_high: false,
        verdict: serde_json::to_value(&verdict).unwrap(),
        assessment: serde_json::Value::Null,
    }
}

/// A case that a passage of a day opened.
pub fn opened(id: &str, at: NaiveDate, over_kg: i64) -> CaseFile {
    let (mut passage, _, _) = sample();
    passage.weighing.passage_id = id.to_owned();
    passage.weighing.crossed_at = noon(at);
    passage.closed_at = noon(at);
    let mut case = CaseFile::open(&passage, &judged(at, over_kg)).unwrap();
    case.mode = Some(EnforcementMode::OffSite);
    case
}

pub fn actor(name: &str, role: Role) -> Actor {
    Actor {
        name: name.to_owned(),
        role,
    }
}

pub fn mobile() -> Actor {
    actor("li", Role::MobileOfficer)
}

pub fn head() -> Actor {
    actor("head", Role::Supervisor)
}

pub fn lawyer() -> Actor {
    actor("law", Role::LegalReviewer)
}

pub fn police() -> Actor {
    actor("jing", Role::PoliceOfficer)
}

thread_local! {
    /// Steps of cases that tests of this thread made.
    pub static SEEN: RefCell<BTreeSet<(ActionKind, CaseState)>> =
        const { RefCell::new(BTreeSet::new()) };
    /// Steps of tracks that they made.
    pub static SEEN_OF_TRACKS: RefCell<BTreeSet<(TrackAction, TrackState)>> =
        const { RefCell::new(BTreeSet::new()) };
}

/// A case under work, with the day it is.
pub struct Desk {
    pub case: CaseFile,
    pub now: Micros,
    pub facts: Facts<'static>,
    pub serials: BTreeMap<NumberSeries, u32>,
    pub act: Option<Authority>,
}

impl Desk {
    pub fn new(case: CaseFile) -> Self {
        let licence = |number: &str| OfficerLicence {
            number: number.to_owned(),
            valid_from: Some(day("2020-01-01")),
            valid_until: Some(day("2030-12-31")),
            agency: None,
        };
        let officers = [("li", "140-1"), ("wang", "140-2"), ("zhao", "140-3")]
            .map(|(user, number)| (user.to_owned(), licence(number)));
        Self {
            now: case.opened_at,
            case,
            facts: Facts {
                tables: Some(&TABLES),
                calendar: Some(&CALENDAR),
                officers: officers.into(),
                vehicle: Some(VehicleHold::Released),
                ..Facts::default()
            },
            serials: BTreeMap::new(),
            act: None,
        }
    }

    pub fn today(&self) -> NaiveDate {
        self.now.beijing_day()
    }

    /// Days from today.
    pub fn ahead(&self, days: u64) -> NaiveDate {
        self.today().checked_add_days(Days::new(days)).unwrap()
    }

    /// Lets days go by.
    pub fn wait(&mut self, days: u64) -> &mut Self {
        self.now = noon(self.ahead(days));
        self
    }

    pub fn to(&mut self, day: NaiveDate) -> &mut Self {
        self.now = noon(day);
        self
    }

    fn offer(&mut self) {
        for series in NumberSeries::ALL {
            let serial = self.serials.entry(*series).or_insert(1);
            let number = Number {
                series: series.name().to_owned(),
                year: 2025,
                serial: *serial,
                text: format!("{}〔2025〕{serial}号", series.word()),
            };
            self.facts.numbers.insert(*series, number);
        }
    }

    pub fn tried(&mut self, action: &CaseAction, by: &Actor) -> Result<Stepped, Refusal> {
        self.offer();
        apply(&self.case, action, by, &self.facts, self.now)
    }

    /// Takes a step that was made.
    pub fn take(&mut self, action: &CaseAction, stepped: Stepped) {
        SEEN.with_borrow_mut(|seen| seen.insert((action.kind(), self.case.state)));
        for (_, track) in stepped.case.tracks.all() {
            for step in &track.history {
                SEEN_OF_TRACKS.with_borrow_mut(|seen| seen.insert((step.action, step.from)));
            }
        }
        for series in stepped.numbers {
            *self.serials.get_mut(&series).unwrap() += 1;
        }
        match stepped.act {
            Some(ActChange::Claim { authority }) => self.act = Some(authority),
            Some(ActChange::Release) => self.act = None,
            None => {}
        }
        // What a journal keeps of it is what it is: a step that can't be read back would be lost.
        let body = serde_json::to_value(&stepped.case).unwrap();
        let read: CaseFile = serde_json::from_value(body).unwrap();
        assert_eq!(read, stepped.case, "{:?}", action.kind());
        self.case = stepped.case;
        // A moment later, so that records can be told apart.
        self.now = self.now.saturating_add(Micros::SECOND);
    }

    /// Makes a step that must succeed.
    pub fn does(&mut self, by: &Actor, action: CaseAction) -> &mut Self {
        match self.tried(&action, by) {
            Ok(stepped) => self.take(&action, stepped),
            Err(refusal) => panic!("{:?} in {:?}: {refusal}", action.kind(), self.case.state),
        }
        self
    }

    /// A step that must be refused.
    pub fn refused(&mut self, by: &Actor, action: &CaseAction) -> Refusal {
        match self.tried(action, by) {
            Ok(stepped) => panic!("{action:?} led to {:?}", stepped.case.state),
            Err(refusal) => {
                assert!(!refusal.zh().is_empty() && !refusal.to_string().is_empty());
                refusal
            }
        }
    }

    /// Whether a step is refused for a condition.
    pub fn lacks(&mut self, by: &Actor, action: &CaseAction, condition: CaseCondition) {
        let refusal = self.refused(by, action);
        let found = refusal
            .unmet()
            .iter()
            .any(|unmet| unmet.condition == condition);
        assert!(found, "{condition:?} is not among {refusal:?}");
    }

    // --- usual stretches of the way

    pub fn reviewed(&mut self) -> &mut Self {
        let confirm = CaseAction::Confirm {
            plate_compared: true,
            note: None,
        };
        self.does(&actor("shen1", Role::Reviewer), confirm.clone());
        self.does(&lawyer(), confirm)
    }

    pub fn filed(&mut self, procedure: Procedure) -> &mut Self {
        self.does(&head(), assign()).does(&head(), file(procedure))
    }

    /// All four parties are accounted for.
    pub fn parties(&mut self) -> &mut Self {
        self.parties_of("晋A12345", "D-1", "C-1")
    }

    pub fn parties_of(&mut self, plate: &str, driver: &str, carrier: &str) -> &mut Self {
        self.does(&mobile(), party(TrackKind::Vehicle, plate));
        self.does(&mobile(), party(TrackKind::Driver, driver));
        self.does(&mobile(), party(TrackKind::Carrier, carrier));
        self.does(
            &mobile(),
            CaseAction::TraceSource {
                finding: SourceFinding::SheetShown,
                sheet_number: Some("ZZ-1".into()),
                source_id: Some("S-1".into()),
                source_name: Some("某煤场".into()),
                text: "装载单载明".into(),
            },
        )
    }

    pub fn investigated(&mut self) -> &mut Self {
        self.does(&mobile(), respondent(PartyKind::Organisation));
        self.does(
            &mobile(),
            CaseAction::EndInvestigation {
                report: "超限事实清楚".into(),
                complex: None,
            },
        )
    }

    pub fn notified(&mut self, yuan: i64) -> &mut Self {
        let on = self.today();
        self.does(&mobile(), notice(yuan));
        self.does(&mobile(), served(ServedPaper::Notice, on))
    }

    pub fn answered(&mut self) -> &mut Self {
        self.does(
            &mobile(),
            CaseAction::WaiveDefence {
                text: "放弃陈述申辩和听证".into(),
            },
        )
    }

    pub fn decided(&mut self, yuan: i64) -> &mut Self {
        self.does(
            &mobile(),
            CaseAction::SubmitForDecision {
                proposal: "建议处罚".into(),
            },
        );
        self.does(&head(), decide(yuan))
    }

    pub fn decision_served(&mut self) -> &mut Self {
        let on = self.today();
        self.does(&mobile(), serve(on))
    }

    /// From the passage to a decision that was served.
    pub fn up_to_service(&mut self, yuan: i64) -> &mut Self {
        self.reviewed()
            .filed(Procedure::Ordinary)
            .parties()
            .investigated()
            .notified(yuan)
            .answered()
            .decided(yuan)
            .decision_served()
    }

    pub fn paid(&mut self, slip: &str, fine_yuan: i64, surcharge_fen: i64) -> &mut Self {
        let on = self.today();
        self.does(&mobile(), pay(slip, on, fine_yuan * 100, surcharge_fen))
    }

    pub fn closed(&mut self) -> &mut Self {
        self.does(&head(), close())
    }
}

/// A closed case of a vehicle, fined 3500 yuan, all of it done on one day.
pub fn closed_case(id: &str, at: NaiveDate, [plate, driver, carrier]: [&str; 3]) -> Desk {
    let mut desk = Desk::new(opened(id, at, 7_640));
    desk.reviewed()
        .filed(Procedure::Ordinary)
        .parties_of(plate, driver, carrier)
        .investigated()
        .notified(3_500)
        .answered()
        .decided(3_500)
        .decision_served()
        .paid(&format!("F-{id}"), 3_500, 0)
        .closed();
    desk
}

pub fn assign() -> CaseAction {
    CaseAction::AssignOfficers {
        officers: vec!["li".into(), "wang".into()],
    }
}

pub fn file(procedure: Procedure) -> CaseAction {
    CaseAction::File {
        procedure,
        reason: "符合立案条件".into(),
    }
}

pub fn party(track: TrackKind, id: &str) -> CaseAction {
    CaseAction::SetParty {
        track,
        id: id.into(),
        name: Some(format!("{id}某")),
        trailer_plate: None,
        reason: Some("行驶证、从业资格证载明".into()),
    }
}

pub fn respondent(kind: PartyKind) -> CaseAction {
    CaseAction::NameRespondent {
        respondent: records::Respondent {
            kind,
            id: "91140000X".into(),
            name: "某运输公司".into(),
        },
    }
}

pub fn notice(yuan: i64) -> CaseAction {
    CaseAction::GiveNotice {
        outcome: if yuan > 0 {
            Outcome::Fine
        } else {
            Outcome::Warning
        },
        yuan: Yuan::new(yuan),
        grounds: "62号令第四十三条".into(),
    }
}

pub fn served(paper: ServedPaper, on: NaiveDate) -> CaseAction {
    CaseAction::RecordService {
        paper,
        way: ServiceWay::HandedOver,
        served_on: on,
        recipient: "张某".into(),
    }
}

pub fn decide(yuan: i64) -> CaseAction {
    CaseAction::Decide {
        outcome: if yuan > 0 {
            Outcome::Fine
        } else {
            Outcome::Warning
        },
        yuan: Yuan::new(yuan),
        circumstances: Vec::new(),
        reason: String::new(),
    }
}

pub fn serve(on: NaiveDate) -> CaseAction {
    CaseAction::Serve {
        way: ServiceWay::HandedOver,
        served_on: on,
        recipient: "张某".into(),
    }
}

pub fn pay(slip: &str, on: NaiveDate, fine_fen: i64, surcharge_fen: i64) -> CaseAction {
    CaseAction::Pay {
        slip: slip.into(),
        paid_on: on,
        fine_fen,
        surcharge_fen,
        source: PaymentSource::BankFile,
    }
}

pub fn start_remedy(kind: RemedyKind, from: NaiveDate) -> CaseAction {
    CaseAction::StartRemedy {
        kind,
        from,
        authority: Some("市人民政府".into()),
        number: None,
        suspended: false,
    }
}

/// A remedy that ends, with what it changed the fine to.
pub fn end_remedy(outcome: RemedyOutcome, on: NaiveDate, yuan: Option<i64>) -> CaseAction {
    CaseAction::EndRemedy {
        on,
        outcome,
        number: "复决〔2025〕1号".into(),
        changed_to: yuan.map(|yuan| records::ChangedDecision {
            outcome: if yuan > 0 {
                Outcome::Fine
            } else {
                Outcome::Warning
            },
            yuan: Yuan::new(yuan),
        }),
    }
}

pub fn refund(slip: &str, on: NaiveDate, fine_fen: i64, surcharge_fen: i64) -> CaseAction {
    CaseAction::Refund {
        slip: slip.into(),
        on,
        fine_fen,
        surcharge_fen,
        reason: "决定变更".into(),
    }
}

pub fn collect(ground: SpotGround, receipt: &str, on: NaiveDate, fine_fen: i64) -> CaseAction {
    CaseAction::CollectOnSpot {
        ground,
        receipt: receipt.into(),
        on,
        fine_fen,
        reason: Some("当事人居无定所，提出当场缴纳".into()),
        place: Some("某水库码头".into()),
    }
}

pub fn annul_police(on: NaiveDate, anew: bool) -> CaseAction {
    CaseAction::AnnulPolice {
        annulled_by: AnnulledBy::Review,
        on,
        number: "公复决〔2025〕7号".into(),
        reason: "事实不清".into(),
        anew,
    }
}

pub fn take_up() -> CaseAction {
    CaseAction::TakeUp {
        reason: "公安决定已撤销且不再处理，超限事实由我方认定".into(),
    }
}

pub fn close() -> CaseAction {
    CaseAction::Close {
        report: "已履行".into(),
    }
}

pub fn annul(by: AnnulledBy, on: NaiveDate) -> CaseAction {
    CaseAction::Annul {
        annulled_by: by,
        on,
        reason: "认定有误".into(),
    }
}

/// The counted cases, one row a case, as a store keeps them: recording a case again replaces its
/// row. What it holds is what a recount over all cases gives.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ledger {
    rows: BTreeMap<String, CountedCase>,
}

impl Ledger {
    /// Takes a case as it stands now.
    pub fn record(&mut self, case: &CaseFile) {
        match counted(case) {
            Some(row) => {
                self.rows.insert(row.case_id.clone(), row);
            }
            None => {
                self.rows.remove(&case.case_id);
            }
        }
    }

    /// All rows, by case.
    pub fn rows(&self) -> Vec<CountedCase> {
        self.rows.values().cloned().collect()
    }
}
