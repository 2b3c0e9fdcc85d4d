//! `POST cases`: opening a case by hand (人工立案).

use axum::extract::State;
use axum::http::StatusCode;
use axum::{Extension, Json};
use serde_json::{Value, json};

use super::facts::gather_for_clocks;
use super::inspections::judged_as_described;
use super::steps::{actor, refused};
use crate::api::cases::{case_file, detail};
use crate::api::error::{ApiError, Code};
use crate::api::input::{Fields, read_as};
use crate::api::passages::passage_bodies_of;
use crate::api::session::Session;
use crate::api::state::AppState;
use crate::casework::CaseFile;
use crate::casework::case_file::CasePassage;
use crate::casework::inspection::Describe;
use crate::casework::procedure::{CaseSubject, OpenedByHand};
use crate::passage::PassageKind;
use crate::store::records::{Actor, CaseColumns, NewCase, OpenedCase};
use crate::store::{AboutAct, StoreError};
use crate::units::Micros;

/// Longest list of passages.
const PASSAGES_MOST: usize = 20;

/// Opens a case: what [`OpenedByHand`] holds without id, station and judgement, `passages` that it rests
/// on (its weighing is then the first one's; none where the case is about a loading source alone), and
/// `same_act_as` or `separate_act` (why) where another case of this plate lies within the window of one act.
pub async fn create(
    State(state): State<AppState>,
    Extension(session): Extension<Session>,
    mut fields: Fields,
) -> Result<(StatusCode, Json<Value>), ApiError> {
    let passages = fields.texts("passages", PASSAGES_MOST)?;
    let same_act_as = fields.optional_text("same_act_as", 200)?;
    let separate_act = fields.optional_text("separate_act", 4_000)?;
    let plate_differs = fields
        .optional_text("plate_differs", 4_000)?
        .filter(|why| !why.trim().is_empty());
    let mut given = fields.rest();
    // A passage would bring its plate along.
    let said = |member: &str| given.get(member).is_some_and(|value| !value.is_null());
    if said("source") && !said("plate") && !passages.is_empty() {
        return Err(ApiError::field(
            "passages",
            "本案仅涉及货运源头单位，称重记录属于车辆的案件；倒查来源请填 traced_from",
            "the case is about a loading source alone: passages belong to cases of vehicles; say in traced_from \
             which led to it",
        ));
    }
    let now = state.now();
    let context = state.casework();
    let mut judged = None;
    let mut by_description = None;
    let mut short = Vec::new();
    for passage_id in &passages {
        let (row, bodies) = passage_bodies_of(state.store(), passage_id).await?;
        // An unclosed passage may still open a case by itself, and what speaks against a weighing is known
        // only then.
        let Some(withheld) = &bodies.withheld else {
            let passage_id = passage_id.clone();
            return Err(StoreError::PassageNotClosed { passage_id }.into());
        };
        if let Some(reason) = withheld
            .iter()
            .find(|reason| reason.is_about_the_weighing())
        {
            let (zh, en) = (reason.text_zh(), reason.text_en());
            return Err(refused_passage(passage_id, zh, en));
        }
        let Some(mut judgement) = bodies.judgement else {
            return Err(refused_passage(
                passage_id,
                "没有认定结果",
                "it has no verdict",
            ));
        };
        if judgement.class.is_none()
            && let Some((described, said)) =
                judged_as_described(&state, passage_id, &judgement).await?
        {
            judgement = described;
            if judged.is_none() {
                by_description = Some(said);
            }
        }
        short.push(CasePassage {
            passage_id: passage_id.clone(),
            kind: bodies
                .weighing
                .as_ref()
                .map_or(PassageKind::Dynamic, |weighing| weighing.kind),
            crossed_at: Micros::new(row.crossed_at),
            gross_kg: crate::units::Kilograms::new(row.gross_kg),
            class: judgement.class,
            overage_kg: judgement.overage_kg,
            pictures: Vec::new(),
        });
        judged.get_or_insert((row, judgement));
    }
    if let Some(members) = given.as_object_mut() {
        let mut id = [0_u8; 8];
        state.entropy().fill(&mut id)?;
        members.insert(
            "case_id".into(),
            json!(format!("case-hand-{}", hex::encode(id))),
        );
        members.insert("station".into(), json!(context.station));
        if let Some((row, judgement)) = &judged {
            // The verdict is of this weighing and no other: what it says is not typed.
            members.insert("act_at".into(), json!(row.crossed_at));
            members.insert("gross_kg".into(), json!(row.gross_kg));
            if let Some(plate) = &row.plate {
                members.entry("plate").or_insert(json!(plate));
            }
            members.insert("judgement".into(), json!(judgement));
        } else {
            members.remove("judgement");
        }
    }
    let mut opened: OpenedByHand = read_as(&given, "case")?;
    opened.plate = opened.plate.trim().to_uppercase();
    let subject = opened.subject();
    if subject == CaseSubject::Source {
        source_stands(&state, &opened).await?;
    }
    let read = judged.as_ref().and_then(|(row, _)| row.plate.as_deref());
    let other_plate = judged.is_some() && read != Some(opened.plate.as_str());
    if other_plate {
        let Some(why) = plate_differs.as_deref() else {
            let read = read.unwrap_or("—");
            return Err(ApiError::field(
                "plate_differs",
                format!(
                    "称重记录的号牌为 {read}，案件为 {}：请说明理由",
                    opened.plate
                ),
                format!(
                    "the passage has plate {read}, the case {}: say why",
                    opened.plate
                ),
            ));
        };
        opened.facts = format!("{}\n号牌与称重记录不一致：{}", opened.facts, why.trim());
    }
    if let Some(said) = by_description {
        opened.facts = format!("{}\n{}", opened.facts, described_facts(&said));
    }
    let apart = separate_act.is_some_and(|why| !why.trim().is_empty());
    // Asked again within the transaction: somebody else may be opening one in this very moment.
    let alone_within = (same_act_as.is_none() && !apart).then(|| around(&state, &opened));
    let same_act_as = same_act_as.as_deref();
    nobody_else(&state, &opened, &passages, same_act_as, alone_within).await?;
    if let Some(case_id) = same_act_as {
        let named = named_case(&state, case_id).await?;
        let weighed = !passages.is_empty();
        same_act(
            &state,
            &mut opened,
            &named,
            weighed,
            plate_differs.as_deref(),
        )?;
    }
    let mut case = CaseFile::open_by_hand(opened, &actor(&session), now)
        .map_err(|refusal| refused(&refusal))?;
    case.passages = short;
    case.plate_unconfirmed = other_plate;
    let gathered = gather_for_clocks(&state, &case, now).await?;
    let index = case.index(&gathered.facts(context), now);
    let opened = OpenedCase {
        new: NewCase {
            case_id: case.case_id.clone(),
            columns: Box::new(CaseColumns::of(&index, &case)),
            actor: Actor(session.user),
            alone_within,
            body: case.opening_body(),
        },
        station: context.station.clone(),
        opened_at: now,
        passages,
    };
    state.store().open_case(opened).await?;
    let row = state
        .store()
        .case(&case.case_id)
        .await?
        .ok_or(Code::NotFound)?;
    Ok((
        StatusCode::CREATED,
        Json(detail(state.store(), &row).await?),
    ))
}

