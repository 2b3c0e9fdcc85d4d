//! Journal bodies of passages: what the station writes and the API reads. Whole numbers, texts.

use serde::Deserialize;
use serde_json::{Value, json};

use super::opening::Judgement;
use super::standing::Standing;
use super::withheld::WithheldReason;
use crate::passage::{Association, AxleLoad, ClosedPassage, Weighing};

/// The member of a closing's body that holds the lane's standing.
pub const STANDING: &str = "standing";
/// The member of a closing's body that says whether one camera alone read the plate and nothing
/// confirms it.
pub const PLATE_UNCONFIRMED: &str = "plate_unconfirmed";
/// The member of a closing's body that says what confirmed a plate that one camera alone read.
pub const PLATE_CONFIRMED_BY: &str = "plate_confirmed_by";

/// Body of a weighing's journal entry: the weighing and the verdict on its mass.
pub fn weighing_body(weighing: &Weighing, judgement: Option<&Judgement>) -> Value {
    json!({"weighing": weighing, "judgement": judgement})
}

/// Body of a closing's journal entry: which plate, which pictures, the verdict with what is now
/// known, and why it can't become a penalty.
///
/// The weighing itself stands in its own entry and is not repeated; axles taken from a linked
/// passage are, since they belong to the closing.
pub fn closing_body(
    passage: &ClosedPassage,
    judgement: &Judgement,
    withheld: &[WithheldReason],
) -> Value {
    json!({
        "passage_id": passage.weighing.passage_id,
        "closed_at": passage.closed_at,
        "association": passage.association,
        "pictures": passage.pictures,
        "linked": passage.linked,
        "judgement": judgement,
        "withheld": withheld,
        "plate_unconfirmed": passage.association.rests_on_one_read(),
    })
}

/// What the two bodies tell of a passage. Absent is absent: a body that was withheld or removed
/// leaves its members empty, and one of an older release what it has.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PassageBodies {
    /// The weighing.
    pub weighing: Option<Weighing>,
    /// The latest verdict: the closing's, before it the weighing's.
    pub judgement: Option<Judgement>,
    /// Which plate and why.
    pub association: Option<Association>,
    /// Why it can't become a penalty; `None` until closed.
    pub withheld: Option<Vec<WithheldReason>>,
    /// Whether one camera alone read its plate and nothing confirms it; `None` until closed.
    pub plate_unconfirmed: Option<bool>,
    /// What confirmed a plate that one camera alone read: `register`.
    pub plate_confirmed_by: Option<String>,
    /// What held for its lane and for the host's clock; `None` until closed, and where there was
    /// nothing to say.
    pub standing: Option<Standing>,
    /// The linked passage's axles, for a platform weighing.
    pub linked_axles: Option<Vec<AxleLoad>>,
}

impl PassageBodies {
    /// Reads the two bodies.
    pub fn read(weighing: Option<&Value>, closing: Option<&Value>) -> Self {
        Self {
            weighing: member(weighing, "weighing"),
            judgement: member(closing, "judgement").or_else(|| member(weighing, "judgement")),
            association: member(closing, "association"),
            withheld: member(closing, "withheld"),
            plate_unconfirmed: member(closing, PLATE_UNCONFIRMED),
            plate_confirmed_by: member(closing, PLATE_CONFIRMED_BY),
            standing: member(closing, STANDING),
            linked_axles: closing
                .and_then(|body| body.get("linked"))
                .and_then(|linked| member(Some(linked), "axles")),
        }
    }

    /// The axles judged by: its own, or those of the linked passage.
    pub fn axles(&self) -> &[AxleLoad] {
        match (&self.weighing, &self.linked_axles) {
            (Some(weighing), _) if !weighing.axles.is_empty() => &weighing.axles,
            (_, Some(linked)) => linked,
            _ => &[],
        }
    }
}

fn member<T: for<'de> Deserialize<'de>>(body: Option<&Value>, name: &str) -> Option<T> {
    T::deserialize(body?.get(name)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::casework::opening::tests::sample;

    #[test]
    fn what_is_written_is_read() {
        let (passage, judgement, _) = sample();
        let weighing = weighing_body(&passage.weighing, Some(&judgement));
        let reasons = vec![WithheldReason::HardFlag];
        let closing = closing_body(&passage, &judgement, &reasons);
        let read = PassageBodies::read(Some(&weighing), Some(&closing));
        assert_eq!(read.weighing.as_ref(), Some(&passage.weighing));
        assert_eq!(read.judgement, Some(judgement));
        assert_eq!(read.association, Some(passage.association));
        assert_eq!(read.withheld, Some(reasons));
        assert_eq!(read.plate_unconfirmed, Some(true));
        assert_eq!(read.axles(), passage.weighing.axles);
    }

    #[test]
    fn a_body_that_is_gone_leaves_nothing_behind() {
        assert_eq!(PassageBodies::read(None, None), PassageBodies::default());
        assert!(PassageBodies::default().axles().is_empty());
    }

    #[test]
    fn bodies_have_a_canonical_form() {
        let (passage, judgement, _) = sample();
        for body in [
            weighing_body(&passage.weighing, Some(&judgement)),
            closing_body(&passage, &judgement, &WithheldReason::ALL),
        ] {
            crate::evidence::canonical::to_text(&body).unwrap();
        }
    }
}
