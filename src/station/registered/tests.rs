use serde_json::json;

use super::*;
use crate::api::registers::import::new_entry;
use crate::casework::{Standing, WithheldReason};
use crate::config::Config;
use crate::law::LawTables;
use crate::register::Entry;
use crate::station::judge;
use crate::station::standing::tests::{config, passage, store};
use crate::store::records::{Actor, CaseEffect, NewClosing, RegisterBatch};

/// The day of the passages: 24 November 2026.
struct Bench {
    config: Config,
    tables: LawTables,
    store: Store,
    _folder: tempfile::TempDir,
}

impl Bench {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self {
            config: config(folder.path()),
            tables: LawTables::embedded().unwrap(),
            store: store(folder.path()).await,
            _folder: folder,
        }
    }

    async fn register(&self, kind: RegisterKind, version: i64, body: Value) {
        let entry = Entry::from_json(kind, body.as_object().unwrap()).unwrap();
        let batch = RegisterBatch {
            entries: vec![new_entry(&entry, version)],
            actor: Actor("wang".to_owned()),
            from: json!({"via": "api"}),
            reason: None,
        };
        self.store.change_register(batch).await.unwrap();
    }

    fn closing(&self, passage: &ClosedPassage, standing: &Standing) -> NewClosing {
        let (config, tables) = (&self.config, &self.tables);
        judge::new_closing(config, tables, passage, Vec::new(), None, false, standing).unwrap()
    }

    /// What becomes of a passage, as the recorder does it.
    async fn close(&self, passage: &ClosedPassage) -> NewClosing {
        let standing = Standing {
            registered: registered(&self.store, "ST0001", passage).await.unwrap(),
            ..Standing::default()
        };
        let closing = self.closing(passage, &standing);
        // What entered stands in the entry, and the entry can be made again from it.
        assert_eq!(judge::standing_of(&closing.body), standing);
        crate::evidence::canonical::to_text(&closing.body).unwrap();
        closing
    }
}

fn yellow() -> ClosedPassage {
    let mut passage = passage(1, 0);
    let read = passage.association.chosen.as_mut().unwrap();
    read.colour = Some("yellow".to_owned());
    passage
}

fn withheld(closing: &NewClosing) -> Vec<WithheldReason> {
    serde_json::from_value(closing.body["withheld"].clone()).unwrap()
}

fn tractor(axles: i64) -> Value {
    json!({"plate": "晋A12345", "colour": "yellow", "kind": "tractor", "axles": axles, "driven_axles": 2})
}

#[tokio::test]
async fn registers_that_know_nothing_change_nothing() {
    let bench = Bench::new().await;
    let other = json!({"plate": "晋A54321", "colour": "yellow", "kind": "tractor", "axles": 3});
    bench.register(RegisterKind::Vehicles, 0, other).await;
    let closing = bench.close(&yellow()).await;
    assert_eq!(withheld(&closing), []);
    assert!(closing.body.get("standing").is_none());
    assert_eq!(closing.body["plate_unconfirmed"], true);
    assert!(closing.body.get("plate_confirmed_by").is_none());
}

#[tokio::test]
async fn the_register_confirms_a_plate_that_one_camera_read_when_it_fits() {
    let mut bench = Bench::new().await;
    bench.config.association.single_read = crate::casework::SingleRead::Withhold;
    let unconfirmed = [WithheldReason::OneReadUnconfirmed];
    assert_eq!(withheld(&bench.close(&yellow()).await), unconfirmed);
    // A tractor of seven axles is not what was weighed with six.
    bench.register(RegisterKind::Vehicles, 0, tractor(7)).await;
    assert_eq!(withheld(&bench.close(&yellow()).await), unconfirmed);
    bench.register(RegisterKind::Vehicles, 1, tractor(3)).await;
    let mut blue = yellow();
    blue.association.chosen.as_mut().unwrap().colour = Some("blue".to_owned());
    assert_eq!(withheld(&bench.close(&blue).await), unconfirmed);
    assert_eq!(
        withheld(&bench.close(&passage(1, 0)).await),
        unconfirmed,
        "no colour was seen"
    );

    let closing = bench.close(&yellow()).await;
    assert_eq!(withheld(&closing), []);
    assert_eq!(closing.body["plate_unconfirmed"], false);
    assert_eq!(closing.body["plate_confirmed_by"], "register");
    assert_eq!(
        closing.body["standing"]["registered"]["vehicle"]["version"],
        2
    );
    let CaseEffect::Open(case) = &closing.case else {
        panic!("no case")
    };
    assert_eq!(case.body["case"]["plate_unconfirmed"], false);

    // Struck off, it confirms nothing any more; what was closed is made again as it was.
    let mut gone = tractor(3);
    gone["active"] = json!(false);
    bench.register(RegisterKind::Vehicles, 2, gone).await;
    assert_eq!(withheld(&bench.close(&yellow()).await), unconfirmed);
    let again = bench.closing(&yellow(), &judge::standing_of(&closing.body));
    assert_eq!(again.body, closing.body);
}

#[tokio::test]
async fn the_register_states_what_the_vehicle_is() {
    let bench = Bench::new().await;
    bench.register(RegisterKind::Vehicles, 0, tractor(3)).await;
    let closing = bench.close(&yellow()).await;
    let verdict = closing.body["judgement"]["verdict"].to_string();
    assert!(verdict.contains("vehicles/晋A12345-yellow#1"), "{verdict}");
    assert!(verdict.contains("articulated_train"), "{verdict}");
}