/// That the verdict rests on an officer's word: the scale knew no axles.
fn described_facts(said: &Describe) -> String {
    let axles = said.axles.unwrap_or_default();
    let driven = said
        .driven_axles
        .map_or_else(String::new, |driven| format!("，其中驱动轴{driven}轴"));
    format!("称重设备未测得车轴，按执法人员认定的{axles}轴{driven}认定。")
}

fn refused_passage(passage_id: &str, zh: &str, en: &str) -> ApiError {
    ApiError::from(Code::Refused).with(
        format!("称重记录 {passage_id} 不能作为依据：{zh}"),
        format!("no case can rest on passage {passage_id}: {en}"),
    )
}

/// The span around an act in which cases of the same vehicle may be about the same; of a loading source, its
/// day.
fn around(state: &AppState, opened: &OpenedByHand) -> [Micros; 2] {
    match opened.subject() {
        CaseSubject::Vehicle => window(state, opened.act_at),
        CaseSubject::Source => {
            let last = Micros::end_of_beijing_day(opened.act_at.beijing_day());
            [
                last.saturating_sub(Micros::from_seconds(24 * 60 * 60)),
                last,
            ]
        }
    }
}

fn window(state: &AppState, at: Micros) -> [Micros; 2] {
    let window = state.casework().act_window;
    [at.saturating_sub(window), at.saturating_add(window)]
}

