//! kill -9 at seeded moments under traffic. `STEELYARD_KILLS=10000` is the long run; the data
//! folder is a new one every fifty kills, so that what is gone through again stays short.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use firmware_protocols::olr::Answer;
use steelyard::clock::Clock;
use steelyard::simulator::dice::Dice;
use steelyard::store::records::{ListFilter, PageKey, PassageRow};
use steelyard::store::{Store, StoreSettings};
use steelyard::units::Micros;

use crate::daemon::{command, run, text, write_config};
use crate::devices::{Devices, LEGAL, OVERLOADED, STATION, jpeg};

const KILLS_A_FOLDER: usize = 50;
const LANES: u16 = 2;

/// The daemon, of which nothing is known but that it lives and whether it said that it is ready.
struct Process {
    child: Child,
    ready: Arc<AtomicBool>,
}

impl Process {
    fn start(config: &Path, log: &Path) -> Self {
        let log = std::fs::File::options()
            .create(true)
            .append(true)
            .open(log)
            .unwrap();
        let mut child = command(&["run", "--json", "--config"])
            .arg(config)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .unwrap();
        let ready = Arc::new(AtomicBool::new(false));
        let (mut output, flag) = (
            BufReader::new(child.stdout.take().unwrap()),
            Arc::clone(&ready),
        );
        std::thread::spawn(move || {
            let mut line = String::new();
            if output.read_line(&mut line).is_ok_and(|read| read > 0) {
                flag.store(true, Ordering::Release);
            }
        });
        Self { child, ready }
    }

    fn is_ready(&self) -> bool {
        self.ready.load(Ordering::Acquire)
    }

    fn assert_alive(&mut self, log: &Path) {
        if let Some(status) = self.child.try_wait().unwrap() {
            panic!(
                "ended by itself, {status}: {}",
                std::fs::read_to_string(log).unwrap()
            );
        }
    }

    fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// When to kill.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Moment {
    /// While it starts, after this many milliseconds.
    Starting(usize),
    /// Right after so many more records are acknowledged.
    Acknowledged(usize),
    /// When it has read the first half of a record.
    HalfARecord,
    /// When it has read a record, before it can have answered.
    RecordRead,
    /// While a picture comes in.
    Picture,
    /// So many milliseconds after it was ready.
    Later(usize),
}

impl Moment {
    fn draw(dice: &mut Dice) -> Self {
        match dice.below(6) {
            0 => Self::Starting(dice.below(150)),
            1 => Self::Acknowledged(1 + dice.below(15)),
            2 => Self::HalfARecord,
            3 => Self::RecordRead,
            4 => Self::Picture,
            _ => Self::Later(dice.below(120)),
        }
    }
}

/// Vehicles in all lanes, as fast as they are taken, at most one a lane and step.
fn traffic(devices: &mut Devices, dice: &mut Dice) {
    for lane in 0..devices.controllers.len() {
        if !devices.controllers[lane].has_room() || !dice.chance(0.15) {
            continue;
        }
        let axles = if dice.chance(0.3) {
            &OVERLOADED
        } else {
            &LEGAL
        };
        if lane == 0 && dice.chance(0.7) {
            let plate = format!("鲁A{}", 10_000 + dice.below(90_000));
            devices.vehicle_with_plate(&plate, axles);
        } else {
            let now = devices.now();
            devices.controllers[lane].vehicle(now, axles);
        }
    }
}

/// Runs until the moment has come.
fn run_to(
    moment: Moment,
    devices: &mut Devices,
    dice: &mut Dice,
    process: &mut Process,
    log: &Path,
) {
    let started = devices.now();
    if let Moment::Starting(millis) = moment {
        let until = started.saturating_add(Micros::from_millis(millis as i64));
        devices.step_until("a moment of the start", |devices| devices.now() >= until);
        return;
    }
    devices.step_until("ready", |devices| {
        traffic(devices, dice);
        process.assert_alive(log);
        process.is_ready()
    });
    let (ready_at, known, pictures) =
        (devices.now(), devices.acknowledged(), devices.picture_bytes);
    let lane = dice.below(devices.controllers.len());
    // One acknowledge at least: the port came back, and recording goes on.
    devices.step_until("an acknowledge", |devices| {
        traffic(devices, dice);
        devices.acknowledged() > known
    });
    match moment {
        Moment::Starting(_) => {}
        Moment::Acknowledged(count) => devices.step_until("acknowledges", |devices| {
            traffic(devices, dice);
            devices.acknowledged() >= known + count
        }),
        Moment::HalfARecord | Moment::RecordRead => {
            devices.step_until("room", |devices| devices.controllers[lane].has_room());
            let now = devices.now();
            let controller = &mut devices.controllers[lane];
            if moment == Moment::HalfARecord {
                controller.half_a_vehicle(now, &LEGAL);
            } else {
                controller.vehicle(now, &LEGAL);
            }
            let patience = std::time::Duration::from_secs(30);
            controller.feeder.wait_until_read(patience).unwrap();
        }
        Moment::Picture => devices.step_until("a picture on its way", |devices| {
            traffic(devices, dice);
            devices.picture_bytes >= pictures + 600
        }),
        Moment::Later(millis) => {
            let until = ready_at.saturating_add(Micros::from_millis(millis as i64));
            devices.step_until("a moment", |devices| {
                traffic(devices, dice);
                devices.now() >= until
            });
        }
    }
}

