//! `[association]`: what is assumed of cameras and clocks when plates are tied to weighings.

use serde::{Deserialize, Serialize};

use crate::casework::SingleRead;
use crate::lane;
use crate::units::Micros;

/// How plates are tied to weighings (车牌与称重的关联): see [`crate::lane::association`].
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Association {
    /// A plate is let through only if the probability that it is another vehicle's is no more than
    /// this, parts per million.
    pub risk_ppm: u32,
    /// Vehicles that their lane's camera does not report, per mille.
    pub unseen_per_mille: u32,
    /// Vehicles that it reports without a plate, per mille.
    pub unread_per_mille: u32,
    /// Reads much earlier or later than usual, per mille.
    pub stray_per_mille: u32,
    /// Vehicles that only the camera of the lane beside reports, per mille.
    pub wrong_lane_per_mille: u32,
    /// Vehicles that the camera of the lane beside reports as well, per mille.
    pub both_lanes_per_mille: u32,
    /// Standard deviation of a read's time, at least, milliseconds.
    pub read_noise_ms: u32,
    /// Standard deviation of the clocks of a camera and its scale against each other before traffic
    /// has taught it, milliseconds.
    pub clocks_apart_ms: u32,
    /// How fast drivers change speed between scale and camera, standard deviation, mm/s².
    pub speed_change_mm_s2: u32,
    /// What becomes of a passage whose plate one camera alone read: `withhold`, or `reviewer`.
    pub single_read: SingleRead,
}

impl Default for Association {
    fn default() -> Self {
        let assumed = lane::AssociationSettings::default();
        let millis = |span: Micros| u32::try_from(span.get() / 1_000).unwrap_or(u32::MAX);
        Self {
            risk_ppm: assumed.risk_ppm,
            unseen_per_mille: assumed.unseen_per_mille,
            unread_per_mille: assumed.unread_per_mille,
            stray_per_mille: assumed.stray_per_mille,
            wrong_lane_per_mille: assumed.wrong_lane_per_mille,
            both_lanes_per_mille: assumed.both_lanes_per_mille,
            read_noise_ms: millis(assumed.read_noise),
            clocks_apart_ms: millis(assumed.clocks_apart),
            speed_change_mm_s2: assumed.speed_change_mm_s2,
            single_read: SingleRead::default(),
        }
    }
}

impl Association {
    pub(super) fn lane_settings(&self) -> lane::AssociationSettings {
        let millis = |ms: u32| Micros::from_millis(i64::from(ms));
        lane::AssociationSettings {
            risk_ppm: self.risk_ppm,
            unseen_per_mille: self.unseen_per_mille,
            unread_per_mille: self.unread_per_mille,
            stray_per_mille: self.stray_per_mille,
            wrong_lane_per_mille: self.wrong_lane_per_mille,
            both_lanes_per_mille: self.both_lanes_per_mille,
            read_noise: millis(self.read_noise_ms),
            clocks_apart: millis(self.clocks_apart_ms),
            speed_change_mm_s2: self.speed_change_mm_s2,
        }
    }

    /// The key that makes no sense and why, if one does.
    pub(super) fn check(&self) -> Result<(), (&'static str, String)> {
        let shares = [
            ("unseen_per_mille", self.unseen_per_mille),
            ("unread_per_mille", self.unread_per_mille),
            ("stray_per_mille", self.stray_per_mille),
            ("wrong_lane_per_mille", self.wrong_lane_per_mille),
            ("both_lanes_per_mille", self.both_lanes_per_mille),
        ];
        let within = |key, value: u32, least: u32, most: u32| {
            if (least..=most).contains(&value) {
                return Ok(());
            }
            let why = format!("{value} 应在 {least} 到 {most} 之间 / must be {least} to {most}");
            Err((key, why))
        };
        for (key, share) in shares {
            // Nothing is impossible: a share of 0 would make another vehicle's plate certain.
            within(key, share, 1, 900)?;
        }
        let missed = self.unseen_per_mille + self.unread_per_mille;
        if missed > 900 {
            let why = format!(
                "漏报与未读之和为千分之 {missed}，不得超过 900 / with unread_per_mille {missed}, 900 is the most"
            );
            return Err(("unseen_per_mille", why));
        }
        within("risk_ppm", self.risk_ppm, 1, 10_000)?;
        within("read_noise_ms", self.read_noise_ms, 1, 1_000)?;
        within("clocks_apart_ms", self.clocks_apart_ms, 1, 1_000)?;
        within("speed_change_mm_s2", self.speed_change_mm_s2, 0, 10_000)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_of_nothing_or_of_nearly_all_are_refused() {
        assert_eq!(Association::default().check(), Ok(()));
        let refused = |change: &dyn Fn(&mut Association)| {
            let mut settings = Association::default();
            change(&mut settings);
            settings.check().map_err(|(key, _)| key)
        };
        assert_eq!(refused(&|s| s.stray_per_mille = 0), Err("stray_per_mille"));
        assert_eq!(
            refused(&|s| s.unread_per_mille = 901),
            Err("unread_per_mille")
        );
        assert_eq!(refused(&|s| s.unread_per_mille = 750), Ok(()));
        assert_eq!(
            refused(&|s| s.unread_per_mille = 751),
            Err("unseen_per_mille")
        );
        assert_eq!(refused(&|s| s.risk_ppm = 0), Err("risk_ppm"));
        assert_eq!(refused(&|s| s.risk_ppm = 10_001), Err("risk_ppm"));
        assert_eq!(refused(&|s| s.read_noise_ms = 0), Err("read_noise_ms"));
    }
}
