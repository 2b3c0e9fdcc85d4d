//! One act, one case (一事不再罚): whether another case may be about the act that a case is opened for. The same
//! rule answers whoever asks beforehand and decides in the transaction that opens the case.

use super::records::{CaseRow, NewCase, OpenedCase};
use super::{Store, StoreError};
use crate::casework::CaseState;
use crate::units::Micros;

/// What a case that is to be opened is about.
#[derive(Debug, Clone, Copy)]
pub struct AboutAct<'a> {
    /// The act; `None` for one that no case has yet.
    pub act_id: Option<&'a str>,
    /// Plate of the motor vehicle; empty for a case about a loading source alone.
    pub plate: &'a str,
    /// The loading source.
    pub source_id: Option<&'a str>,
    /// Passages of the act.
    pub passages: &'a [String],
    /// First and last moment between which no case of the same party may have another act; `None` where
    /// somebody has said what is the same act and what is not.
    pub alone_within: Option<[Micros; 2]>,
}

impl<'a> From<&'a OpenedCase> for AboutAct<'a> {
    fn from(opened: &'a OpenedCase) -> Self {
        Self {
            passages: &opened.passages,
            ..Self::from(&opened.new)
        }
    }
}

/// Of a case that a closing opens: its passage, which is not closed yet, can't belong to another.
impl<'a> From<&'a NewCase> for AboutAct<'a> {
    fn from(new: &'a NewCase) -> Self {
        let columns = &new.columns;
        Self {
            act_id: Some(&columns.act_id),
            plate: &columns.plate,
            source_id: columns.source_id.as_deref(),
            passages: &[],
            alone_within: new.alone_within,
        }
    }
}

impl AboutAct<'_> {
    /// Refuses a second case of what another is about: a passage is one act, and cases of the same party
    /// that lie near may be about the same.
    ///
    /// `of_passages` are the cases that its passages belong to, each with the passage; `near` holds at least
    /// the cases of its plate within its span.
    ///
    /// # Errors
    /// [`StoreError::PassageInCase`], [`StoreError::CaseNear`].
    pub fn admitted<'c>(
        &self,
        of_passages: impl IntoIterator<Item = (&'c String, &'c CaseRow)>,
        near: impl IntoIterator<Item = &'c CaseRow>,
    ) -> Result<(), StoreError> {
        let mut of_passages = of_passages.into_iter();
        if let Some((passage_id, case)) = of_passages.find(|(_, case)| self.is_another_act(case)) {
            return Err(StoreError::PassageInCase {
                passage_id: passage_id.clone(),
                case_id: case.case_id.clone(),
            });
        }
        let mut near = near.into_iter();
        match near.find(|case| self.is_near(case) && self.is_another_act(case)) {
            Some(case) => Err(StoreError::CaseNear {
                case_id: case.case_id.clone(),
            }),
            None => Ok(()),
        }
    }

    /// A case that came to nothing leaves its act and its passages to anybody.
    fn is_another_act(&self, case: &CaseRow) -> bool {
        let state = CaseState::from_name(&case.columns.state);
        self.act_id != Some(case.columns.act_id.as_str())
            && !state.is_some_and(CaseState::frees_its_act)
    }

    fn is_near(&self, case: &CaseRow) -> bool {
        let columns = &case.columns;
        // Cases without a vehicle are about their source.
        let is_same_party = columns.plate == self.plate
            && (!self.plate.is_empty() || columns.source_id.as_deref() == self.source_id);
        let is_within = |[from, to]: [Micros; 2]| (from.get()..=to.get()).contains(&columns.act_at);
        is_same_party && self.alone_within.is_some_and(is_within)
    }
}

impl Store {
    /// Whether [`Store::open_case`] would open a case, as far as other cases go. It looks again by itself:
    /// somebody else may open one in between.
    ///
    /// # Errors
    /// [`StoreError::PassageInCase`] and [`StoreError::CaseNear`] where another case may be about the same
    /// act, and [`StoreError::Database`].
    pub async fn admits_opening(&self, about: &AboutAct<'_>) -> Result<(), StoreError> {
        let mut of_passages = Vec::new();
        for passage_id in about.passages {
            for case_id in self.cases_of_passage(passage_id).await? {
                let case = self.case(&case_id).await?;
                of_passages.extend(case.map(|case| (passage_id, case)));
            }
        }
        let near = match about.alone_within {
            Some([from, to]) => self.cases_near(about.plate, from, to).await?,
            None => Vec::new(),
        };
        about.admitted(
            of_passages
                .iter()
                .map(|(passage_id, case)| (*passage_id, case)),
            &near,
        )
    }
}
