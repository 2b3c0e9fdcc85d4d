//! All explanations of some weighings and reads together, and how much weight those have in which a
//! certain read is of a certain weighing.
//!
//! A weighing has one of its possible appearances or none, an appearance is of one weighing or of
//! none. The weight of an explanation is the product of its parts, each relative to the appearance being of a
//! vehicle that nobody weighed. The sums run over all explanations, one weighing after the other, over the
//! sets of appearances that are spoken for.

use smallvec::{SmallVec, smallvec};

/// More appearances than this are not looked at together: the furthest are left out.
pub const MOST_APPEARANCES: usize = 10;
/// More weighings than this are not looked at together.
pub const MOST_WEIGHINGS: usize = 8;

/// What a weighing may have: an appearance, and how much better that explains it than a vehicle
/// nobody weighed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Edge {
    /// Which appearance.
    pub appearance: usize,
    /// Likelihood ratio.
    pub weight: f64,
}

/// A weighing with what it may have.
#[derive(Debug, Clone, PartialEq)]
pub struct Claims {
    /// Weight of having none.
    pub none: f64,
    /// Its possible appearances.
    pub edges: SmallVec<[Edge; 4]>,
}

/// The share that explanations have in which the first weighing has each appearance, and none: one
/// entry more than there are appearances. Each is the sum of its own explanations, so that a share
/// of one in a thousand million is as exact as one of a half.
pub fn shares(claims: &[Claims], appearances: usize) -> Vec<f64> {
    let Some((first, others)) = claims.split_first() else {
        return Vec::new();
    };
    let appearances = appearances.min(MOST_APPEARANCES);
    // What no other weighing can have changes none of their sums.
    let mut contested: SmallVec<[usize; MOST_APPEARANCES]> = others
        .iter()
        .flat_map(|claims| claims.edges.iter().map(|edge| edge.appearance))
        .filter(|appearance| *appearance < appearances)
        .collect();
    contested.sort_unstable();
    contested.dedup();
    let free = total(others, &contested, 0);
    let mut weights = vec![0.0; appearances + 1];
    if let Some(none) = weights.last_mut() {
        *none = first.none * free;
    }
    for edge in &first.edges {
        if edge.appearance < appearances
            && let Some(weight) = weights.get_mut(edge.appearance)
        {
            let rest = match contested.binary_search(&edge.appearance) {
                Ok(bit) => total(others, &contested, 1 << bit),
                Err(_) => free,
            };
            *weight += edge.weight * rest;
        }
    }
    let sum: f64 = weights.iter().sum();
    if sum > 0.0 {
        weights.iter_mut().for_each(|weight| *weight /= sum);
    }
    weights
}

/// Sum of the weights of all explanations of these weighings, when of the `contested` appearances
/// those whose bits are in `taken` are spoken for.
fn total(claims: &[Claims], contested: &[usize], taken: usize) -> f64 {
    // Of mostly none to three appearances.
    let mut sums: SmallVec<[f64; 8]> = smallvec![0.0; 1 << contested.len()];
    if let Some(start) = sums.get_mut(taken) {
        *start = 1.0;
    }
    let mut next = sums.clone();
    for claim in claims.iter().take(MOST_WEIGHINGS) {
        for (next, sum) in next.iter_mut().zip(&sums) {
            *next = sum * claim.none;
        }
        for edge in &claim.edges {
            let Ok(bit) = contested.binary_search(&edge.appearance) else {
                continue;
            };
            let bit = 1 << bit;
            for (set, sum) in sums.iter().enumerate() {
                if *sum > 0.0
                    && set & bit == 0
                    && let Some(with) = next.get_mut(set | bit)
                {
                    *with += sum * edge.weight;
                }
            }
        }
        std::mem::swap(&mut sums, &mut next);
    }
    sums.iter().sum()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The same by trying every explanation.
    fn by_hand(claims: &[Claims], taken: &mut Vec<usize>) -> f64 {
        let Some((first, others)) = claims.split_first() else {
            return 1.0;
        };
        let mut sum = first.none * by_hand(others, taken);
        for edge in &first.edges {
            if !taken.contains(&edge.appearance) {
                taken.push(edge.appearance);
                sum += edge.weight * by_hand(others, taken);
                taken.pop();
            }
        }
        sum
    }

    fn claims() -> impl Strategy<Value = Vec<Claims>> {
        let edges = prop::collection::btree_map(0_usize..5, 1e-6_f64..1e6, 0..5);
        let claim = (1e-3_f64..1.0, edges).prop_map(|(none, edges)| Claims {
            none,
            edges: edges
                .into_iter()
                .map(|(appearance, weight)| Edge { appearance, weight })
                .collect(),
        });
        prop::collection::vec(claim, 1..6)
    }

    proptest! {
        #[test]
        fn sums_are_those_of_all_explanations(claims in claims()) {
            let shares = shares(&claims, 5);
            let all = by_hand(&claims, &mut Vec::new());
            let (first, others) = claims.split_first().unwrap();
            for (appearance, share) in shares.iter().enumerate().take(5) {
                let edge = first.edges.iter().find(|edge| edge.appearance == appearance);
                let weight = edge.map_or(0.0, |edge| {
                    edge.weight * by_hand(others, &mut vec![appearance])
                });
                prop_assert!((share - weight / all).abs() < 1e-9);
            }
            prop_assert!((shares.iter().sum::<f64>() - 1.0).abs() < 1e-9);
        }
    }

    #[test]
    fn a_read_between_two_weighings_is_half_of_each() {
        let claim = || Claims {
            none: 0.1,
            edges: smallvec![Edge {
                appearance: 0,
                weight: 1_000.0,
            }],
        };
        let shares = shares(&[claim(), claim()], 1);
        // Either has it, or nobody has: then a third vehicle was there.
        assert!((shares[0] - 100.0 / 200.01).abs() < 1e-6, "{shares:?}");
    }

    #[test]
    fn nothing_explains_nothing() {
        assert!(shares(&[], 3).is_empty());
    }
}
