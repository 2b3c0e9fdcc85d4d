//! A least and a greatest amount: whether it is a range, and its words.

use crate::units::Yuan;

/// Neither negative nor upside down.
pub(super) fn is_range([least, most]: [Yuan; 2]) -> bool {
    Yuan::ZERO <= least && least <= most
}

/// Order of ranges: by the greatest amount, then by the least. It is how courts compare two
/// penalties: the upper end first, the lower end when the upper ones are equal.
pub(super) fn by_most_then_least([least, most]: [Yuan; 2]) -> (Yuan, Yuan) {
    (most, least)
}

/// `500元`, `30000元以下`, `200元以上500元以下`.
pub(super) fn range_zh([least, most]: [Yuan; 2]) -> String {
    let (least, most) = (least.get(), most.get());
    match least {
        _ if least == most => format!("{most}元"),
        0 => format!("{most}元以下"),
        _ => format!("{least}元以上{most}元以下"),
    }
}

/// `500 yuan`, `up to 30000 yuan`, `200 to 500 yuan`.
pub(super) fn range_en([least, most]: [Yuan; 2]) -> String {
    let (least, most) = (least.get(), most.get());
    match least {
        _ if least == most => format!("{most} yuan"),
        0 => format!("up to {most} yuan"),
        _ => format!("{least} to {most} yuan"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn yuan(range: [i64; 2]) -> [Yuan; 2] {
        range.map(Yuan::new)
    }

    #[test]
    fn words_of_a_range() {
        let both = |range| (range_zh(yuan(range)), range_en(yuan(range)));
        assert_eq!(both([500, 500]), ("500元".into(), "500 yuan".into()));
        assert_eq!(both([0, 0]), ("0元".into(), "0 yuan".into()));
        assert_eq!(
            both([0, 30_000]),
            ("30000元以下".into(), "up to 30000 yuan".into())
        );
        assert_eq!(
            both([200, 500]),
            ("200元以上500元以下".into(), "200 to 500 yuan".into())
        );
    }

    #[test]
    fn a_range_is_not_negative_nor_upside_down() {
        assert!(is_range(yuan([0, 0])) && is_range(yuan([5, 5])) && is_range(yuan([4, 5])));
        assert!(!is_range(yuan([-1, 5])) && !is_range(yuan([6, 5])));
    }
}
