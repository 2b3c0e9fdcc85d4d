//! A made-up law. What is named `tested_` has a test on both sides of each comparison, what is named
//! `untested_` has one that passes whatever is compared, and `endless_` never ends when changed.

pub fn tested_less(mass: i64) -> bool {
    mass < 10
}

pub fn tested_at_most(mass: i64, limit: &i64) -> bool {
    mass <= *limit
}

pub const fn tested_more(mass: i64) -> bool {
    mass > 10
}

pub fn tested_nested(text: Option<&str>, more: bool) -> bool {
    text.is_none_or(|text| text == "tipper") && (text.is_some() == more) != false
}

pub fn tested_guard(mass: Option<i64>) -> &'static str {
    match mass {
        Some(mass) if mass >= 5 => "heavy",
        Some(_) => "light",
        None => "unknown",
    }
}

pub fn tested_extremes(masses: &[i64], cap: i64) -> [Option<i64>; 4] {
    let greatest = masses.iter().copied().max();
    [
        greatest,
        greatest.map(|mass| mass.min(cap)),
        masses.iter().copied().min_by_key(|mass| (*mass - 3).abs()),
        greatest.map(|mass| mass.clamp(0, cap)),
    ]
}

const YEARS: std::ops::RangeInclusive<i32> = 2000..=2100;

pub fn tested_ranges(year: i32, share: i64) -> bool {
    let near = 2010..=2020;
    YEARS.contains(&year) && (0..100).contains(&share) || near.contains(&(year - 200))
}

pub fn untested_at_most(mass: i64) -> bool {
    mass <= 10
}

pub fn untested_guard(mass: Option<i64>) -> bool {
    match mass {
        Some(mass) if mass == 7 => true,
        _ => false,
    }
}

pub fn untested_range(mass: i64) -> bool {
    (1..=5).contains(&mass)
}

pub fn endless_countdown(mut days: u64) -> u64 {
    let mut steps = 0;
    while days > 0 {
        days = days.saturating_sub(1);
        steps += 1;
    }
    steps
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comparisons() {
        assert!(tested_less(9) && !tested_less(10) && !tested_less(11));
        assert!(tested_at_most(9, &10) && tested_at_most(10, &10) && !tested_at_most(11, &10));
        assert!(tested_more(11) && !tested_more(10) && !tested_more(9));
        assert!(tested_nested(Some("tipper"), true) && !tested_nested(Some("box"), true));
        assert!(tested_nested(None, false) && !tested_nested(None, true));
        assert_eq!(
            [4, 5, 6].map(|mass| tested_guard(Some(mass))),
            ["light", "heavy", "heavy"]
        );
        assert_eq!(tested_guard(None), "unknown");
    }

    #[test]
    fn extremes() {
        assert_eq!(
            tested_extremes(&[1, 3, 8], 5),
            [Some(8), Some(5), Some(3), Some(5)]
        );
        assert_eq!(
            tested_extremes(&[-8, -9], 5),
            [Some(-8), Some(-8), Some(-8), Some(0)]
        );
    }

    #[test]
    fn ranges() {
        assert!(tested_ranges(2000, 0) && tested_ranges(2100, 99));
        assert!(!tested_ranges(1999, 0) && !tested_ranges(2101, 99));
        assert!(!tested_ranges(2000, -1) && !tested_ranges(2000, 100));
        assert!(tested_ranges(2210, 0) && tested_ranges(2220, 0) && !tested_ranges(2209, 0));
    }

    #[test]
    fn nothing() {
        let _ = (
            untested_at_most(10),
            untested_guard(Some(7)),
            untested_range(1),
        );
        assert_eq!(endless_countdown(3), 3);
    }
}
