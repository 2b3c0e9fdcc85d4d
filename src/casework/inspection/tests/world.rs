//! A small world to test in: a station, its officers, the law, and a vehicle.

use std::sync::LazyLock;

use super::super::*;
use crate::casework::case_state::CaseState;
use crate::law::{Authority, Calendar, LawTables, Table};
use crate::role::Role;
use crate::units::{Kilograms, Micros};

pub const PLATE: &str = "晋D12345";
pub const DIGEST: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

pub fn text(value: &str) -> String {
    value.to_owned()
}

pub fn kg(value: i64) -> Kilograms {
    Kilograms::new(value)
}

pub fn actor(role: Role) -> Actor {
    Actor {
        name: text("zhang"),
        role,
    }
}

static TABLES: LazyLock<LawTables> = LazyLock::new(|| LawTables::embedded().unwrap());
static CALENDAR: LazyLock<Calendar> = LazyLock::new(|| Calendar::embedded().unwrap());

pub struct World {
    pub settings: InspectionSettings,
    pub limit: Option<i64>,
    pub passage: Option<WeighedPassage>,
    pub permits: Vec<PermitFact>,
    pub case: Option<CaseFact>,
    pub now: Micros,
    pub passages: u32,
}

impl World {
    pub fn new() -> Self {
        Self {
            settings: InspectionSettings::default(),
            limit: Some(49_000),
            passage: None,
            permits: Vec::new(),
            case: Some(case_of(PLATE, &[])),
            now: Micros::from_rfc3339("2024-06-03T02:00:00Z").unwrap(),
            passages: 0,
        }
    }

    pub fn table(&self) -> Option<&'static Table> {
        TABLES.in_force(self.now.beijing_day())
    }

    pub fn facts(&self) -> Facts<'_> {
        let licence = |number: &str, until: &str| OfficerLicence {
            number: text(number),
            valid_from: None,
            valid_until: Some(until.parse().unwrap()),
            agency: None,
        };
        Facts {
            settings: self.settings.clone(),
            limit_kg: self.limit.map(Kilograms::new),
            passage: self.passage.clone(),
            permits: self.permits.clone(),
            case: self.case.clone(),
            officers: [
                (text("zhang"), licence("14001", "2099-12-31")),
                (text("li"), licence("14002", "2099-12-31")),
                (text("wang"), licence("14003", "2023-12-31")),
            ]
            .into(),
            table: self.table(),
            calendar: Some(&CALENDAR),
        }
    }

    pub fn later(&mut self, seconds: i64) {
        self.now = self.now.saturating_add(Micros::from_seconds(seconds));
    }

    pub fn days_later(&mut self, days: i64) {
        self.later(days * 86_400);
    }

    /// A passage over the platform, now.
    pub fn cross(&mut self, gross: i64) -> WeighingEntry {
        self.later(60);
        self.passages += 1;
        let passage_id = format!("p{}", self.passages);
        self.passage = Some(WeighedPassage {
            passage_id: passage_id.clone(),
            at: self.now,
            gross_kg: kg(gross),
            axle_loads_kg: Vec::new(),
            scale: text("platform-1"),
            certificate: Some(text("C-2024-7")),
            not_legal: None,
            plate: Some(text(PLATE)),
            plate_colour: Some(text("yellow")),
            verdict: VerdictShort::default(),
            used_by: None,
        });
        WeighingEntry {
            weighing: WeighingInput::Passage(PassageInput { passage_id }),
            plate_differs: None,
            request: None,
        }
    }

    /// An inspection that a weighing in motion opened.
    pub fn opened(&mut self) -> Inspection {
        self.cross(105_000);
        let select = Select {
            station: text("140423"),
            lane: Some(3),
            inspection_id: None,
            by: SelectedBy::Preselection,
            passage_id: Some(format!("p{}", self.passages)),
            plate: None,
            follows: None,
            note: None,
        };
        open(&select, &actor(Role::Operator), &self.facts(), self.now).unwrap()
    }

    pub fn attempt(
        &mut self,
        inspection: &Inspection,
        action: &InspectionAction,
        role: Role,
    ) -> Result<Inspection, Refusal> {
        self.later(1);
        apply(inspection, action, &actor(role), &self.facts(), self.now)
    }

    /// A step of the head, who may make all but those of the police.
    pub fn step(&mut self, inspection: &Inspection, action: InspectionAction) -> Inspection {
        self.attempt(inspection, &action, Role::Supervisor)
            .unwrap_or_else(|refusal| panic!("{action:?}: {refusal}"))
    }

    pub fn refused(&mut self, inspection: &Inspection, action: InspectionAction) -> Refusal {
        self.attempt(inspection, &action, Role::Supervisor)
            .expect_err("should be refused")
    }

    pub fn weigh(&mut self, inspection: &Inspection, gross: i64) -> Inspection {
        let entry = self.cross(gross);
        self.step(inspection, InspectionAction::Weigh(entry))
    }

    pub fn reweigh(&mut self, inspection: &Inspection, gross: i64) -> Inspection {
        let entry = self.cross(gross);
        self.step(inspection, InspectionAction::Reweigh(entry))
    }

    /// A vehicle of 106.18 t on the platform, limit 49 t.
    pub fn over(&mut self) -> Inspection {
        let opened = self.opened();
        let led_in = self.step(&opened, lead_in());
        self.weigh(&led_in, 106_180)
    }
}

