//! What must hold before a step: one function for each condition of the table.

use super::action::InspectionAction;
use super::facts::Facts;
use super::hold;
use super::payload::Signature;
use super::record::{Inspection, Measure, Police};
use super::refusal::Refusal;
use super::state::{
    IdentifyReason, InspectionCondition, InspectionState, LetThroughReason, RecordKind,
};
use super::weighing::{
    at_or_under_limit, no_new_act, same_vehicle, shown_permit_covers, weighing_usable,
};
use crate::law::Authority;
use crate::plate::PlateNumber;
use crate::units::{Kilograms, Micros};

/// What a condition looks at.
pub(super) struct Asked<'a> {
    pub inspection: &'a Inspection,
    /// `None` when it is only asked whether the step can be made at all.
    pub action: Option<&'a InspectionAction>,
    /// Authority of the measure at hand.
    pub authority: Authority,
    pub facts: &'a Facts<'a>,
    pub now: Micros,
}

/// Whether a condition holds. Without an action, what hangs on its content holds.
pub(super) fn check(condition: InspectionCondition, asked: &Asked<'_>) -> Result<(), Refusal> {
    use InspectionCondition as If;
    let inspection = asked.inspection;
    match condition {
        If::WeighingUsable => weighing_usable(asked),
        If::SameVehicle => same_vehicle(asked),
        If::NoNewAct => no_new_act(asked),
        If::Weighed if inspection.weighings.is_empty() => Err(Refusal::NotWeighed),
        If::TwoOfficers => two_officers(asked),
        If::AtOrUnderLimit => at_or_under_limit(inspection, asked.facts),
        If::RequestsAnswered => match inspection.open_requests().next() {
            Some(number) => Err(Refusal::RequestUnanswered { number }),
            None => Ok(()),
        },
        If::SheetIfOver if inspection.was_over() && inspection.sheets.is_empty() => {
            Err(Refusal::NoSheet)
        }
        If::MatterTakenUp if !matter_taken_up(inspection, asked.facts) => Err(Refusal::NotTakenUp),
        If::Cleared if inspection.course != InspectionState::Cleared => Err(Refusal::NotCleared {
            state: inspection.course,
        }),
        If::NoMeasure => no_measure(inspection, &Authority::ALL),
        If::NoTransportMeasure => no_measure(inspection, &[Authority::Transport]),
        If::FirstMeasure => first_measure(asked),
        If::HoldClockKnown => hold_clock_known(asked),
        If::HoldExtensible => hold_extensible(asked),
        If::GreenChannelWeighed => green_channel_weighed(asked),
        If::ResidentPolice if !asked.facts.settings.resident_police => {
            Err(Refusal::NoPoliceResident)
        }
        If::NoResidentPolice if asked.facts.settings.resident_police => {
            Err(Refusal::PoliceResident)
        }
        If::PicturesOrWhyNot => match asked.action.and_then(InspectionAction::finding) {
            Some((_, entry)) if entry.pictures.is_empty() && entry.no_pictures.is_none() => {
                Err(Refusal::NoPictures)
            }
            _ => Ok(()),
        },
        If::RefusalWitnessed => refusal_witnessed(asked),
        If::PlateSound => plate_sound(asked),
        If::RequestOpen => request_open(asked),
        If::GoodsInYard => goods_in_yard(asked),
        If::RecordThere => record_there(asked),
        If::PermitOnRecord => match asked.action {
            Some(InspectionAction::PermitShown(shown))
                if asked.facts.permit(&shown.number).is_none() =>
            {
                Err(Refusal::PermitUnknown {
                    number: shown.number.clone(),
                })
            }
            _ => Ok(()),
        },
        If::CaseOfThisStay => case_of_this_stay(asked),
        If::SheetNumberNew => match asked.action {
            Some(InspectionAction::Sheet(sheet)) => {
                let number = sheet.number.trim();
                let mut sheets = inspection.sheets.iter();
                if sheets.any(|record| record.what.number.trim() == number) {
                    return Err(Refusal::SheetUsed {
                        number: number.to_owned(),
                    });
                }
                Ok(())
            }
            _ => Ok(()),
        },
        If::Weighed
        | If::Cleared
        | If::SheetIfOver
        | If::MatterTakenUp
        | If::ResidentPolice
        | If::NoResidentPolice => Ok(()),
    }
}

fn two_officers(asked: &Asked<'_>) -> Result<(), Refusal> {
    let officers = match asked.action {
        Some(InspectionAction::Sheet(sheet)) => &sheet.officers,
        Some(InspectionAction::HoldVehicle(hold)) => &hold.officers,
        _ => return Ok(()),
    };
    licensed(asked, officers)?;
    let [first, second] = officers;
    different(first, second)
}

fn different(first: &str, second: &str) -> Result<(), Refusal> {
    if first.eq_ignore_ascii_case(second) {
        return Err(Refusal::SameOfficer {
            name: second.to_owned(),
        });
    }
    Ok(())
}

