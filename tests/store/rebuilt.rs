//! The tables made again from the journal: what a step does to numbers, claims, officers and what is
//! counted, rows without an entry, older journals, bodies that are gone.

use serde_json::{Value, json};
use steelyard::evidence::journal::{Chain, Salt, seal};
use steelyard::store::records::{ActChange, Actor, CaseStep, InspectionStep, MarkKind};
use steelyard::store::{Difference, Disagreement, JournalFault, Store};
use steelyard::units::Micros;

use crate::casework::{claim, stay};
use crate::lively::live;
use crate::marks::mark;
use crate::raw::Raw;
use crate::registers::{batch, past_case, vehicle};
use crate::support::{
    Engine, Place, case_step, closing, counted_case, on_both_engines, open_case, verify, weighing,
};

async fn disagreement(store: &Store) -> Disagreement {
    match store.verify_journal(|_, _| ()).await {
        Err(JournalFault::Disagreement(what)) => what,
        other => panic!("{other:?}"),
    }
}

/// Two cases, of which the first has all that a case may have, two stays, a vehicle.
async fn filled(store: &Store) {
    for number in 1..=2 {
        open_case(store, number).await;
        store
            .step_inspection(stay(number, 0, "selected"))
            .await
            .unwrap();
    }
    store.record_weighing(weighing(3)).await.unwrap();
    let step = CaseStep {
        officers: Some(vec!["li.na".to_owned(), "王伟".to_owned()]),
        numbers: vec![claim(1)],
        act: ActChange::Claim {
            authority: "transport".to_owned(),
        },
        counted: Some(counted_case(1, "carrier-1")),
        ..case_step(1, 1, "filed")
    };
    store.step_case(step).await.unwrap();
    store.step_case(case_step(2, 1, "filed")).await.unwrap();
    let held = InspectionStep {
        passages: vec!["P000001".to_owned()],
        ..stay(1, 1, "held")
    };
    store.step_inspection(held).await.unwrap();
    store.step_inspection(stay(2, 1, "over")).await.unwrap();
    let entries = vec![vehicle(1, 0), vehicle(2, 0)];
    store.change_register(batch(entries)).await.unwrap();
    store
        .mark(mark(MarkKind::Hour, 0, 1, "hour"))
        .await
        .unwrap();
}

/// Each statement is a fault of its own, found in this table under this key.
async fn found(engine: Engine, faults: &[(&str, &str, &str)]) {
    for (sql, table, key) in faults {
        let place = Place::new(engine).await;
        let store = place.open().await;
        filled(&store).await;
        verify(&store).await;
        let done = Raw::connect(&place).await.run((*sql).to_owned()).await;
        assert_eq!(done, Some(1), "{sql}");
        let what = disagreement(&store).await;
        assert_eq!((what.table, what.key.as_str()), (*table, *key), "{what}");
        store.shutdown().await;
    }
}

async fn a_row_changed_together_with_the_entry_it_names_is_found(engine: Engine) {
    found(
        engine,
        &[
            (
                "update case_file set state = 'closed', latest_sequence = (select max(sequence) from journal)
                 where case_id = 'C000001'",
                "case_file",
                "C000001",
            ),
            (
                "update case_file set plate = '京A00001', latest_sequence = 3 where case_id = 'C000001'",
                "case_file",
                "C000001",
            ),
            (
                "update inspection set state = 'released', latest_sequence =
                 (select max(sequence) from journal) where inspection_id = 'I000001'",
                "inspection",
                "I000001",
            ),
            (
                "update register_entry set label = '京A00001', latest_sequence =
                 (select max(sequence) from journal) where entry_key = '晋D00001-yellow'",
                "register_entry",
                "vehicles / 晋D00001-yellow",
            ),
            (
                "update counted_case set carrier_id = 'carrier-9', latest_sequence =
                 (select max(sequence) from journal) where case_id = 'C000001'",
                "counted_case",
                "C000001",
            ),
        ],
    )
    .await;
}

