//! How often which reason let a case be discarded (不予处理原因统计).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::case_file::DiscardReason;

/// A reason and how often it was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct DiscardCount {
    /// The reason.
    pub reason: DiscardReason,
    /// How often.
    pub count: u64,
}

/// Adds up numbers by reason: every reason of the closed list once, in its order, with zero where it was not
/// given.
pub fn discard_counts(
    numbers: impl IntoIterator<Item = (DiscardReason, u64)>,
) -> Vec<DiscardCount> {
    let mut found: BTreeMap<DiscardReason, u64> = BTreeMap::new();
    for (reason, number) in numbers {
        let count = found.entry(reason).or_default();
        *count = count.saturating_add(number);
    }
    DiscardReason::ALL
        .iter()
        .map(|reason| DiscardCount {
            reason: *reason,
            count: found.get(reason).copied().unwrap_or(0),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_is_counted_once_and_the_sum_is_the_list() {
        let given = [
            DiscardReason::PermitValid,
            DiscardReason::TwoVehicles,
            DiscardReason::PermitValid,
        ];
        let counts = discard_counts(given.map(|reason| (reason, 1)));
        assert_eq!(counts.len(), DiscardReason::ALL.len());
        let of = |reason| {
            counts
                .iter()
                .find(|count| count.reason == reason)
                .map(|count| count.count)
        };
        assert_eq!(of(DiscardReason::PermitValid), Some(2));
        assert_eq!(of(DiscardReason::TwoVehicles), Some(1));
        assert_eq!(of(DiscardReason::Other), Some(0));
        assert_eq!(counts.iter().map(|count| count.count).sum::<u64>(), 3);
    }
}
