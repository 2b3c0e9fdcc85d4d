//! What the control charts look at, and when they speak.

use std::collections::BTreeMap;

use super::chart::Reference;
use super::quantity::Quantity;
use crate::units::{Kilograms, Micros, Millimetres};

/// Settings of the control charts, the same for all lanes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DriftSettings {
    /// A six-axle tractor-trailer counts as loaded from this gross on. Empty and part-loaded ones
    /// press less on their steering axle: in a real file of Australian trucks 4.5 t at 10 to 18 t,
    /// 5.8 to 6.0 t at 36 to 49 t.
    pub loaded_from_kg: Kilograms,
    /// And up to this one: of an overloaded truck the steering axle tells of the load.
    pub loaded_to_kg: Kilograms,
    /// Axles of a group stand at least this far apart.
    pub group_from_mm: Millimetres,
    /// And no further: beyond, two axles are two groups (GB 1589).
    pub group_to_mm: Millimetres,
    /// So many vehicles make the first reference; the chart begins to watch then.
    pub begin_vehicles: u32,
    /// The reference grows up to so many vehicles while nothing drifts: about a month of a busy lane
    /// of a freight motorway (890 trucks a day, a fifth of them loaded six-axle trains).
    pub reference_vehicles: u32,
    /// The CUSUM of steering axles, which scatter by 12 % in a real file: tuned to shifts of a tenth
    /// of that.
    pub steering: Cusum,
    /// The CUSUM of tandem spacings and sides, which scatter by 2 to 3 %.
    pub others: Cusum,
    /// No vehicle counts for more than this, thousandths of a standard deviation.
    pub cut_milli: i64,
    /// A shift is told only when it is this many thousandths of its own standard uncertainty, that
    /// of the reference included.
    pub significance_milli: i64,
    /// A drift is over when so many vehicles passed without the chart speaking again.
    pub settle_vehicles: u32,
    /// An open drift is told again when it has changed by so much, per mille.
    pub step_per_mille: i64,
    /// A drift that may be as large as this, its uncertainty included, switches enforcement off, per
    /// mille. 50 is the permissible error in service of a class 5 scale for vehicle mass (JJG 907).
    pub off_per_mille: i64,
    /// A steering-axle reference outside of this range is itself in doubt. Loaded five-axle trains in
    /// the USA have 3.6 to 5.4 t (FHWA), Chinese six-axle ones about 6.0 to 7.2 t.
    pub steering_kg: (Kilograms, Kilograms),
    /// A drive-tandem reference outside of this range is itself in doubt; tandems are built with
    /// about 1.3 m.
    pub tandem_mm: (Millimetres, Millimetres),
    /// What is known of single lanes.
    pub lanes: BTreeMap<u16, Calibration>,
}

impl Default for DriftSettings {
    fn default() -> Self {
        Self {
            loaded_from_kg: Kilograms::new(36_000),
            loaded_to_kg: Kilograms::new(55_000),
            group_from_mm: Millimetres::new(1_000),
            group_to_mm: Millimetres::new(1_800),
            begin_vehicles: 200,
            reference_vehicles: 5_000,
            steering: Cusum {
                allowance_milli: 40,
                decision_milli: 117_000,
            },
            others: Cusum {
                allowance_milli: 100,
                decision_milli: 55_000,
            },
            cut_milli: 3_000,
            significance_milli: 3_000,
            settle_vehicles: 1_000,
            step_per_mille: 5,
            off_per_mille: 50,
            steering_kg: (Kilograms::new(4_500), Kilograms::new(8_000)),
            tandem_mm: (Millimetres::new(1_200), Millimetres::new(1_450)),
            lanes: BTreeMap::new(),
        }
    }
}

/// How a CUSUM is tuned.
///
/// With the defaults a chart whose reference is right within twice its standard uncertainty gives one
/// false alarm in about 1.9 million vehicles or more, both sides taken together (Siegmund's approximation: `(exp(2kb) - 2kb - 1) / 2k^2`
/// vehicles for one side, `b = h + 1.166`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cusum {
    /// Allowance `k`, thousandths of a standard deviation: half the shift it is tuned to. Twice the
    /// standard uncertainty of the reference is added: what may be the reference's own error must
    /// not add up.
    pub allowance_milli: i64,
    /// Decision interval `h`, thousandths of a standard deviation.
    pub decision_milli: i64,
}

impl DriftSettings {
    /// How the chart of a quantity is tuned.
    pub const fn cusum(&self, quantity: Quantity) -> Cusum {
        match quantity {
            Quantity::SteeringAxle => self.steering,
            Quantity::TandemSpacing | Quantity::SideResidual => self.others,
        }
    }
}

/// When a lane's scale was last calibrated (标定), and what its charts should show then.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Calibration {
    /// References are learnt from vehicles after this moment; another moment here than before makes
    /// the charts begin anew.
    pub calibrated_at: Micros,
    /// References that are given instead of learnt.
    pub references: BTreeMap<Quantity, Reference>,
}
