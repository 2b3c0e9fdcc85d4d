//! Numbers without gaps, and one act for one case.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::super::error::StoreError;
use super::super::records::{ActChange, ActClaim, CaseStep};
use super::super::statements;
use super::Plan;

impl Plan {
    /// Refuses a step whose number is not the next, or whose act another case holds.
    pub(super) fn admits_step(&self, new: &CaseStep) -> Result<(), StoreError> {
        let mut latest: BTreeMap<(&str, i64), i64> = BTreeMap::new();
        for claim in &new.numbers {
            let key = (claim.series.clone(), claim.year);
            let known = self.known.series.get(&key).copied().unwrap_or_default();
            let before = latest
                .entry((claim.series.as_str(), claim.year))
                .or_insert(known);
            if claim.serial != *before + 1 {
                return Err(StoreError::NumberTaken {
                    series: claim.series.clone(),
                    year: claim.year,
                    given: claim.serial,
                    next: *before + 1,
                });
            }
            *before = claim.serial;
        }
        if let ActChange::Claim { .. } = new.act
            && let Some(held) = self.known.acts.get(&new.columns.act_id)
            && held.case_id != new.case_id
        {
            return Err(StoreError::ActTaken {
                act_id: held.act_id.clone(),
                case_id: held.case_id.clone(),
                authority: held.authority.clone(),
            });
        }
        Ok(())
    }

    /// Writes the numbers and the claim that a step was admitted with.
    pub(super) fn claim(&mut self, new: &CaseStep) {
        for claim in &new.numbers {
            let key = (claim.series.clone(), claim.year);
            self.known.series.insert(key, claim.serial);
            let series: Arc<str> = claim.series.as_str().into();
            self.singles.push((
                statements::NUMBER_SERIES_PUT,
                vec![
                    Arc::clone(&series).into(),
                    claim.year.into(),
                    claim.serial.into(),
                ],
            ));
            self.singles.push((
                statements::CASE_NUMBER_INSERT,
                vec![
                    series.into(),
                    claim.year.into(),
                    claim.serial.into(),
                    claim.number.as_str().into(),
                    new.case_id.as_str().into(),
                ],
            ));
        }
        let act_id = &new.columns.act_id;
        match &new.act {
            ActChange::Keep => {}
            ActChange::Claim { authority } => {
                let claim = ActClaim {
                    act_id: act_id.clone(),
                    authority: authority.clone(),
                    case_id: new.case_id.clone(),
                    claimed_at: new.at.get(),
                };
                self.let_go(act_id, &new.case_id);
                self.singles.push((
                    statements::ACT_CLAIM_INSERT,
                    vec![
                        act_id.as_str().into(),
                        authority.as_str().into(),
                        new.case_id.as_str().into(),
                        claim.claimed_at.into(),
                    ],
                ));
                self.known.acts.insert(act_id.clone(), claim);
            }
            ActChange::Release => self.let_go(act_id, &new.case_id),
        }
    }

    /// Lets go of an act, if it is this case's.
    fn let_go(&mut self, act_id: &str, case_id: &str) {
        let holds = self
            .known
            .acts
            .get(act_id)
            .is_some_and(|held| held.case_id == case_id);
        if holds {
            self.known.acts.remove(act_id);
            let values = vec![act_id.into(), case_id.into()];
            self.singles.push((statements::ACT_CLAIM_DELETE, values));
        }
    }
}