async fn a_row_put_in_by_hand_is_found(engine: Engine) {
    found(
        engine,
        &[
            (
                "insert into case_file select 'C9', station, passage_id, lane, state, plate, class, number,
                 authority, act_id, act_at, driver_id, carrier_id, source_id, fine_yuan, due_at, due_kind,
                 discard_reason, open_proposals, opened_at, opened_by, version, latest_sequence
                 from case_file where case_id = 'C000001'",
                "case_file",
                "C9",
            ),
            (
                "insert into inspection select 'I9', station, state, plate, trailer_plate, first_gross_kg,
                 last_gross_kg, limit_kg, unloaded_kg, held_until, yard_place, case_id, opened_at,
                 opened_by, version, latest_sequence, null, null, null, null, null, null
                 from inspection where inspection_id = 'I000001'",
                "inspection",
                "I9",
            ),
            (
                "insert into counted_case select 'C9', origin, act_id, day_of_act, vehicle_plate, driver_id,
                 carrier_id, source_id, latest_sequence, body, 0 from counted_case",
                "counted_case",
                "C9",
            ),
            (
                "insert into act_claim values ('act-2', 'police', 'C000002', 7)",
                "act_claim",
                "act-2",
            ),
            (
                "insert into number_series values ('晋长上交罚', 2027, 1)",
                "number_series",
                "晋长上交罚 / 2027",
            ),
            (
                "insert into case_number values ('晋长上交罚', 2026, 2, 'x', 'C000002')",
                "case_number",
                "晋长上交罚 / 2026 / 2",
            ),
            (
                "insert into case_officer select 'zhao', case_id, opened_at from case_file
                 where case_id = 'C000002'",
                "case_officer",
                "zhao / 1780000012000000 / C000002",
            ),
            (
                "insert into case_passage values ('C000001', 'P000003')",
                "case_passage",
                "C000001 / P000003",
            ),
            (
                "insert into case_entry values ('C000001', 1)",
                "case_entry",
                "C000001 / 1",
            ),
            (
                "insert into inspection_entry values ('I000002', 1)",
                "inspection_entry",
                "I000002 / 1",
            ),
            (
                "insert into inspection_passage values ('P000002', 'I000002')",
                "inspection_passage",
                "P000002",
            ),
            (
                "insert into app_user values ('intruder', 'admin', 'hash', 1)",
                "app_user",
                "intruder",
            ),
            (
                "insert into tally values ('case:hearing', 0)",
                "tally",
                "case:hearing",
            ),
            (
                "insert into tally values ('stay:hearing', 1)",
                "tally",
                "stay:hearing",
            ),
            (
                "insert into picture select 'P000003', sha256, view, bytes, width, height, taken_at
                 from picture where passage_id = 'P000001' and view = 'front'",
                "picture",
                "",
            ),
        ],
    )
    .await;
}

async fn what_a_step_did_is_found_when_it_is_undone(engine: Engine) {
    let opened_at = closing(1).closed_at.get();
    found(
        engine,
        &[
            (
                "update tally set number = 3 where name = 'case:filed'",
                "tally",
                "case:filed",
            ),
            (
                "delete from tally where name = 'stay:held'",
                "tally",
                "stay:held",
            ),
            ("delete from act_claim", "act_claim", "act-1"),
            (
                "update act_claim set case_id = 'C000002'",
                "act_claim",
                "act-1",
            ),
            (
                "update act_claim set authority = 'police'",
                "act_claim",
                "act-1",
            ),
            (
                "delete from case_number",
                "case_number",
                "晋长上交罚 / 2026 / 1",
            ),
            (
                "update case_number set case_id = 'C000002'",
                "case_number",
                "晋长上交罚 / 2026 / 1",
            ),
            (
                "update number_series set serial = 7",
                "number_series",
                "晋长上交罚 / 2026",
            ),
            (
                "delete from case_officer where officer = '王伟'",
                "case_officer",
                &format!("王伟 / {opened_at} / C000001"),
            ),
            ("delete from counted_case", "counted_case", "C000001"),
            (
                "delete from case_passage where case_id = 'C000001'",
                "case_passage",
                "C000001 / P000001",
            ),
            (
                "delete from inspection_passage",
                "inspection_passage",
                "P000001",
            ),
            (
                "delete from case_entry where case_id = 'C000001' and sequence = 3",
                "case_entry",
                "C000001 / 3",
            ),
        ],
    )
    .await;
}

