//! Failed logins are few: a bound for each account and for each address, on the clock.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::units::Micros;

/// Failures of one account within the window before it must wait.
pub const ACCOUNT_LIMIT: usize = 5;
/// Failures from one address within the window before it must wait. A station's people share one.
pub const ADDRESS_LIMIT: usize = 30;
/// The window.
pub const WINDOW: Micros = Micros::from_seconds(5 * 60);
/// Accounts and addresses remembered; beyond this the one whose failure is oldest is forgotten.
const REMEMBERED: usize = 10_000;

/// Whose failures are counted.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Subject {
    Account(String),
    Address(String),
}

impl Subject {
    const fn limit(&self) -> usize {
        match self {
            Self::Account(_) => ACCOUNT_LIMIT,
            Self::Address(_) => ADDRESS_LIMIT,
        }
    }
}

/// An attempt that was let through. It counts as failed until [`Throttle::succeeded`] takes it
/// back, so that many at once get no further than many in a row.
#[derive(Debug)]
pub struct Attempt {
    account: Subject,
    address: Subject,
    at: Micros,
    /// Whether this was the account's last one.
    pub last: bool,
}

/// Counts failed logins.
#[derive(Debug, Default)]
pub struct Throttle {
    failures: Mutex<BTreeMap<Subject, Vec<Micros>>>,
}

impl Throttle {
    /// Lets an attempt through or says how long to wait.
    ///
    /// # Errors
    /// The time until the next attempt.
    pub fn attempt(&self, account: &str, address: &str, now: Micros) -> Result<Attempt, Duration> {
        // A panic elsewhere leaves counters as they are; they are still the best knowledge.
        let mut failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        let subjects = [
            Subject::Account(account.to_owned()),
            Subject::Address(address.to_owned()),
        ];
        let mut wait = Micros::ZERO;
        for subject in &subjects {
            let Some(times) = failures.get_mut(subject) else {
                continue;
            };
            times.retain(|at| now.saturating_sub(*at) < WINDOW);
            if times.len() >= subject.limit()
                && let Some(oldest) = times.first()
            {
                wait = wait.max(oldest.saturating_add(WINDOW).saturating_sub(now));
            }
        }
        if wait > Micros::ZERO {
            return Err(Duration::from_micros(wait.get().unsigned_abs()));
        }
        let mut last = false;
        for subject in &subjects {
            make_room(&mut failures, subject);
            let times = failures.entry(subject.clone()).or_default();
            times.push(now);
            last |= matches!(subject, Subject::Account(_)) && times.len() == subject.limit();
        }
        let [account, address] = subjects;
        Ok(Attempt {
            account,
            address,
            at: now,
            last,
        })
    }

    /// Takes an attempt back: it succeeded. The account starts anew, the address keeps what others
    /// did from there.
    pub fn succeeded(&self, attempt: &Attempt) {
        let mut failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        failures.remove(&attempt.account);
        if let Some(times) = failures.get_mut(&attempt.address)
            && let Some(index) = times.iter().rposition(|at| *at == attempt.at)
        {
            times.remove(index);
            if times.is_empty() {
                failures.remove(&attempt.address);
            }
        }
    }
}

fn make_room(failures: &mut BTreeMap<Subject, Vec<Micros>>, newcomer: &Subject) {
    if failures.len() < REMEMBERED || failures.contains_key(newcomer) {
        return;
    }
    let oldest = failures
        .iter()
        .min_by_key(|(_, times)| times.last().copied())
        .map(|(subject, _)| subject.clone());
    if let Some(subject) = oldest {
        failures.remove(&subject);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Micros = Micros::from_seconds(1_000);

    #[test]
    fn an_account_waits_until_its_oldest_failure_leaves_the_window() {
        let throttle = Throttle::default();
        for second in 0..5 {
            let now = START.saturating_add(Micros::from_seconds(second));
            let attempt = throttle.attempt("li", "10.0.0.1", now).unwrap();
            assert_eq!(attempt.last, second == 4);
        }
        let now = START.saturating_add(Micros::from_seconds(10));
        let wait = throttle.attempt("li", "10.0.0.2", now).unwrap_err();
        assert_eq!(wait, Duration::from_secs(290));
        throttle.attempt("wang", "10.0.0.1", now).unwrap();
        let then = now.saturating_add(Micros::new(i64::try_from(wait.as_micros()).unwrap()));
        throttle.attempt("li", "10.0.0.1", then).unwrap();
        throttle.attempt("li", "10.0.0.1", then).unwrap_err();
    }

    #[test]
    fn success_clears_the_account_but_not_what_others_did_from_there() {
        let throttle = Throttle::default();
        for _ in 0..4 {
            throttle.attempt("li", "10.0.0.1", START).unwrap();
        }
        let good = throttle.attempt("li", "10.0.0.1", START).unwrap();
        throttle.succeeded(&good);
        for _ in 0..5 {
            throttle.attempt("li", "10.0.0.1", START).unwrap();
        }
        throttle.attempt("li", "10.0.0.1", START).unwrap_err();
    }

    #[test]
    fn an_address_that_tries_many_accounts_waits() {
        let throttle = Throttle::default();
        for number in 0..ADDRESS_LIMIT {
            throttle
                .attempt(&format!("user{number}"), "10.0.0.1", START)
                .unwrap();
        }
        throttle.attempt("another", "10.0.0.1", START).unwrap_err();
        throttle.attempt("another", "10.0.0.2", START).unwrap();
    }

    #[test]
    fn memory_is_bounded() {
        let throttle = Throttle::default();
        for number in 0..REMEMBERED + 100 {
            let now = START.saturating_add(Micros::new(i64::try_from(number).unwrap()));
            throttle
                .attempt(&format!("user{number}"), &format!("ip{number}"), now)
                .unwrap();
        }
        assert!(throttle.failures.lock().unwrap().len() <= REMEMBERED);
    }
}
