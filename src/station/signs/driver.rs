//! One sign as a state machine: what it should show, what it was told, whether it answered. No clock
//! and no line of its own.
//!
//! Only the latest content matters: what a sign missed while it did not answer is never made up for.

use crate::units::Micros;

/// So often in a row something is sent before the sign counts as failing.
const ATTEMPTS: u32 = 3;
/// A failing sign is tried again after this time.
const TRY_AGAIN: Micros = Micros::from_seconds(10);

/// What is wrong with a sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// It does not answer.
    NoAnswer,
    /// It answers that it can't.
    Refused,
}

impl Trouble {
    /// In words, with what to do.
    pub const fn text(self) -> &'static str {
        match self {
            Self::NoAnswer => {
                "没有应答，每 10 秒重试；请检查电源、接线与地址 / does not answer, tried again every 10 s: check \
                 power, wiring and address"
            }
            Self::Refused => {
                "拒绝显示，每 10 秒重试；请检查设置与内容 / refuses what it is sent, tried again every 10 s: check \
                 its settings and the texts"
            }
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// It shows what it should, as far as is known.
    Settled,
    /// Something is to be sent at this moment.
    Due(Micros),
    /// Sent; an answer is due by then.
    Waiting(Micros),
}

/// The state machine. `T` is what a sign can show.
#[derive(Debug)]
pub struct Driver<T> {
    idle: T,
    answer_within: Micros,
    answers: bool,
    wanted: T,
    /// When the vehicle that `wanted` speaks to crossed, and until when it is spoken to.
    vehicle: Option<(Micros, Micros)>,
    shown: Option<T>,
    state: State,
    attempts: u32,
    trouble: Option<Trouble>,
    open: bool,
}

impl<T: Clone + PartialEq> Driver<T> {
    /// A sign whose line is not open yet. `answers` is false for one that never says anything.
    pub fn new(idle: T, answer_within: Micros, answers: bool) -> Self {
        Self {
            wanted: idle.clone(),
            idle,
            answer_within,
            answers,
            vehicle: None,
            shown: None,
            state: State::Settled,
            attempts: 0,
            trouble: None,
            open: false,
        }
    }

    /// The line is open: the sign may show anything, so it is told anew.
    pub fn opened(&mut self, now: Micros) {
        self.open = true;
        self.shown = None;
        self.want(now, self.wanted.clone());
    }

    /// The line went away.
    pub fn lost(&mut self) {
        self.open = false;
        self.shown = None;
        self.state = State::Settled;
        self.attempts = 0;
    }

    /// A vehicle is spoken to for so long after it crossed; one that crossed before the vehicle that is spoken to
    /// now is too late, and so is one whose time is over.
    pub fn tell(&mut self, now: Micros, crossed_at: Micros, hold: Micros, content: T) {
        let until = now.saturating_add(hold);
        let overtaken = self.vehicle.is_some_and(|(other, _)| crossed_at < other);
        let gone = now.saturating_sub(crossed_at) > hold;
        if overtaken || gone {
            return;
        }
        self.vehicle = Some((crossed_at, until));
        self.want(now, content);
    }

    fn want(&mut self, now: Micros, content: T) {
        self.wanted = content;
        if !self.open || self.shown.as_ref() == Some(&self.wanted) {
            return;
        }
        match self.state {
            // Its answer to what it was told before comes first, or the two would be mixed up.
            State::Waiting(_) => {}
            // A sign that is failing keeps its pace, whatever it is to show next.
            State::Due(_) if self.trouble.is_some() => {}
            State::Due(_) | State::Settled => {
                self.attempts = 0;
                self.state = State::Due(now);
            }
        }
    }

    /// The sign answered.
    pub fn answered(&mut self, now: Micros, accepted: bool) {
        if !matches!(self.state, State::Waiting(_)) {
            return;
        }
        if accepted {
            self.trouble = None;
            self.attempts = 0;
            self.settle(now);
        } else {
            self.failed(now, Trouble::Refused);
        }
    }

    fn settle(&mut self, now: Micros) {
        self.state = if self.shown.as_ref() == Some(&self.wanted) {
            State::Settled
        } else {
            State::Due(now)
        };
    }

    fn failed(&mut self, now: Micros, trouble: Trouble) {
        self.shown = None;
        if self.attempts < ATTEMPTS {
            self.state = State::Due(now);
        } else {
            self.trouble = Some(trouble);
            self.attempts = ATTEMPTS - 1;
            self.state = State::Due(now.saturating_add(TRY_AGAIN));
        }
    }

    /// The next moment at which something is due.
    pub fn poll_timeout(&self) -> Option<Micros> {
        let line = match self.state {
            State::Settled => None,
            State::Due(at) | State::Waiting(at) => Some(at),
        };
        let vehicle = self.vehicle.map(|(_, until)| until);
        [line, vehicle].into_iter().flatten().min()
    }

