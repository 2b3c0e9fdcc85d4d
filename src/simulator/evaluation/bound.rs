//! How large a share may be when so few were counted: one-sided bounds of Clopper and Pearson.

/// The upper 95 % bound of a share of which `count` of `of` were seen: the share at which so few, or
/// fewer, would be seen once in twenty times. 1 when nothing was looked at or all were of the kind.
///
/// The figure is exact to about nine digits for any count; the work grows with the root of `count`.
pub fn upper_95(count: u64, of: u64) -> f64 {
    const MISSED: f64 = 0.05;
    if count >= of {
        return 1.0;
    }
    let (mut low, mut high) = (count as f64 / of as f64, 1.0);
    // So often a double can be halved before both ends are the same.
    for _ in 0..120 {
        let middle = f64::midpoint(low, high);
        if at_most(count, of, middle) > MISSED {
            low = middle;
        } else {
            high = middle;
        }
    }
    high
}

/// Chance to see `count` or fewer among `of` at this share, which is not below `count / of`.
fn at_most(count: u64, of: u64, share: f64) -> f64 {
    if share <= 0.0 {
        return 1.0;
    }
    if share >= 1.0 {
        return 0.0;
    }
    let (n, k) = (of as f64, count as f64);
    let ways = libm::lgamma(n + 1.0) - libm::lgamma(k + 1.0) - libm::lgamma(n - k + 1.0);
    let log = ways + k * libm::log(share) + (n - k) * libm::log1p(-share);
    // The terms fall from the last one down, since it lies below the middle of the distribution.
    let odds = (1.0 - share) / share;
    let (mut sum, mut term, mut left) = (1.0, 1.0, k);
    while left > 0.0 && term > sum * 1e-17 {
        term *= left / (n - left + 1.0) * odds;
        sum += term;
        left -= 1.0;
    }
    libm::exp(log) * sum
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(count: u64, of: u64, wanted: f64) {
        let found = upper_95(count, of);
        let apart = (found - wanted).abs() / wanted;
        assert!(apart < 1e-6, "{count} of {of}: {found} instead of {wanted}");
    }

    #[test]
    fn nothing_of_n_has_a_closed_form() {
        for of in [1, 10, 100, 300, 1_000, 100_000, 10_000_000] {
            near(0, of, 1.0 - libm::pow(0.05, 1.0 / of as f64));
        }
        // The rule of three, as textbooks print it.
        assert!((upper_95(0, 100) - 0.0295).abs() < 5e-5);
        assert!((upper_95(0, 300) * 300.0 - 3.0).abs() < 0.02);
    }

    #[test]
    fn all_but_one_of_n_has_one_too() {
        // Fewer than all: 1 - p^n = 0.05.
        for of in [2, 10, 1_000] {
            near(of - 1, of, libm::pow(0.95, 1.0 / of as f64));
        }
        assert_eq!(upper_95(7, 7), 1.0);
        assert_eq!(upper_95(0, 0), 1.0);
    }

    #[test]
    fn published_values() {
        // Exact one-sided limits as tables of the binomial distribution have them.
        near(1, 10, 0.394_163_302_437);
        near(2, 20, 0.282_618_524_886);
        near(5, 100, 0.102_253_377_643);
        near(3, 1_000, 0.007_735_244_718);
        near(10, 1_000, 0.016_903_175_121);
        near(1_000, 100_000, 0.010_533_200_901);
        // Rare events among many: half the 95 % point of chi-squared with 2 (count + 1) degrees.
        for (count, events) in [(0, 2.9957), (1, 4.7439), (2, 6.2958), (10, 16.9622)] {
            let found = upper_95(count, 10_000_000) * 1e7;
            assert!((found - events).abs() < 1e-4, "{count}: {found}");
        }
    }

    #[test]
    fn at_the_bound_so_few_are_seen_once_in_twenty_times() {
        // The tail summed the plain way, term by term from none up.
        for (count, of) in [(0, 5), (1, 10), (3, 50), (20, 60), (59, 60)] {
            let share = upper_95(count, of);
            let mut term = libm::pow(1.0 - share, of as f64);
            let mut tail = term;
            for k in 1..=count {
                term *= (of - k + 1) as f64 / k as f64 * share / (1.0 - share);
                tail += term;
            }
            assert!((tail - 0.05).abs() < 1e-9, "{count} of {of}: {tail}");
        }
    }

    #[test]
    fn more_seen_means_a_higher_bound_and_more_looked_at_a_lower_one() {
        for count in 0..40 {
            assert!(upper_95(count, 500) < upper_95(count + 1, 500));
            assert!(upper_95(count, 501) < upper_95(count, 500));
            assert!(upper_95(count, 500) > count as f64 / 500.0);
        }
    }
}