fn licensed(asked: &Asked<'_>, officers: &[String]) -> Result<(), Refusal> {
    let day = asked.now.beijing_day();
    for name in officers {
        let valid = asked
            .facts
            .licence(name)
            .is_some_and(|licence| licence.covers(day));
        if !valid {
            return Err(Refusal::NoLicence {
                name: name.clone(),
                day,
            });
        }
    }
    Ok(())
}

/// A case takes up an overload only where it is about it.
fn case_of_this_stay(asked: &Asked<'_>) -> Result<(), Refusal> {
    let Some(InspectionAction::LinkCase(link)) = asked.action else {
        return Ok(());
    };
    let case_id = &link.case_id;
    let case = asked.facts.case.as_ref();
    let Some(case) = case.filter(|case| case.case_id == *case_id) else {
        return Err(Refusal::CaseUnknown {
            case_id: case_id.clone(),
        });
    };
    if case.state.frees_its_act() {
        return Err(Refusal::CaseDropped {
            case_id: case_id.clone(),
            state: case.state,
        });
    }
    let inspection = asked.inspection;
    let plate = inspection.plate();
    let weighed = inspection.weighings.iter();
    let mut passages = weighed
        .filter_map(|record| record.what.passage_id.as_ref())
        .chain(inspection.selection.passage_id.as_ref());
    if plate == Some(case.plate.as_str())
        || passages.any(|passage_id| case.passages.contains(passage_id))
    {
        return Ok(());
    }
    let known = |plate: &str| match plate {
        "" => "—".to_owned(),
        plate => plate.to_owned(),
    };
    Err(Refusal::CaseOfAnother {
        case_id: case_id.clone(),
        found: known(&case.plate),
        wanted: known(plate.unwrap_or_default()),
    })
}

fn matter_taken_up(inspection: &Inspection, facts: &Facts<'_>) -> bool {
    if !facts.settings.handover_needed || !inspection.was_over() || !inspection.cases.is_empty() {
        return true;
    }
    let permitted = inspection
        .legal_weighings()
        .all(|weighing| shown_permit_covers(inspection, facts, weighing.what.gross_kg));
    let with_police = inspection.police.iter().any(|record| {
        matches!(
            record.what,
            Police::Handed(_) | Police::Called(_) | Police::Result(_)
        )
    });
    permitted || with_police
}

fn no_measure(inspection: &Inspection, of: &[Authority]) -> Result<(), Refusal> {
    match inspection.in_force() {
        Some(measure) if of.contains(&measure.placed.authority) => Err(Refusal::Held {
            number: measure.placed.number.clone(),
        }),
        _ => Ok(()),
    }
}

fn first_measure(asked: &Asked<'_>) -> Result<(), Refusal> {
    let authority = asked.authority;
    let earlier = asked
        .inspection
        .measures
        .iter()
        .find_map(|record| match &record.what {
            Measure::Placed(placed) if placed.authority == authority => Some(placed),
            _ => None,
        });
    match earlier {
        Some(placed) => Err(Refusal::HeldBefore {
            authority,
            number: placed.number.clone(),
        }),
        None => Ok(()),
    }
}

fn hold_clock_known(asked: &Asked<'_>) -> Result<(), Refusal> {
    match asked.inspection.in_force() {
        Some(measure) => hold::extended_last_day(asked.facts, measure.placed.last_day),
        None => hold::first_last_day(asked.facts, asked.now),
    }
    .map(|_| ())
}

fn hold_extensible(asked: &Asked<'_>) -> Result<(), Refusal> {
    let Some(measure) = asked.inspection.in_force() else {
        return Ok(());
    };
    let last_day = measure.last_day();
    if let Some(extension) = measure.extended {
        return Err(Refusal::ExtendedAlready {
            number: extension.number.clone(),
            last_day,
        });
    }
    if asked.now.beijing_day() > last_day {
        return Err(Refusal::HoldRunOut { last_day });
    }
    Ok(())
}

fn green_channel_weighed(asked: &Asked<'_>) -> Result<(), Refusal> {
    match asked.action {
        Some(InspectionAction::LetThrough(through))
            if through.reason == LetThroughReason::GreenChannel
                && asked.inspection.weighings.is_empty() =>
        {
            Err(Refusal::GreenChannelNotWeighed)
        }
        _ => Ok(()),
    }
}

fn refusal_witnessed(asked: &Asked<'_>) -> Result<(), Refusal> {
    let Some(InspectionAction::Sign(sign)) = asked.action else {
        return Ok(());
    };
    let Signature::Refused(refused) = &sign.signature else {
        return Ok(());
    };
    licensed(asked, &refused.officers)?;
    match refused.officers.as_slice() {
        _ if refused.witness.is_some() => Ok(()),
        [first, second, ..] => different(first, second),
        _ => Err(Refusal::NotWitnessed),
    }
}