#[tokio::test]
async fn a_permit_in_force_covers_the_transport_and_another_days_does_not() {
    let bench = Bench::new().await;
    let permit = |number: &str, gross: i64, from: &str, until: &str| json!({"number": number, "plate": "晋A12345", "gross_kg": gross, "valid_from": from, "valid_until": until});
    let permits = RegisterKind::Permits;
    bench
        .register(
            permits,
            0,
            permit("over", 90_000, "2026-01-01", "2026-11-23"),
        )
        .await;
    assert_eq!(withheld(&bench.close(&yellow()).await), []);
    bench
        .register(
            permits,
            0,
            permit("small", 60_000, "2026-11-01", "2026-12-01"),
        )
        .await;
    bench
        .register(
            permits,
            0,
            permit("large", 90_000, "2026-11-24", "2026-11-24"),
        )
        .await;
    let closing = bench.close(&yellow()).await;
    assert_eq!(withheld(&closing), [WithheldReason::VerdictNotOverloaded]);
    assert_eq!(
        closing.body["standing"]["registered"]["permit"]["key"],
        "large"
    );
}

#[tokio::test]
async fn the_registers_certificate_counts_before_the_configured_one() {
    let mut bench = Bench::new().await;
    let certificate = |number: &str, from: &str, until: &str| json!({"number": number, "lane": 1, "valid_from": from, "valid_until": until});
    let kind = RegisterKind::Certificates;
    bench
        .register(kind, 0, certificate("JL-8", "2025-11-01", "2026-10-31"))
        .await;
    assert_eq!(
        withheld(&bench.close(&yellow()).await),
        [WithheldReason::CertificateExpired]
    );
    bench
        .register(kind, 0, certificate("JL-9", "2026-11-01", "2027-10-31"))
        .await;
    let closing = bench.close(&yellow()).await;
    assert_eq!(withheld(&closing), []);
    assert_eq!(
        closing.body["standing"]["registered"]["certificate"]["key"],
        "JL-9"
    );
    let verdict = closing.body["judgement"]["verdict"].to_string();
    assert!(!verdict.contains("JL-1"), "{verdict}");
    for lane in &mut bench.config.lanes {
        lane.certificate = None;
    }
    assert_eq!(withheld(&bench.close(&yellow()).await), []);
}

#[tokio::test]
async fn an_off_site_point_without_review_or_publication_makes_no_case() {
    let bench = Bench::new().await;
    let site = |legal: Value, technical: Value, from: Value, until: Value| {
        json!({"code": "K12", "name": "K12+300", "kind": "off_site", "lanes": [1], "legal_review_day": legal,
               "technical_review_day": technical, "published_from": from, "published_until": until})
    };
    let (day, next) = (json!("2026-11-24"), json!("2026-11-25"));
    let null = Value::Null;
    let (reviewed, published) = (
        WithheldReason::SiteNotReviewed,
        WithheldReason::SiteNotPublished,
    );
    let cases = [
        (
            site(day.clone(), day.clone(), day.clone(), null.clone()),
            vec![],
        ),
        (
            site(day.clone(), null.clone(), day.clone(), null.clone()),
            vec![reviewed],
        ),
        (
            site(null.clone(), day.clone(), day.clone(), null.clone()),
            vec![reviewed],
        ),
        (
            site(day.clone(), next.clone(), day.clone(), null.clone()),
            vec![reviewed],
        ),
        (
            site(day.clone(), day.clone(), next.clone(), null.clone()),
            vec![published],
        ),
        (
            site(null.clone(), null.clone(), null.clone(), null.clone()),
            vec![published, reviewed],
        ),
        (
            site(
                day.clone(),
                day.clone(),
                json!("2026-01-01"),
                json!("2026-11-23"),
            ),
            vec![published],
        ),
        (site(day.clone(), day, json!("2026-01-01"), next), vec![]),
    ];
    for (version, (site, expected)) in (0_i64..).zip(cases) {
        bench
            .register(RegisterKind::Sites, version, site.clone())
            .await;
        let closing = bench.close(&yellow()).await;
        assert_eq!(withheld(&closing), expected, "{site}");
        assert_eq!(
            matches!(closing.case, CaseEffect::Open(_)),
            expected.is_empty()
        );
    }
}

#[tokio::test]
async fn an_off_site_point_is_published_as_long_before_as_the_table_asks() {
    let mut bench = Bench::new().await;
    let published = |from: &str| {
        json!({"code": "K12", "name": "K12+300", "kind": "off_site", "lanes": [1], "published_from": from,
               "legal_review_day": "2026-01-05", "technical_review_day": "2026-01-05"})
    };
    bench
        .register(RegisterKind::Sites, 0, published("2026-11-10"))
        .await;
    assert_eq!(
        withheld(&bench.close(&yellow()).await),
        [],
        "the national table asks for nothing"
    );
    let row = "[[procedure.deadline]]\nkind = \"equipment_publication\"\nwhose = \"party\"\nnumber = { value = 15, \
               sure = \"S\" }\nunit = \"calendar_days\"\nbefore = true\narticle = { zh = \"x\", en = \"x\" }\n\n";
    let national = include_str!("../../law/tables/cn-national-2016-09-21.toml");
    let mark = "# --- worked examples";
    let text = national.replacen(mark, &format!("{row}{mark}"), 1);
    bench.tables = LawTables::parse(&[("national", &text)]).unwrap();
    let late = [WithheldReason::SiteNotPublished];
    assert_eq!(
        withheld(&bench.close(&yellow()).await),
        late,
        "14 days before 24 November"
    );
    bench
        .register(RegisterKind::Sites, 1, published("2026-11-09"))
        .await;
    assert_eq!(
        withheld(&bench.close(&yellow()).await),
        [],
        "15 days before"
    );
}
