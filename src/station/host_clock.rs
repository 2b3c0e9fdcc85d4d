//! The host is asked how good its clock is, by one task; what it says enters the intake and gets its
//! moment there, like all that comes in. What is news, and once an hour what is none, becomes a journal
//! entry, from which passages are judged again after a stop.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use serde::Deserialize;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::casework::{ClockRules, HostClock, HostClockState};
use crate::clock;
use crate::config::{self, ClockSource, Config};
use crate::status::HostClockStatus;
use crate::units::Micros;

/// What is no news is recorded so often.
const RECORD_EVERY: Micros = Micros::from_seconds(3_600);
/// A file is believed for so long at least.
const SHORTEST_STALE: Duration = Duration::from_secs(600);
/// Longest reason of a failure that is recorded, characters.
const WHY_LIMIT: usize = 200;

/// What the host says, or why it can't be asked.
pub(super) type Answer = Result<Said, String>;

/// What the host says of its clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Said {
    /// Whether something vouches for it.
    synchronised: bool,
    /// Most that it may be off.
    maximum_error_us: u32,
    /// How much it is thought to be off.
    estimated_error_us: Option<u32>,
}

/// Who is asked.
#[derive(Debug)]
pub(super) enum Source {
    Kernel,
    File {
        path: PathBuf,
        stale_after: Duration,
    },
}

impl Source {
    /// As the configuration says; `None` where nobody is asked.
    pub(super) fn of(config: &Config) -> Option<Self> {
        let settings = &config.host_clock;
        match (settings.source, &settings.file) {
            (ClockSource::Kernel, _) => Some(Self::Kernel),
            (ClockSource::File, Some(path)) => Some(Self::File {
                path: path.clone(),
                stale_after: (3 * every(settings)).max(SHORTEST_STALE),
            }),
            (ClockSource::File, None) | (ClockSource::None, _) => None,
        }
    }

    fn ask(&self) -> Answer {
        match self {
            Self::Kernel => {
                let clock = kernel_clock::read().map_err(|error| error.to_string())?;
                let micros = |value: i64| u32::try_from(value.max(0)).unwrap_or(u32::MAX);
                Ok(Said {
                    synchronised: clock.synchronised,
                    maximum_error_us: micros(clock.maximum_error_us),
                    estimated_error_us: Some(micros(clock.estimated_error_us)),
                })
            }
            Self::File { path, stale_after } => read(path, *stale_after),
        }
    }
}

fn read(path: &Path, stale_after: Duration) -> Answer {
    let wrong = |why: String| format!("{}: {why}", path.display());
    let text = std::fs::read_to_string(path).map_err(|error| wrong(error.to_string()))?;
    let written = std::fs::metadata(path).and_then(|metadata| metadata.modified());
    let age = clock::age(written.map_err(|error| wrong(error.to_string()))?);
    if age > stale_after {
        return Err(wrong(format!("not written for {} s", age.as_secs())));
    }
    toml::from_str(&text).map_err(|error| wrong(error.message().to_owned()))
}

fn every(settings: &config::HostClock) -> Duration {
    Duration::from_millis(u64::from(settings.ask_every_ms))
}

/// Asks once; a file may hang, so this waits in a thread of its own.
pub(super) async fn ask(source: &Arc<Source>) -> Answer {
    let source = Arc::clone(source);
    let asked = tokio::task::spawn_blocking(move || source.ask()).await;
    asked.unwrap_or_else(|error| Err(error.to_string()))
}

/// Asks again and again until cancelled.
pub(super) async fn keep_asking(
    source: Arc<Source>,
    settings: config::HostClock,
    answers: mpsc::Sender<Answer>,
    cancel: CancellationToken,
) {
    let every = every(&settings);
    loop {
        tokio::select! {
            () = cancel.cancelled() => return,
            () = tokio::time::sleep(every) => {}
        }
        // The intake ends after the ports do: at a stop there is nobody left to hear.
        if answers.send(ask(&source).await).await.is_err() {
            return;
        }
    }
}

/// What the host's clock was last said to be, and what of it is worth an entry.
#[derive(Debug)]
pub(super) struct Watch {
    rules: ClockRules,
    source: ClockSource,
    latest: Option<HostClock>,
    since: Micros,
    recorded_at: Option<Micros>,
}

impl Watch {
    pub(super) fn new(config: &Config, now: Micros) -> Self {
        Self {
            rules: config.clock_rules(),
            source: config.host_clock.source,
            latest: None,
            since: now,
            recorded_at: None,
        }
    }

    /// Takes an answer; `ahead` is how far the station's time is ahead of the host's clock. Yields what
    /// is to be recorded: what changes anything, and one an hour.
    pub(super) fn take(&mut self, answer: Answer, at: Micros, ahead: Micros) -> Option<HostClock> {
        let clock = self.reading(answer, at, ahead);
        let judged = |clock: &HostClock| (clock.state, self.rules.withheld(Some(clock)));
        let is_news = self.latest.as_ref().map(judged) != Some(judged(&clock));
        if is_news {
            self.since = at;
            match self.rules.withheld(Some(&clock)) {
                Some(reason) => tracing::error!(
                    reason = reason.name(),
                    maximum_error_us = clock.maximum_error_us,
                    why = clock.why,
                    "{}；此间不立案，记录照常 / {}: no cases meanwhile, recording goes on",
                    reason.text_zh(),
                    reason.text_en()
                ),
                None => tracing::info!(
                    state = clock.state.name(),
                    maximum_error_us = clock.maximum_error_us,
                    "主机时钟 / the host's clock"
                ),
            }
        }
        self.latest = Some(clock.clone());
        let due = self
            .recorded_at
            .is_none_or(|recorded| at.saturating_sub(recorded) >= RECORD_EVERY);
        if !is_news && !due {
            return None;
        }
        self.recorded_at = Some(at);
        Some(clock)
    }