    /// Does what is due; yields what to send now, if anything.
    pub fn handle_timeout(&mut self, now: Micros) -> Option<T> {
        if self.vehicle.is_some_and(|(_, until)| until <= now) {
            self.vehicle = None;
            self.want(now, self.idle.clone());
        }
        if let State::Waiting(by) = self.state
            && by <= now
        {
            self.failed(now, Trouble::NoAnswer);
        }
        match self.state {
            State::Due(at) if at <= now && self.open => {
                self.attempts += 1;
                self.shown = Some(self.wanted.clone());
                self.state = if self.answers {
                    State::Waiting(now.saturating_add(self.answer_within))
                } else {
                    State::Settled
                };
                Some(self.wanted.clone())
            }
            _ => None,
        }
    }

    /// What is wrong, `None` when nothing is.
    pub fn trouble(&self) -> Option<Trouble> {
        self.trouble
    }

    /// What it shows as far as is known: it was told and has not failed since.
    pub fn showing(&self) -> Option<&T> {
        let known = matches!(self.state, State::Settled) && self.open;
        self.shown.as_ref().filter(|_| known)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANSWER: Micros = Micros::from_seconds(2);
    const HOLD: Micros = Micros::from_seconds(15);

    fn at(seconds: i64) -> Micros {
        Micros::from_seconds(1_000 + seconds)
    }

    fn sign() -> Driver<&'static str> {
        let mut sign = Driver::new("", ANSWER, true);
        sign.opened(at(0));
        assert_eq!(sign.handle_timeout(at(0)), Some(""));
        sign.answered(at(0), true);
        sign
    }

    #[test]
    fn a_vehicle_is_spoken_to_and_then_nobody() {
        let mut sign = sign();
        assert_eq!(sign.poll_timeout(), None);
        sign.tell(at(1), at(1), HOLD, "in");
        assert_eq!(sign.handle_timeout(at(1)), Some("in"));
        assert_eq!(sign.showing(), None, "not before it answered");
        sign.answered(at(1), true);
        assert_eq!(sign.showing(), Some(&"in"));
        assert_eq!(sign.poll_timeout(), Some(at(16)));
        assert_eq!(sign.handle_timeout(at(15)), None);
        assert_eq!(sign.handle_timeout(at(16)), Some(""));
    }

    #[test]
    fn the_same_vehicle_gets_its_plate_and_an_earlier_one_comes_too_late() {
        let mut sign = sign();
        sign.tell(at(1), at(1), HOLD, "over");
        assert_eq!(sign.handle_timeout(at(1)), Some("over"));
        sign.tell(at(2), at(1), HOLD, "A over");
        assert_eq!(sign.handle_timeout(at(2)), None, "it has not answered yet");
        sign.answered(at(2), true);
        assert_eq!(sign.handle_timeout(at(2)), Some("A over"));
        sign.answered(at(2), true);
        sign.tell(at(4), at(0), HOLD, "B over");
        sign.tell(at(40), at(20), HOLD, "C over");
        assert_eq!(sign.handle_timeout(at(4)), None);
        assert_eq!(sign.showing(), Some(&"A over"));
    }

    #[test]
    fn a_sign_that_does_not_answer_is_in_trouble_after_three_tries_and_out_of_it_by_one_answer() {
        let mut sign = sign();
        sign.tell(at(1), at(1), HOLD, "in");
        let mut sent = vec![];
        for second in 1..=8 {
            sent.extend(sign.handle_timeout(at(second)));
        }
        assert_eq!(sent, ["in"; 3]);
        assert_eq!(sign.trouble(), Some(Trouble::NoAnswer));
        assert_eq!(sign.showing(), None);
        // The vehicle is gone before the next try: the sign is told what holds then.
        assert_eq!(sign.handle_timeout(at(16)), None);
        assert_eq!(sign.handle_timeout(at(17)), Some(""));
        sign.answered(at(17), true);
        assert_eq!(sign.trouble(), None);
        assert_eq!(sign.showing(), Some(&""));
    }

    #[test]
    fn a_refusal_is_trouble_of_its_own_kind() {
        let mut sign = sign();
        sign.tell(at(1), at(1), HOLD, "in");
        for _ in 0..3 {
            assert_eq!(sign.handle_timeout(at(1)), Some("in"));
            sign.answered(at(1), false);
        }
        assert_eq!(sign.trouble(), Some(Trouble::Refused));
    }

    #[test]
    fn a_line_that_comes_back_is_told_anew_and_a_mute_sign_is_believed() {
        let mut sign = sign();
        sign.tell(at(1), at(1), HOLD, "in");
        assert_eq!(sign.handle_timeout(at(1)), Some("in"));
        sign.lost();
        assert_eq!(sign.handle_timeout(at(5)), None);
        sign.opened(at(6));
        assert_eq!(sign.handle_timeout(at(6)), Some("in"));
        let mut mute = Driver::new("", ANSWER, false);
        mute.opened(at(0));
        assert_eq!(mute.handle_timeout(at(0)), Some(""));
        assert_eq!((mute.showing(), mute.trouble()), (Some(&""), None));
        assert_eq!(mute.poll_timeout(), None);
    }
}
