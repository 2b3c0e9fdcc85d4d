//! What a batch does to registers.

use std::collections::BTreeSet;

use super::super::error::StoreError;
use super::super::operation::{REGISTER_CHANGED, RegisterChange, RegisterChanges};
use super::super::records::Party;
use super::{FROM_REGISTER, Plan};
use crate::casework::procedure::TrackKind;
use crate::register::RegisterKind;

impl Plan {
    /// Changes entries of registers, all or none.
    pub(super) fn register(&mut self, changes: &RegisterChanges) -> Result<Vec<i64>, StoreError> {
        let mut seen = BTreeSet::new();
        for RegisterChange { new, .. } in &changes.changes {
            let known = self.known.register.get(&(new.kind, new.key.clone()));
            let found = known.map_or(0, |(version, _)| *version);
            let twice = !seen.insert((new.kind, new.key.as_str()));
            if found != new.expected_version || twice {
                return Err(StoreError::StaleEntry {
                    register: new.kind,
                    key: new.key.clone(),
                    expected: new.expected_version,
                    found: found.saturating_add(i64::from(twice)),
                });
            }
        }
        let changes = changes.changes.iter().map(|change| {
            let sequence = self.entry(REGISTER_CHANGED, &changes.actor, &change.sealed)?;
            self.register_entry(change, sequence);
            Ok(sequence)
        });
        changes.collect()
    }

    fn register_entry(&mut self, change: &RegisterChange, sequence: i64) {
        let new = &change.new;
        let key = (new.kind, new.key.clone());
        let first = self
            .known
            .register
            .get(&key)
            .map_or(sequence, |(_, first)| *first);
        let version = new.expected_version.saturating_add(1);
        self.register_history
            .push([new.kind.into(), new.key.as_str().into(), sequence.into()]);
        let row = [
            new.kind.into(),
            new.key.as_str().into(),
            new.label.as_str().into(),
            new.plate.as_deref().into(),
            new.carrier.as_deref().into(),
            new.valid_from.as_deref().into(),
            new.valid_until.as_deref().into(),
            i64::from(new.active).into(),
            version.into(),
            first.into(),
            sequence.into(),
            change.body.as_str().into(),
        ];
        self.register.insert(key.clone(), row);
        self.known.register.insert(key, (version, first));
        if let Some((counted, body)) = new.counted.as_ref().zip(change.counted_body.as_deref()) {
            // A case that was struck off is not counted.
            let stands = new.active.then_some((counted, body));
            self.count_case(&counted.case_id, FROM_REGISTER, stands, sequence);
        }
        if new.kind == RegisterKind::Carriers.name() {
            // Its fleet is what the share is taken of.
            let party = Party {
                track: TrackKind::Carrier,
                id: new.key.clone(),
            };
            self.rolls.insert(party, Some(sequence));
        }
    }
}