fn plate_sound(asked: &Asked<'_>) -> Result<(), Refusal> {
    let Some(InspectionAction::Identify(identify)) = asked.action else {
        return Ok(());
    };
    let unsound = |zh: &str, en: &str| {
        Err(Refusal::PlateUnsound {
            why_zh: zh.to_owned(),
            why_en: en.to_owned(),
        })
    };
    match (identify.reason, &identify.plate) {
        (IdentifyReason::NoPlate, Some(_)) => {
            return unsound(
                "无号牌时不应填写号牌。",
                "none is given where there is none",
            );
        }
        (IdentifyReason::NoPlate, None) if identify.note.is_none() => {
            return unsound(
                "无号牌时请注明识别车辆的依据，如车辆识别代号。",
                "where there is none, the note says what shows the vehicle, such as its identification number",
            );
        }
        (IdentifyReason::NoPlate, None) | (IdentifyReason::TemporaryPlate, Some(_)) => {}
        (_, None) => return unsound("请填写号牌。", "give it"),
        (IdentifyReason::WrongPlate | IdentifyReason::Misread, Some(plate)) => sound(plate)?,
    }
    identify.trailer_plate.as_deref().map_or(Ok(()), sound)
}

/// That a plate is a number in normal form, so that lists and registers find it.
pub(super) fn sound(plate: &str) -> Result<(), Refusal> {
    match PlateNumber::parse(plate) {
        Ok(number) if number.as_str() == plate => Ok(()),
        Ok(number) => Err(Refusal::PlateUnsound {
            why_zh: format!("请写作{}。", number.as_str()),
            why_en: format!("write it as {}", number.as_str()),
        }),
        Err(error) => Err(Refusal::PlateUnsound {
            why_zh: error.text_zh(),
            why_en: error.to_string(),
        }),
    }
}

fn request_open(asked: &Asked<'_>) -> Result<(), Refusal> {
    match asked.action {
        Some(InspectionAction::Answer(answer)) => {
            let number = answer.request;
            if asked.inspection.open_requests().any(|open| open == number) {
                Ok(())
            } else {
                Err(Refusal::NoOpenRequest { number })
            }
        }
        _ => Ok(()),
    }
}

fn goods_in_yard(asked: &Asked<'_>) -> Result<(), Refusal> {
    let inspection = asked.inspection;
    match asked.action {
        Some(InspectionAction::GoodsStored(stored))
            if inspection
                .goods_stored
                .iter()
                .any(|record| record.what.receipt == stored.receipt) =>
        {
            Err(Refusal::ReceiptUsed {
                receipt: stored.receipt.clone(),
            })
        }
        Some(InspectionAction::GoodsCollected(collected)) => {
            let left_kg = inspection
                .goods_here()
                .iter()
                .find(|goods| goods.receipt == collected.receipt)
                .map_or(Kilograms::ZERO, |goods| goods.left_kg);
            if collected.goods_kg > left_kg || left_kg == Kilograms::ZERO {
                return Err(Refusal::GoodsNotThere {
                    receipt: collected.receipt.clone(),
                    wanted_kg: collected.goods_kg,
                    left_kg,
                });
            }
            let own = |plate: &&String| {
                Some(plate.as_str()) == inspection.plate()
                    || Some(plate.as_str()) == inspection.trailer_plate()
            };
            match collected.onto_plate.as_ref().filter(own) {
                Some(plate) if !inspection.state.is_final() => Err(Refusal::BackOntoVehicle {
                    plate: plate.clone(),
                }),
                _ => Ok(()),
            }
        }
        _ => Ok(()),
    }
}

fn record_there(asked: &Asked<'_>) -> Result<(), Refusal> {
    let inspection = asked.inspection;
    let (number, length) = match asked.action {
        Some(InspectionAction::VoidWeighing(void)) => {
            if inspection.is_void(void.weighing) {
                return Err(Refusal::NoRecord {
                    number: void.weighing,
                });
            }
            (void.weighing, inspection.weighings.len())
        }
        Some(InspectionAction::Correct(correct)) => {
            let length = match correct.record {
                RecordKind::Selection => 1,
                RecordKind::Weighing => inspection.weighings.len(),
                RecordKind::Identity => inspection.identities.len(),
                RecordKind::Description => inspection.descriptions.len(),
                RecordKind::Sheet => inspection.sheets.len(),
                RecordKind::Moving => inspection.movings.len(),
                RecordKind::Measure => inspection.measures.len(),
                RecordKind::Place => inspection.places.len(),
                RecordKind::GoodsStored => inspection.goods_stored.len(),
                RecordKind::GoodsCollected => inspection.goods_collected.len(),
                RecordKind::Finding => inspection.findings.len(),
                RecordKind::Note => inspection.notes.len(),
            };
            (correct.number, length)
        }
        _ => return Ok(()),
    };
    let there = usize::try_from(number).is_ok_and(|number| (1..=length).contains(&number));
    if there {
        Ok(())
    } else {
        Err(Refusal::NoRecord { number })
    }
}