async fn a_fault_says_what_is_stored_and_what_the_journal_says(engine: Engine) {
    let place = Place::new(engine).await;
    let store = place.open().await;
    filled(&store).await;
    let mut raw = Raw::connect(&place).await;
    let sql = "update act_claim set authority = 'police'";
    raw.run(sql.to_owned()).await.unwrap();
    let what = disagreement(&store).await;
    let sequence = what.sequence.unwrap();
    assert_eq!(
        what.to_string(),
        format!(
            "table act_claim, row act-1: authority is \"police\" in the table, \"transport\" in the \
             journal (entry {sequence})"
        )
    );
    assert_eq!(
        what.zh(),
        format!(
            "表 act_claim 行 act-1：authority 表中为 \"police\"，日志为 \"transport\"（日志第 {sequence} 条）"
        )
    );
    let entry = store.journal_entry(sequence).await.unwrap().unwrap();
    assert_eq!(entry.kind, "case_reviewed");
    raw.run("delete from act_claim".to_owned()).await.unwrap();
    let what = disagreement(&store).await;
    assert_eq!(
        (*what.what, what.sequence),
        (Difference::Missing, Some(sequence))
    );
}

/// The hash of a password is not in the journal, but that it was changed by hand shows.
async fn a_password_changed_by_hand_is_found(engine: Engine) {
    let place = Place::new(engine).await;
    let store = place.open().await;
    let chief = Actor("chief".to_owned());
    let role = steelyard::role::Role::ALL[0];
    let put = store.put_user("li.na", role, "$argon2id$one", true, &chief);
    put.await.unwrap();
    verify(&store).await;
    let sql = "update app_user set password_hash = '$argon2id$two'";
    let mut raw = Raw::connect(&place).await;
    raw.run(sql.to_owned()).await.unwrap();
    let what = disagreement(&store).await;
    assert!(what.to_string().contains("password_hash"), "{what}");
    assert!(!what.to_string().contains("argon2"), "{what}");
}

/// Puts other bodies into the journal, as if it had been written so.
pub async fn rewrite(place: &Place, store: &Store, change: impl Fn(&str, &mut Value)) {
    let mut raw = Raw::connect(place).await;
    let mut chain = Chain::new("3301A");
    for row in store.journal_after(0, i64::MAX).await.unwrap() {
        let mut body: Value = serde_json::from_str(row.body.as_deref().unwrap()).unwrap();
        change(&row.kind, &mut body);
        let sealed = seal(&body, Salt::default()).unwrap();
        let entry = chain
            .append(Micros::new(row.recorded_at), &row.kind, &row.actor, &sealed)
            .unwrap();
        let text = |text: &str| text.replace('\'', "''");
        let sql = format!(
            "update journal set header = '{}', header_digest = '{}', body = '{}' where sequence = {}",
            text(&entry.header),
            entry.header_digest,
            text(&entry.body),
            row.sequence
        );
        assert_eq!(raw.run(sql).await, Some(1));
    }
}

async fn an_older_journal_is_taken_at_its_word(engine: Engine) {
    let place = Place::new(engine).await;
    let store = place.open().await;
    live(&store, 31, 60).await;
    filled_again(&store).await;
    rewrite(&place, &store, |_, body| {
        let columns = body.get_mut("columns").and_then(Value::as_object_mut);
        if let Some(columns) = columns {
            for member in ["officers", "act", "password_digest"] {
                columns.remove(member);
            }
            if columns.contains_key("opened_at") {
                columns.remove("passages");
            }
        }
    })
    .await;
    verify(&store).await;
    // What it does tell is still held against the rows.
    let mut raw = Raw::connect(&place).await;
    let sql = "update case_file set state = 'x' where case_id = 'C000050'";
    assert_eq!(raw.run(sql.to_owned()).await, Some(1));
    assert_eq!(disagreement(&store).await.key, "C000050");
    // And a step of this release makes it whole again.
    let sql = "update case_file set state = 'filed' where case_id = 'C000050'";
    assert_eq!(raw.run(sql.to_owned()).await, Some(1));
    store.shutdown().await;
    let store = place.open().await;
    let step = CaseStep {
        officers: Some(vec!["zhao".to_owned()]),
        ..case_step(50, 2, "closed")
    };
    store.step_case(step).await.unwrap();
    verify(&store).await;
    let sql = "delete from case_officer where case_id = 'C000050'";
    assert_eq!(raw.run(sql.to_owned()).await, Some(1));
    assert_eq!(disagreement(&store).await.table, "case_officer");
}

