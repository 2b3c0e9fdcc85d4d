//! A device at fault, as the command line states it: `bias_drift,lane=1,after=60,size=2`.

use crate::simulator::crossing::CameraView;
use crate::simulator::settings::{Fault, FaultKind};
use crate::units::Micros;

/// The fault that a text states.
///
/// # Errors
/// Why it states none.
pub(super) fn fault(text: &str) -> Result<Fault, String> {
    let mut parts = text.split(',');
    let name = parts.next().unwrap_or_default();
    let (mut lane, mut after, mut lasts, mut size, mut view) =
        (1, 0.0, None, None, CameraView::Front);
    for part in parts {
        let (key, value) = part
            .split_once('=')
            .ok_or_else(|| format!("{part}: 应为 KEY=VALUE / must be KEY=VALUE"))?;
        match key {
            "lane" => lane = value.parse().map_err(|error| format!("{part}: {error}"))?,
            "after" => after = number(part, value)?,
            "for" => lasts = Some(minutes(number(part, value)?)),
            "size" => size = Some(number(part, value)?),
            "view" if value == "front" => view = CameraView::Front,
            "view" if value == "rear" => view = CameraView::Rear,
            _ => {
                return Err(format!(
                    "{part}: 应为 / must be lane, after, for, size or view"
                ));
            }
        }
    }
    let size = |usual: f64| size.unwrap_or(usual);
    let kind = match name {
        "bias_drift" => FaultKind::BiasDrift {
            per_cent_a_day: size(1.0),
        },
        "left_side_fades" => FaultKind::LeftSideFades {
            per_cent_a_day: size(5.0),
        },
        "noisy_axles" => FaultKind::NoisyAxles {
            deviation: size(0.10),
        },
        "scale_dead" => FaultKind::ScaleDead,
        "zero_capture" => FaultKind::ZeroCapture,
        "counter_lost" => FaultKind::CounterLost,
        "two_clocks" => FaultKind::TwoClocks {
            ahead: Micros::new((size(7.0) * 1e6) as i64),
        },
        "camera_dead" => FaultKind::CameraDead { view },
        "camera_fades" => FaultKind::CameraFades {
            view,
            per_cent_a_day: size(20.0),
        },
        "platform_frozen" => FaultKind::PlatformFrozen,
        _ => return Err(format!("{name}: 未知故障 / no such fault")),
    };
    Ok(Fault {
        kind,
        lane,
        after: minutes(after),
        lasts,
    })
}

fn number(part: &str, value: &str) -> Result<f64, String> {
    let number: f64 = value.parse().map_err(|error| format!("{part}: {error}"))?;
    if number.is_finite() && number.abs() < 1e9 {
        Ok(number)
    } else {
        Err(format!("{part}: 数值过大 / too large"))
    }
}

fn minutes(minutes: f64) -> Micros {
    Micros::new((minutes * 60e6) as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_is_read_as_it_is_stated() {
        let drift = fault("bias_drift,lane=2,after=60,size=-1.5").unwrap();
        let kind = FaultKind::BiasDrift {
            per_cent_a_day: -1.5,
        };
        assert_eq!((drift.kind, drift.lane, drift.lasts), (kind, 2, None));
        assert_eq!(drift.after, Micros::from_seconds(3_600));
        let dead = fault("camera_dead,view=rear,for=10").unwrap();
        let view = CameraView::Rear;
        assert_eq!(dead.kind, FaultKind::CameraDead { view });
        assert_eq!(dead.lasts, Some(Micros::from_seconds(600)));
        for wrong in [
            "",
            "bias_drift,size",
            "bias_drift,size=x",
            "scale_dead,tail=1",
            "scale_dead,after=1e99",
        ] {
            assert!(fault(wrong).is_err(), "{wrong}");
        }
    }
}