    fn reading(&self, answer: Answer, at: Micros, ahead: Micros) -> HostClock {
        let (state, said, why) = match answer {
            Ok(said) if said.synchronised => (HostClockState::Synchronised, Some(said), None),
            Ok(said) => (HostClockState::Unsynchronised, Some(said), None),
            Err(why) => {
                let why = why.chars().take(WHY_LIMIT).collect();
                (HostClockState::Unknown, None, Some(why))
            }
        };
        HostClock {
            at,
            state,
            maximum_error_us: said.map(|said| i64::from(said.maximum_error_us)),
            estimated_error_us: said.and_then(|said| said.estimated_error_us.map(i64::from)),
            ahead_us: ahead.get(),
            source: self.source.name().to_owned(),
            why,
        }
    }

    /// As status pages show it.
    pub(super) fn status(&self) -> HostClockStatus {
        let latest = self.latest.as_ref();
        let withholds = self.rules.withheld(latest);
        HostClockStatus {
            state: latest
                .map_or(HostClockState::Unknown, |clock| clock.state)
                .name()
                .to_owned(),
            since: self.since,
            asked_at: latest.map(|clock| clock.at),
            maximum_error_us: latest.and_then(|clock| clock.maximum_error_us),
            estimated_error_us: latest.and_then(|clock| clock.estimated_error_us),
            ahead_us: latest.map_or(0, |clock| clock.ahead_us),
            allowed_error_us: self.rules.maximum_error.get(),
            source: self.source.name().to_owned(),
            why: latest.and_then(|clock| clock.why.clone()),
            withholds: withholds.map(|reason| reason.name().to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::casework::WithheldReason;

    fn at(seconds: i64) -> Micros {
        Micros::from_seconds(1_795_478_400 + seconds)
    }

    fn config() -> Config {
        Config::of_station(config::Station {
            code: "ST0001".to_owned(),
            name: String::new(),
            data_dir: PathBuf::from("/nonexistent"),
            simulated: false,
        })
    }

    fn said(synchronised: bool, maximum_error_us: u32) -> Answer {
        Ok(Said {
            synchronised,
            maximum_error_us,
            estimated_error_us: None,
        })
    }

    #[test]
    fn what_changes_is_recorded_at_once_and_what_does_not_once_an_hour() {
        let mut watch = Watch::new(&config(), at(0));
        let mut take = |answer, seconds| watch.take(answer, at(seconds), Micros::ZERO);
        let first = take(said(true, 1_000), 0).unwrap();
        assert_eq!(first.state, HostClockState::Synchronised);
        assert_eq!(take(said(true, 2_000), 60), None);
        assert_eq!(take(said(true, 1_500_000), 3_599), None);
        let hourly = take(said(true, 1_000), 3_600).unwrap();
        assert_eq!(
            (hourly.at, hourly.maximum_error_us),
            (at(3_600), Some(1_000))
        );
        // Beyond the setting, then given up by the kernel, then beyond reach.
        assert!(take(said(true, 2_000_001), 3_660).is_some());
        assert!(take(said(false, 16_000_000), 3_720).is_some());
        assert_eq!(take(said(false, 16_000_000), 3_780), None);
        let lost = take(Err("x".repeat(300)), 3_840).unwrap();
        assert_eq!(lost.state, HostClockState::Unknown);
        assert_eq!(lost.why.unwrap().len(), WHY_LIMIT);
        assert_eq!(lost.maximum_error_us, None);
        assert_eq!(watch.status().since, at(3_840));
        assert_eq!(
            watch.status().withholds.as_deref(),
            Some("clock_state_unknown")
        );
    }

    #[test]
    fn time_that_ran_ahead_of_a_clock_put_back_counts_as_error() {
        let mut watch = Watch::new(&config(), at(0));
        let clock = watch.take(said(true, 1_000), at(0), Micros::from_seconds(5));
        let rules = ClockRules::default();
        let reason = Some(WithheldReason::ClockErrorTooLarge);
        assert_eq!(rules.withheld(clock.as_ref()), reason);
        assert_eq!(watch.status().ahead_us, 5_000_000);
    }

    #[test]
    fn before_anybody_was_asked_the_state_is_unknown() {
        let watch = Watch::new(&config(), at(7));
        let status = watch.status();
        assert_eq!((status.state.as_str(), status.since), ("unknown", at(7)));
        assert_eq!(status.asked_at, None);
        let mut lenient = config();
        lenient.host_clock = config::HostClock::not_asked();
        assert_eq!(Watch::new(&lenient, at(7)).status().withholds, None);
        assert!(Source::of(&lenient).is_none());
    }

    #[tokio::test]
    async fn a_file_says_what_stands_in_it_as_long_as_somebody_keeps_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("clock.toml");
        let mut settings = config();
        settings.host_clock.source = ClockSource::File;
        settings.host_clock.file = Some(path.clone());
        let source = Arc::new(Source::of(&settings).unwrap());
        assert!(ask(&source).await.unwrap_err().contains("clock.toml"));
        std::fs::write(&path, "synchronised = true\nmaximum_error_us = 900\n").unwrap();
        assert_eq!(ask(&source).await, said(true, 900));
        std::fs::write(&path, "synchronised = true\n").unwrap();
        let why = ask(&source).await.unwrap_err();
        assert!(why.contains("maximum_error_us"), "{why}");
        std::fs::write(&path, "synchronised = true\nmaximum_error_us = 900\n").unwrap();
        let why = read(&path, Duration::ZERO).unwrap_err();
        assert!(why.contains("not written for 0 s"), "{why}");
    }
}