/// A case that the random life does not touch.
async fn filled_again(store: &Store) {
    open_case(store, 50).await;
    let step = CaseStep {
        officers: Some(vec!["li.na".to_owned()]),
        ..case_step(50, 1, "filed")
    };
    store.step_case(step).await.unwrap();
}

async fn where_a_body_is_gone_nothing_is_held_against_a_row(engine: Engine) {
    let place = Place::new(engine).await;
    let store = place.open().await;
    live(&store, 41, 45).await;
    let entries = verify(&store).await;
    let mut raw = Raw::connect(&place).await;
    let rows = store.journal_after(0, i64::MAX).await.unwrap();
    for row in &rows {
        let sql = format!(
            "update journal set body = null where sequence = {}",
            row.sequence
        );
        assert_eq!(raw.run(sql).await, Some(1));
        let verified = store.verify_journal(|_, _| ()).await;
        let verified =
            verified.unwrap_or_else(|fault| panic!("{} {}: {fault}", row.sequence, row.kind));
        assert_eq!(verified.without_body, 1);
        let sql = format!(
            "update journal set body = '{}' where sequence = {}",
            row.body.as_deref().unwrap().replace('\'', "''"),
            row.sequence
        );
        assert_eq!(raw.run(sql).await, Some(1));
    }
    raw.run("update journal set body = null".to_owned())
        .await
        .unwrap();
    let verified = store.verify_journal(|_, _| ()).await.unwrap();
    assert_eq!(verified.without_body, entries);
}

async fn an_entry_of_rows_that_nobody_knows_is_a_fault(engine: Engine) {
    let place = Place::new(engine).await;
    let store = place.open().await;
    let append = store.append("of_tomorrow", Actor::station(), json!({"a": 1}));
    append.await.unwrap();
    verify(&store).await;
    rewrite(&place, &store, |_, body| {
        *body = json!({"columns": {"document_id": "D1"}});
    })
    .await;
    let what = disagreement(&store).await;
    assert_eq!(*what.what, Difference::Foreign);
}

/// A past case under the id of one that is handled here: whichever came first is counted, in one batch
/// as in two.
async fn a_past_case_and_an_own_one_of_one_id_are_counted_alike_in_one_batch(engine: Engine) {
    for own_first in [true, false] {
        let place = Place::new(engine).await;
        let store = place.open().await;
        open_case(&store, 1).await;
        let mut past = past_case(1, "2026-01-01", 0, true);
        past.counted = Some(counted_case(1, "carrier-9"));
        let past = batch(vec![past]);
        let own = CaseStep {
            counted: Some(counted_case(1, "carrier-1")),
            ..case_step(1, 1, "closed")
        };
        if own_first {
            let (a, b) = tokio::join!(store.step_case(own), store.change_register(past));
            a.unwrap();
            b.unwrap();
        } else {
            let (a, b) = tokio::join!(store.change_register(past), store.step_case(own));
            a.unwrap();
            b.unwrap();
        }
        verify(&store).await;
        let row = store.counted_case("C000001").await.unwrap().unwrap();
        let first = store.journal_entry(row.latest_sequence).await.unwrap();
        let kind = first.unwrap().kind;
        assert_eq!(kind == "register_changed", row.origin == "register");
        assert_eq!(row.latest_sequence, 4, "the first of the two stands");
        store.shutdown().await;
    }
}

/// Takes the body of an entry away, as retention does.
async fn remove_body(place: &Place, sequence: i64) {
    let sql = format!("update journal set body = null where sequence = {sequence}");
    assert_eq!(Raw::connect(place).await.run(sql).await, Some(1));
}

fn on_act(number: i64, version: i64, act: ActChange) -> CaseStep {
    let mut step = case_step(number, version, "filed");
    step.columns.act_id = "act-one".to_owned();
    step.act = act;
    step
}

fn claims() -> ActChange {
    ActChange::Claim {
        authority: "transport".to_owned(),
    }
}

