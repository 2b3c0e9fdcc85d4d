//! A record that the database refuses for no reason of the machine is not acknowledged, not when
//! it comes again either, until it is durable. The station runs in this process here: no file and no
//! line can bring this about.

use std::sync::Arc;

use firmware_protocols::olr::Answer;
use steelyard::clock::{Clock, SystemClock, SystemEntropy};
use steelyard::law::LawTables;
use steelyard::station::Station;
use steelyard::store::db::Faults;
use steelyard::store::{FailureClass, Store, StoreSettings};

use crate::devices::{Devices, LEGAL, STATION};

#[tokio::test(flavor = "multi_thread")]
async fn a_record_that_was_not_stored_is_not_acknowledged_as_known() {
    let folder = tempfile::tempdir().unwrap();
    let mut devices = Devices::new(1);
    let config = Arc::new(devices.config(folder.path()));
    let faults = Faults::default();
    let mut settings = StoreSettings::in_folder(&config.station.data_dir, STATION);
    settings.faults = faults.clone();
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
    let store = Store::open(settings, Arc::clone(&clock), Arc::new(SystemEntropy))
        .await
        .unwrap();
    let tables = Arc::new(LawTables::embedded().unwrap());
    let station = Station::start(Arc::clone(&config), tables, store.clone(), clock)
        .await
        .unwrap();
    let opened = |store: &Store| store.health().operations == config.ports.len() as u64;
    devices.step_until("all ports are open and said so", |_| opened(&store));

    faults.arm(0, 1, FailureClass::Other);
    let now = devices.now();
    let (id, _) = devices.controllers[0].vehicle(now, &LEGAL);
    devices.step_until("the record was refused", |_| store.health().failures == 1);
    assert!(store.passage(&id).await.unwrap().is_none());
    assert_eq!(devices.acknowledged(), 0);
    devices.step_until("it is acknowledged", |devices| devices.waiting() == 0);
    assert!(devices.controllers[0].resends > 0);
    assert_eq!(devices.controllers[0].answered, [(id.clone(), Answer::Ok)]);
    assert!(
        store.passage(&id).await.unwrap().is_some(),
        "acknowledged and not there"
    );
    station.shutdown().await;
    store.shutdown().await;
}
