//! A disk that is really full: a small tmpfs, mounted when this runs as root. Otherwise an injected
//! error stands in for it, and the test says so; `batches.rs` holds the injected case for both
//! engines anyway.

use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use steelyard::clock::SystemClock;
use steelyard::role::Role;
use steelyard::store::records::{Actor, Recorded};
use steelyard::store::{FailureClass, Store, StoreSettings};

use crate::support::{SeededEntropy, until, verify, weighing};

struct SmallDisk(tempfile::TempDir);

impl SmallDisk {
    fn mount() -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", "size=4m", "steelyard-test"])
            .arg(folder.path())
            .output();
        mounted
            .is_ok_and(|done| done.status.success())
            .then_some(Self(folder))
    }

    fn fill(&self) {
        // Whatever is left, to the last block.
        let ballast = self.0.path().join("ballast");
        let block = vec![0_u8; 4_096];
        let mut file = std::fs::File::create(ballast).unwrap();
        while std::io::Write::write_all(&mut file, &block).is_ok() {}
    }

    fn free(&self) {
        std::fs::remove_file(self.0.path().join("ballast")).unwrap();
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(self.0.path()).status();
    }
}

async fn open(folder: &Path, settings: impl FnOnce(&mut StoreSettings)) -> Store {
    let mut chosen = StoreSettings::in_folder(folder, "3301A");
    chosen.longest_pause_ms = 20;
    settings(&mut chosen);
    let entropy = Arc::new(SeededEntropy::new(5));
    Store::open(chosen, Arc::new(SystemClock::new()), entropy)
        .await
        .unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_is_said_waited_out_and_loses_nothing() {
    let disk = SmallDisk::mount();
    let plain = tempfile::tempdir().unwrap();
    let faults = steelyard::store::db::Faults::default();
    let folder = disk.as_ref().map_or(plain.path(), |disk| disk.0.path());
    let store = open(folder, |settings| settings.faults = faults.clone()).await;
    for number in 0..10 {
        store.record_weighing(weighing(number)).await.unwrap();
    }
    match &disk {
        Some(disk) => disk.fill(),
        None => {
            println!("no root, no tmpfs: an injected error stands in for the full disk");
            faults.arm(0, i64::MAX, FailureClass::Full);
        }
    }
    let waiting: Vec<_> = (10..90)
        .map(|number| {
            let store = store.clone();
            tokio::spawn(async move { store.record_weighing(weighing(number)).await })
        })
        .collect();
    until("the full disk shows", || store.health().failing.is_some()).await;
    let said = store.health().failing.unwrap();
    assert!(
        said.contains("the disk is full: free space on the volume"),
        "{said}"
    );
    let by = Actor("chief".to_owned());
    let refused = store
        .put_user("li.na", Role::Operator, "hash", true, &by)
        .await
        .unwrap_err();
    assert_eq!(refused.class(), Some(FailureClass::Full), "{refused}");
    assert!(waiting.iter().any(|one| !one.is_finished()));
    let known = store.counts().await.unwrap().passages;
    assert!(known >= 10, "what was recorded can still be read: {known}");

    match &disk {
        Some(disk) => disk.free(),
        None => drop(faults.disarm()),
    }
    for one in waiting {
        let outcome = one.await.unwrap().unwrap();
        assert!(matches!(outcome, Recorded::New { .. }), "{outcome:?}");
    }
    assert_eq!(store.counts().await.unwrap().passages, 90);
    assert_eq!(verify(&store).await, 90);
    assert_eq!(store.health().failing, None);
    store.shutdown().await;
}
