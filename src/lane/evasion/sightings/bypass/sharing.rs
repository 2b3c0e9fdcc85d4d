//! An unread vehicle is one vehicle: what explains one trip does not explain another.
//!
//! Which unread vehicle is whose is not decided but weighed, all trips together (belief propagation over
//! the pairs, as trackers weigh which echo is whose): each trip tells each vehicle how much it claims it,
//! by what the others leave it; each vehicle tells each trip how much the other claims leave.

use std::collections::BTreeMap;

/// So often claims are told at most: from one time to the next they may double, and the surest are some
/// millions to one.
const ROUNDS: usize = 30;
/// Or until none changes by more than this share.
const SETTLED: f64 = 0.001;
/// Share of unread vehicles that nobody asks for: seen nowhere else. Before the list tells, and for so
/// many vehicles.
const STRANGERS: f64 = 0.5;
const STRANGERS_WEIGH: f64 = 20.0;
/// There are so many at least.
const STRANGERS_AT_LEAST: f64 = 0.03;

/// An unread vehicle that could be the one of a trip.
#[derive(Debug, Clone, Copy)]
pub(super) struct Candidate {
    /// Its place in the list.
    pub(super) index: usize,
    /// How likely all that was seen is if it is, per how likely it is if it is any unread vehicle.
    pub(super) weight: f64,
    /// How much this trip claims it, against all else that it may come of.
    claim: f64,
    /// What the others leave of it: 1 if nobody knows who it is.
    free: f64,
}

/// Who may have passed unread.
#[derive(Debug)]
pub(super) struct Asker<'t> {
    /// How likely all that was seen is if it was none of the unread vehicles.
    pub(super) otherwise: f64,
    pub(super) unread: &'t mut [Candidate],
}

impl Candidate {
    pub(super) const fn new(index: usize, weight: f64) -> Self {
        Self {
            index,
            weight,
            claim: 0.0,
            free: 1.0,
        }
    }

    /// The weight, less what others explain better.
    pub(super) fn left(&self) -> f64 {
        self.weight * self.free
    }
}

/// How many unread vehicles are of nobody who asks, by number of axles.
#[derive(Debug)]
pub(super) struct Strangers {
    axles: BTreeMap<usize, Option<usize>>,
    share: BTreeMap<Option<usize>, f64>,
}

impl Strangers {
    /// All unread vehicles, by their place in the list, with their axles.
    pub(super) fn new(axles: BTreeMap<usize, Option<usize>>) -> Self {
        Self {
            axles,
            share: BTreeMap::new(),
        }
    }

    fn of(&self, index: usize) -> f64 {
        let axles = self.axles.get(&index).copied().flatten();
        self.share.get(&axles).copied().unwrap_or(STRANGERS)
    }

    fn learn(&mut self, claims: &BTreeMap<usize, f64>) {
        let mut sums: BTreeMap<Option<usize>, (f64, f64)> = BTreeMap::new();
        for (index, axles) in &self.axles {
            let share = self.of(*index);
            let claimed = claims.get(index).copied().unwrap_or_default();
            let sum = sums.entry(*axles).or_default();
            sum.0 += share / (share + claimed);
            sum.1 += 1.0;
        }
        for (axles, (strangers, all)) in sums {
            let share = (strangers + STRANGERS_WEIGH * STRANGERS) / (all + STRANGERS_WEIGH);
            self.share.insert(axles, share.max(STRANGERS_AT_LEAST));
        }
    }
}