#[derive(Debug, Default)]
struct Figures {
    kills: usize,
    kills_before_ready: usize,
    sent: usize,
    acknowledged: usize,
    duplicates: usize,
    resends: usize,
    pictures: usize,
}

#[test]
fn what_was_acknowledged_survives_every_kill_and_nothing_counts_twice() {
    let kills: usize = std::env::var("STEELYARD_KILLS").map_or(KILLS_A_FOLDER, |text| {
        text.parse().expect("STEELYARD_KILLS is a number")
    });
    let seed: u64 = std::env::var("STEELYARD_SEED").map_or(20_260_301, |text| {
        text.parse().expect("STEELYARD_SEED is a number")
    });
    let clock = steelyard::clock::SystemClock::new();
    let started = clock.now();
    let mut figures = Figures::default();
    let mut folder = 0;
    while figures.kills < kills {
        let count = KILLS_A_FOLDER.min(kills - figures.kills);
        one_folder(seed + folder, count, &mut figures);
        folder += 1;
    }
    let seconds = clock.now().saturating_sub(started).get() / 1_000_000;
    println!("seed {seed}, {seconds} s: {figures:?}");
    assert!(
        figures.resends > 0 && figures.duplicates > 0,
        "the kills met no open record"
    );
    assert!(figures.pictures > 0);
}

fn one_folder(seed: u64, kills: usize, figures: &mut Figures) {
    let folder = tempfile::tempdir().unwrap();
    let mut dice = Dice::new(seed, 1);
    let mut devices = Devices::new(LANES);
    let settings = devices.config(folder.path());
    let config = write_config(folder.path(), &settings);
    let log = folder.path().join("log");
    for _ in 0..kills {
        let moment = Moment::draw(&mut dice);
        let picture = jpeg(1, devices.now());
        devices.show(picture);
        let mut process = Process::start(&config, &log);
        run_to(moment, &mut devices, &mut dice, &mut process, &log);
        figures.kills_before_ready += usize::from(!process.is_ready());
        process.kill();
        figures.kills += 1;
        assert_bounded(&devices);
    }

    // The last start: everything that was held comes in, all that was left open is closed.
    let mut process = Process::start(&config, &log);
    devices.step_until("every record is acknowledged", |devices| {
        process.assert_alive(&log);
        devices.waiting() == 0
    });
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap();
    let store = runtime.block_on(open(&settings.station.data_dir));
    devices.step_until("every passage is closed", |_| {
        let open = runtime.block_on(store.unclosed_passages()).unwrap();
        open.is_empty()
    });
    runtime.block_on(check(&store, &devices, figures));
    process.kill();
    drop(store);
    let data = settings.station.data_dir.to_str().unwrap().to_owned();
    let verified = run(&["verify", "--journal", "--data", &data]);
    assert!(verified.status.success(), "{}", text(&verified.stderr));
    for fault in ["panicked", "ended badly", "not recorded", "not closed"] {
        let said = std::fs::read_to_string(&log).unwrap();
        assert!(!said.contains(fault), "{fault}: {said}");
    }
}

fn assert_bounded(devices: &Devices) {
    for controller in &devices.controllers {
        assert!(controller.waiting() <= 8);
    }
}

async fn open(data: &Path) -> Store {
    Store::open_read_only(StoreSettings::in_folder(data, STATION))
        .await
        .unwrap()
}

async fn all_passages(store: &Store) -> Vec<PassageRow> {
    let mut rows: Vec<PassageRow> = Vec::new();
    loop {
        let after = rows.last().map(|row| PageKey {
            at: Micros::new(row.crossed_at),
            id: row.passage_id.clone(),
        });
        let page = store
            .passages(&ListFilter::default(), after.as_ref(), 500)
            .await
            .unwrap();
        if page.is_empty() {
            return rows;
        }
        rows.extend(page);
    }
}

async fn check(store: &Store, devices: &Devices, figures: &mut Figures) {
    let rows = all_passages(store).await;
    let stored: BTreeSet<&str> = rows.iter().map(|row| row.passage_id.as_str()).collect();
    assert_eq!(stored.len(), rows.len(), "a passage twice");
    let mut sent = BTreeSet::new();
    for controller in &devices.controllers {
        sent.extend(controller.sent.iter().map(String::as_str));
        for (id, answer) in &controller.answered {
            assert_ne!(*answer, Answer::Bad, "{id}");
            assert!(stored.contains(id.as_str()), "acknowledged and lost: {id}");
            figures.duplicates += usize::from(*answer == Answer::Dup);
        }
        figures.acknowledged += controller.acknowledged();
        figures.resends += controller.resends;
    }
    assert_eq!(stored, sent, "as many passages as vehicles, and the same");
    for row in &rows {
        assert_eq!(
            (row.state.as_str(), row.record_conflict),
            ("closed", 0),
            "{row:?}"
        );
        let pictures = store.pictures_of(&row.passage_id).await.unwrap();
        for picture in &pictures {
            store.pictures().get(&picture.sha256).await.unwrap();
        }
        figures.pictures += pictures.len();
    }
    figures.sent += sent.len();
    store.verify_journal(|_, _| ()).await.unwrap();
}