/// Who lets go of an act without holding it says nothing of who does, be that told or not.
async fn letting_go_of_what_another_holds_says_nothing_of_the_other(engine: Engine) {
    let place = Place::new(engine).await;
    let store = place.open().await;
    open_case(&store, 1).await;
    open_case(&store, 2).await;
    let claimed = store.step_case(on_act(1, 1, claims())).await.unwrap();
    let released = on_act(2, 1, ActChange::Release);
    store.step_case(released).await.unwrap();
    verify(&store).await;
    remove_body(&place, claimed).await;
    store.verify_journal(|_, _| ()).await.unwrap();
    // Of itself it says that it does not hold it.
    let mut raw = Raw::connect(&place).await;
    let sql = "update act_claim set case_id = 'C000002'";
    raw.run(sql.to_owned()).await.unwrap();
    let what = disagreement(&store).await;
    assert_eq!((what.table, what.key.as_str()), ("act_claim", "act-one"));
    assert_eq!(*what.what, Difference::Unrecorded);
}

/// After an untold claim, too: whoever says that it let go of the act does not hold it.
async fn who_let_go_of_an_act_does_not_hold_it(engine: Engine) {
    let place = Place::new(engine).await;
    let store = place.open().await;
    open_case(&store, 1).await;
    open_case(&store, 2).await;
    let claimed = store.step_case(on_act(1, 1, claims())).await.unwrap();
    let release = on_act(1, 2, ActChange::Release);
    store.step_case(release).await.unwrap();
    remove_body(&place, claimed).await;
    store.verify_journal(|_, _| ()).await.unwrap();
    let mut raw = Raw::connect(&place).await;
    let row = |case_id: &str| {
        format!("insert into act_claim values ('act-one', 'transport', '{case_id}', 7)")
    };
    raw.run(row("C000001")).await.unwrap();
    assert_eq!(*disagreement(&store).await.what, Difference::Unrecorded);
    // What another claimed while it held it, and told nobody, came to nothing.
    raw.run("delete from act_claim".to_owned()).await.unwrap();
    store.step_case(on_act(1, 3, claims())).await.unwrap();
    let moved = store.step_case(case_step(2, 1, "filed")).await.unwrap();
    let release = on_act(1, 4, ActChange::Release);
    store.step_case(release).await.unwrap();
    remove_body(&place, moved).await;
    raw.run(row("C000002")).await.unwrap();
    let what = disagreement(&store).await;
    // The claimant itself has an entry that tells nothing, but an older one than its claim.
    assert_eq!(*what.what, Difference::Unrecorded, "{what}");
}

/// A past case under the id of one that is handled here, which was counted first by a step that nothing
/// tells of any more: neither what later steps say nor the register is held against the row.
async fn a_past_case_under_an_own_id_whose_body_is_gone_is_no_fault(engine: Engine) {
    for counted_again in [None, Some(counted_case(1, "carrier-1"))] {
        let place = Place::new(engine).await;
        let store = place.open().await;
        open_case(&store, 1).await;
        let own = CaseStep {
            counted: Some(counted_case(1, "carrier-1")),
            ..case_step(1, 1, "closed")
        };
        let counted = store.step_case(own).await.unwrap();
        let mut past = past_case(1, "2026-01-01", 0, true);
        past.counted = Some(counted_case(1, "carrier-9"));
        store.change_register(batch(vec![past])).await.unwrap();
        let again = CaseStep {
            counted: counted_again,
            ..case_step(1, 2, "annulled")
        };
        store.step_case(again).await.unwrap();
        verify(&store).await;
        remove_body(&place, counted).await;
        store.verify_journal(|_, _| ()).await.unwrap();
        store.shutdown().await;
    }
}

on_both_engines!(
    a_row_changed_together_with_the_entry_it_names_is_found,
    a_row_put_in_by_hand_is_found,
    what_a_step_did_is_found_when_it_is_undone,
    a_fault_says_what_is_stored_and_what_the_journal_says,
    a_password_changed_by_hand_is_found,
    an_older_journal_is_taken_at_its_word,
    where_a_body_is_gone_nothing_is_held_against_a_row,
    an_entry_of_rows_that_nobody_knows_is_a_fault,
    a_past_case_and_an_own_one_of_one_id_are_counted_alike_in_one_batch,
    letting_go_of_what_another_holds_says_nothing_of_the_other,
    who_let_go_of_an_act_does_not_hold_it,
    a_past_case_under_an_own_id_whose_body_is_gone_is_no_fault,
);