/// Looks at what a case about a loading source alone rests on: cases that name the source.
async fn source_stands(state: &AppState, opened: &OpenedByHand) -> Result<(), ApiError> {
    let source = opened.source.as_ref().map(|source| source.id.trim());
    for case_id in &opened.traced_from {
        let row = state.store().case(case_id).await?;
        let Some(row) = row else {
            return Err(ApiError::field(
                "traced_from",
                format!("没有案件 {case_id}"),
                format!("there is no case {case_id}"),
            ));
        };
        if row.columns.source_id.as_deref() != source {
            return Err(ApiError::field(
                "traced_from",
                format!("案件 {case_id} 未查明该源头单位，请先在该案倒查登记"),
                format!("case {case_id} does not name this source: trace it there first"),
            ));
        }
    }
    Ok(())
}

/// The case that somebody says is about the same act.
async fn named_case(state: &AppState, case_id: &str) -> Result<CaseFile, ApiError> {
    let (case, _) = case_file(state.store(), case_id).await?;
    case.ok_or_else(|| ApiError::field("same_act_as", "没有此案件", "there is no such case"))
}

/// Takes the act of another case over. An act is one vehicle at one time: another plate is another act, unless
/// somebody says why the plate was wrong; and what was weighed at another time is another act whatever anybody
/// says, or else a weighing could be hidden behind an older case.
fn same_act(
    state: &AppState,
    opened: &mut OpenedByHand,
    named: &CaseFile,
    weighed: bool,
    plate_differs: Option<&str>,
) -> Result<(), ApiError> {
    let case_id = &named.case_id;
    let [from, to] = window(state, named.act_at);
    let is_near = (from..=to).contains(&opened.act_at);
    if opened.subject() == CaseSubject::Source || named.subject == CaseSubject::Source {
        let source = opened.source.as_ref().map(|source| source.id.trim());
        if named.subject != opened.subject() || named.tracks.loading_source.counted_id() != source {
            return Err(ApiError::field(
                "same_act_as",
                format!("案件 {case_id} 的当事人或者案件对象不同，不是同一违法行为"),
                format!("case {case_id} is about somebody else: it is not the same act"),
            ));
        }
        opened.act_id = Some(named.act_id().to_owned());
        return Ok(());
    }
    let other_plate = named.plate != opened.plate;
    if !is_near && (other_plate || weighed) {
        return Err(ApiError::field(
            "same_act_as",
            format!("案件 {case_id} 是另一时间的行为"),
            format!("case {case_id} is about an act at another time"),
        ));
    }
    if other_plate {
        let Some(why) = plate_differs else {
            return Err(ApiError::field(
                "same_act_as",
                format!(
                    "案件 {case_id} 的号牌为 {}，本案为 {}，不是同一车辆；号牌曾误认的，请在 plate_differs 说明理由",
                    named.plate, opened.plate
                ),
                format!(
                    "case {case_id} has plate {}, this one {}: another vehicle; where a plate was wrong, say why \
                     in plate_differs",
                    named.plate, opened.plate
                ),
            ));
        };
        opened.facts = format!(
            "{}\n与案件 {case_id}（号牌 {}）为同一违法行为：{}",
            opened.facts,
            named.plate,
            why.trim()
        );
    }
    opened.act_id = Some(named.act_id().to_owned());
    Ok(())
}

/// Asks whether another case may be about the act: then somebody has to say whether it is the same one, or else
/// one act could be punished twice.
async fn nobody_else(
    state: &AppState,
    opened: &OpenedByHand,
    passages: &[String],
    same_act_as: Option<&str>,
    alone_within: Option<[Micros; 2]>,
) -> Result<(), ApiError> {
    let named = match same_act_as {
        Some(case_id) => state.store().case(case_id).await?,
        None => None,
    };
    let source = opened.source.as_ref().map(|source| source.id.trim());
    let about = AboutAct {
        act_id: named.as_ref().map(|row| row.columns.act_id.as_str()),
        plate: &opened.plate,
        source_id: source,
        passages,
        alone_within,
    };
    Ok(state.store().admits_opening(&about).await?)
}