/// Shares the unread vehicles out.
pub(super) fn share(askers: &mut [Asker<'_>], strangers: &mut Strangers) {
    let mut claims: BTreeMap<usize, f64> = BTreeMap::new();
    for _ in 0..ROUNDS {
        claims.clear();
        let mut settled = true;
        for asker in askers.iter_mut() {
            let unread = asker.unread.iter().map(Candidate::left);
            let all = asker.otherwise + unread.sum::<f64>();
            for candidate in asker.unread.iter_mut() {
                let others = (all - candidate.left()).max(asker.otherwise).max(1e-300);
                candidate.claim = candidate.weight / others;
                *claims.entry(candidate.index).or_default() += candidate.claim;
            }
        }
        for candidate in askers.iter_mut().flat_map(|asker| asker.unread.iter_mut()) {
            let all = claims.get(&candidate.index).copied().unwrap_or_default();
            let others = (all - candidate.claim).max(0.0);
            let free = 1.0 / (strangers.of(candidate.index) + others);
            settled &= (free - candidate.free).abs() <= SETTLED * candidate.free;
            candidate.free = free;
        }
        if settled {
            break;
        }
    }
    strangers.learn(&claims);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Those who ask, each with how likely it is without any and the weights of vehicles 0, 1, 2 …; what
    /// comes out is how likely each passed unread.
    fn passed(askers: &[(f64, &[f64])]) -> Vec<f64> {
        let most = askers.iter().map(|(_, weights)| weights.len()).max();
        let axles = (0..most.unwrap_or_default()).map(|index| (index, None));
        let mut strangers = Strangers::new(axles.collect());
        let mut unread: Vec<Vec<Candidate>> = askers
            .iter()
            .map(|(_, weights)| {
                let weights = weights.iter().enumerate();
                weights
                    .map(|(index, weight)| Candidate::new(index, *weight))
                    .collect()
            })
            .collect();
        let mut shared: Vec<Asker<'_>> = askers
            .iter()
            .zip(&mut unread)
            .map(|((otherwise, _), unread)| Asker {
                otherwise: *otherwise,
                unread,
            })
            .collect();
        share(&mut shared, &mut strangers);
        let likely = |asker: &Asker<'_>| {
            let all: f64 = asker.unread.iter().map(Candidate::left).sum();
            all / (asker.otherwise + all)
        };
        shared.iter().map(likely).collect()
    }

    #[test]
    fn an_unread_vehicle_counts_for_one_trip_only() {
        // Alone each is surely the vehicle.
        assert!(passed(&[(1.0, &[1_000.0])])[0] > 0.99);
        assert!(passed(&[(1.0, &[10.0])])[0] > 0.9);
        // Together the one that it fits better is, and of the other nothing explains the gap.
        let both = passed(&[(1.0, &[1_000.0]), (1.0, &[10.0])]);
        assert!(both[0] > 0.98 && both[1] < 0.05, "{both:?}");
        // Two that it fits alike have it once between them.
        let both = passed(&[(1.0, &[1_000.0]), (1.0, &[1_000.0])]);
        assert!((both[0] - both[1]).abs() < 1e-9, "{both:?}");
        let sum: f64 = both.iter().sum();
        assert!(sum < 1.2, "{both:?}");
        // With a second vehicle that only one of them can be, there is one for each.
        let both = passed(&[(1.0, &[1_000.0, 1_000.0]), (1.0, &[1_000.0, 0.0])]);
        assert!(both[0] > 0.95 && both[1] > 0.95, "{both:?}");
    }

    #[test]
    fn however_many_ask_no_vehicle_is_given_out_more_than_once() {
        // Six alike for five vehicles are told apart by a fifth a time: thirty times come to 200 : 1.
        for askers in 1..7 {
            for vehicles in 1..7 {
                let weights: Vec<f64> = (0..vehicles).map(|own| 100.0 + f64::from(own)).collect();
                let all: Vec<(f64, &[f64])> = (0..askers).map(|_| (1.0, &*weights)).collect();
                let sum: f64 = passed(&all).iter().sum();
                let most = f64::from(vehicles.min(askers));
                assert!(sum <= 1.15 * most, "{askers} {vehicles} {sum}");
                assert!(sum >= 0.85 * most, "{askers} {vehicles} {sum}");
            }
        }
    }
}
