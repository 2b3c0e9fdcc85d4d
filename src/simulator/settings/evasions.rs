//! How many drivers evade, and how.

use crate::passage::EvasionKind;

/// Shares of the trucks that evade in each way, between 0 and 1. A truck evades in one way at most. Where
/// the road has no room for it (straddling needs an empty lane beside) the next truck that can does
/// it, so that the shares are kept.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct EvasionShares([f64; EvasionKind::ALL.len()]);

impl EvasionShares {
    /// Nobody evades.
    pub const NONE: Self = Self([0.0; EvasionKind::ALL.len()]);

    /// The same share in each way: with 0.01 for measuring what is recognised.
    pub const fn each(share: f64) -> Self {
        Self([share; EvasionKind::ALL.len()])
    }

    /// The same with another share of one kind.
    #[must_use]
    pub fn with(mut self, kind: EvasionKind, share: f64) -> Self {
        if let Some(place) = self.0.get_mut(kind as usize) {
            *place = share;
        }
        self
    }

    /// The share of a kind.
    pub fn of(&self, kind: EvasionKind) -> f64 {
        self.0.get(kind as usize).copied().unwrap_or_default()
    }

    /// The kinds with their shares.
    pub fn iter(&self) -> impl Iterator<Item = (EvasionKind, f64)> {
        EvasionKind::ALL.into_iter().zip(self.0)
    }

    /// Whether nobody evades.
    pub fn is_none(&self) -> bool {
        self.0.iter().all(|share| *share <= 0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_stand_in_their_places() {
        for (place, kind) in EvasionKind::ALL.into_iter().enumerate() {
            assert_eq!(kind as usize, place);
            let shares = EvasionShares::NONE.with(kind, 0.25);
            assert_eq!(shares.iter().filter(|(_, share)| *share > 0.0).count(), 1);
            assert!((shares.of(kind) - 0.25).abs() < 1e-12 && !shares.is_none());
        }
        assert!(EvasionShares::NONE.is_none());
    }
}