/// The case `case-p1`.
pub fn case_of(plate: &str, passages: &[&str]) -> CaseFact {
    CaseFact {
        case_id: text("case-p1"),
        state: CaseState::AwaitingFirstReview,
        plate: text(plate),
        passages: passages.iter().map(|passage| text(passage)).collect(),
    }
}

pub fn lead_in() -> InspectionAction {
    InspectionAction::LeadIn(LeadIn { note: None })
}

/// A sheet of another series.
pub fn sheet_numbered(number: u32) -> InspectionAction {
    InspectionAction::Sheet(Sheet {
        number: format!("补〔2024〕{number}号"),
        officers: [text("zhang"), text("li")],
        sha256: None,
    })
}

pub fn sheet() -> InspectionAction {
    InspectionAction::Sheet(Sheet {
        number: text("称卸〔2024〕1号"),
        officers: [text("zhang"), text("li")],
        sha256: None,
    })
}

pub fn begin_unloading() -> InspectionAction {
    InspectionAction::BeginUnloading(BeginUnloading {
        notice: text("卸〔2024〕1号"),
        place: text("卸载区"),
        supervised_by: text("li"),
    })
}

pub fn transfer(masses: &[i64]) -> InspectionAction {
    InspectionAction::Transfer(Transfer {
        vehicles: masses
            .iter()
            .enumerate()
            .map(|(index, mass)| TransferVehicle {
                plate: format!("晋D2000{index}"),
                goods_kg: kg(*mass),
            })
            .collect(),
        supervised_by: text("li"),
        note: None,
    })
}

pub fn call_police() -> InspectionAction {
    InspectionAction::CallPolice(CallPolice {
        letter: text("抄告〔2024〕1号"),
        to: text("交警大队"),
        note: None,
    })
}

pub fn hand_to_police() -> InspectionAction {
    InspectionAction::HandToPolice(HandToPolice {
        sheet: text("称卸〔2024〕1号"),
        to: text("驻站中队"),
        note: None,
    })
}

pub fn release() -> InspectionAction {
    InspectionAction::Release(Release {
        slip: text("放〔2024〕1号"),
        note: None,
    })
}

pub fn let_through(reason: LetThroughReason) -> InspectionAction {
    InspectionAction::LetThrough(LetThrough {
        reason,
        paper: text("凭证1"),
        allowed_by: text("站长"),
        note: Some(text("说明")),
    })
}

pub fn finding() -> FindingEntry {
    FindingEntry {
        happened_at: Micros::from_rfc3339("2024-06-03T02:00:00Z").unwrap(),
        what: text("拒不上秤"),
        done: text("报告公安"),
        pictures: vec![text(DIGEST)],
        no_pictures: None,
    }
}

pub fn hold(authority: Authority) -> InspectionAction {
    InspectionAction::HoldVehicle(HoldVehicle {
        number: format!("扣〔2024〕{}", authority.name()),
        authority,
        reason: text("逃避检测"),
        basis: text("《公路安全保护条例》第六十七条"),
        officers: [text("zhang"), text("li")],
        approved_by: text("站长"),
    })
}

pub fn lift() -> InspectionAction {
    InspectionAction::LiftHold(LiftHold {
        number: text("解〔2024〕1号"),
        reason: text("已处理"),
    })
}

pub fn extend() -> InspectionAction {
    InspectionAction::ExtendHold(ExtendHold {
        number: text("延〔2024〕1号"),
        approved_by: text("站长"),
        reason: text("案情复杂"),
    })
}

pub fn stored(receipt: &str, mass: i64) -> InspectionAction {
    InspectionAction::GoodsStored(GoodsStored {
        goods: text("煤"),
        goods_kg: kg(mass),
        place: text("货场2"),
        keeper: text("保管员"),
        receipt: text(receipt),
    })
}

pub fn collected(receipt: &str, mass: i64, onto: Option<&str>) -> InspectionAction {
    InspectionAction::GoodsCollected(GoodsCollected {
        receipt: text(receipt),
        goods_kg: kg(mass),
        collected_by: text("货主"),
        onto_plate: onto.map(text),
    })
}

pub fn said_indivisible(indivisible: bool) -> InspectionAction {
    InspectionAction::Describe(Describe {
        axles: Some(6),
        divisible: Some(!indivisible),
        ..Describe::default()
    })
}

pub fn permit(gross: i64, valid: bool) -> PermitFact {
    PermitFact {
        number: text("许1"),
        valid,
        why_not: (!valid).then(|| text("已过期")),
        gross_kg: Some(kg(gross)),
    }
}

pub fn permit_shown() -> InspectionAction {
    InspectionAction::PermitShown(PermitShown {
        number: text("许1"),
        sha256: None,
    })
}

pub fn hand_weighing(gross: i64) -> WeighingEntry {
    WeighingEntry {
        weighing: WeighingInput::Hand(HandInput {
            gross_kg: kg(gross),
            axle_loads_kg: Vec::new(),
            scale: text("platform-1"),
            certificate: text("C-2024-7"),
            reason: text("通信中断"),
        }),
        plate_differs: None,
        request: None,
    }
}
