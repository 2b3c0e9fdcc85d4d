//! What the detectors take as given.

use crate::units::Micros;

/// Settings of the detectors. Scatters are standard deviations; those that a lane shows by itself
/// are learnt ([`super::Usual`]), and stand here for the time until enough vehicles were seen.
///
/// Sources: [S] are the statistics of real traffic behind `docs/evasion.md`, [N] norms and papers
/// named there, [C] choices measured on seeds that the figures there do not use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EvasionSettings {
    /// How often each kind is expected, of 1,000 vehicles. Default 10. [C]
    pub base_rate_per_mille: i64,
    /// A finding is reported from this certainty on. Default 700. [C]
    pub report_from_per_mille: i64,
    /// Weighings so far before and after the subject are to be given as its neighbours. Default 120 s.
    pub near_within: Micros,
    /// From so many vehicles on a lane's own scatter counts as much as the default. Default 20. [C]
    pub learn_over_vehicles: i64,
    /// Lanes of the carriageway, 1 to this; 0 where not known. A vehicle with one side off at the
    /// carriageway's edge left the road, one with it off beside another lane straddles. Default 0.
    pub lanes: u16,
    /// Whether lanes count from the left seen in the direction of travel, as in China. Default true.
    pub lanes_from_left: bool,

    /// Axles closer than this are one group (轴组). Default 2100 mm: reproduces the groups of a real
    /// system for every record. [S]
    pub group_spacing_mm: i64,

    /// Acceleration of drivers who only pass, 0.01 m/s². Default 30. [C]
    pub usual_acceleration_hundredth_ms2: i64,
    /// What braking comes to, 0.01 m/s². Default 130. [C]
    pub braking_hundredth_ms2: i64,
    /// Scatter of that. Default 90. [C]
    pub braking_scatter_hundredth_ms2: i64,
    /// The same of surging, which an engine limits: 0.01 m/s². Default 90. [C]
    pub surging_hundredth_ms2: i64,
    /// Scatter of that. Default 45. [C]
    pub surging_scatter_hundredth_ms2: i64,
    /// A lane whose usual speed is below this is in slow traffic: how much drivers brake and speed up
    /// there is then passed over, and fixed scatters count in place of the learnt one. Default 0: never, for
    /// where vehicles are slow and uneven by themselves most findings would be of those. [C]
    pub slow_traffic_tenth_kmh: i64,
    /// Scatter of what braking is told from in slow traffic, 0.01 m/s². Default 15: half a metre a second
    /// a second and more are found. [C]
    pub slow_braking_hundredth_ms2: i64,
    /// The same of surging. Default 12. [C]
    pub slow_surging_hundredth_ms2: i64,
    /// Uncertainty of the acceleration that a controller states, 0.01 m/s². Default 12. [C]
    pub stated_acceleration_error_hundredth_ms2: i64,
    /// Scatter of an axle's speed about the vehicle's own. Default 10 per mille. [C]
    pub axle_speed_scatter_per_mille: i64,
    /// Of a million vehicles that pass, so many do by themselves what looks like the manoeuvre.
    /// Default 200. [C]
    pub by_chance_per_million: i64,

    /// Scatter of the left share over the axles of a vehicle. Default 25 per mille. [C]
    pub share_within_per_mille: i64,
    /// Scatter of the left share over vehicles. Default 35 per mille. [C]
    pub share_between_per_mille: i64,
    /// Scatter of the left share over the axles of a vehicle that weaves. Default 110 per mille. [C]
    pub swing_per_mille: i64,
    /// A side with less than this of an axle's load carries none of it. Default 150 per mille. [C]
    pub empty_side_per_mille: i64,

    /// Scatter of the loads of a group about their mean. Default 100 per mille (real tandems: 0.86
    /// to 1.24 of each other between the 5th and 95th percentile). [S]
    pub group_load_scatter_per_mille: i64,
    /// The same of an axle that jumps. Default 450 per mille. [C]
    pub jump_scatter_per_mille: i64,

    /// Halves of one vehicle are at most so far apart. Default 400 ms.
    pub straddling_apart: Micros,
    /// Scatter of that: the clocks of two controllers. Default 60 ms. [C]
    pub straddling_scatter: Micros,
    /// Scatter of a spacing that two records give of one vehicle. Default 12 per mille. [S]
    pub spacing_scatter_per_mille: i64,
    /// Step in which spacings may be rounded: adds to their scatter. Default 20 mm. [S]
    pub spacing_step_mm: i64,
    /// Scatter of a speed that two records give of one vehicle. Default 15 per mille. [C]
    pub speed_scatter_per_mille: i64,

    /// Slower than this an axle as good as stands. Default 3.0 km/h. [C]
    pub standing_tenth_kmh: i64,
    /// A vehicle with no axle faster than this creeps. Default 6.5 km/h. [C]
    pub creeping_tenth_kmh: i64,
    /// A lane whose usual speed is above this flows. Default 15.0 km/h. [C]
    pub flowing_tenth_kmh: i64,

    /// A lifted axle that still touches the sensor weighs less than this. Default 1000 kg.
    pub lifted_axle_kg: i64,
    /// And its neighbours at least this. Default 1500 kg.
    pub heavy_axle_kg: i64,
    /// Spacing of two axles with one lifted between them, least. Default 2300 mm: twice 1.15 m. [S]
    pub lifted_spacing_least_mm: i64,
    /// The same, most. Default 2900 mm: twice 1.45 m. [S]
    pub lifted_spacing_most_mm: i64,

    /// Parts of one vehicle are at most so far from each other. Default 15 m.
    pub split_gap_mm: i64,
    /// Two vehicles are at least this far from each other, axle to axle. Default 1900 mm: an
    /// overhang of 0.7 m behind, one of 0.8 m in front, and what two drivers leave. [C]
    pub least_gap_mm: i64,

    /// Difference of an axle's two loads when it is weighed twice. Default 60 per mille. [C]
    pub repeated_load_per_mille: i64,

    /// A camera that says so confidently that there is no plate is sure of it. Default 80. [C]
    pub sure_confidence: u8,
    /// How often such a camera errs. Default 2 per mille. [C]
    pub sure_error_per_mille: i64,
    /// How often a camera reads no plate where there is one. Default 150 per mille (GA/T 497 allows
    /// 100 by day, 200 by night). [N]
    pub unread_per_mille: i64,
}

impl Default for EvasionSettings {
    fn default() -> Self {
        Self {
            base_rate_per_mille: 10,
            report_from_per_mille: 700,
            near_within: Micros::from_seconds(120),
            learn_over_vehicles: 20,
            lanes: 0,
            lanes_from_left: true,
            group_spacing_mm: 2_100,
            usual_acceleration_hundredth_ms2: 30,
            braking_hundredth_ms2: 130,
            braking_scatter_hundredth_ms2: 90,
            surging_hundredth_ms2: 90,
            surging_scatter_hundredth_ms2: 45,
            slow_traffic_tenth_kmh: 0,
            slow_braking_hundredth_ms2: 15,
            slow_surging_hundredth_ms2: 12,
            stated_acceleration_error_hundredth_ms2: 12,
            axle_speed_scatter_per_mille: 10,
            by_chance_per_million: 200,
            share_within_per_mille: 25,
            share_between_per_mille: 35,
            swing_per_mille: 110,
            empty_side_per_mille: 150,
            group_load_scatter_per_mille: 100,
            jump_scatter_per_mille: 450,
            straddling_apart: Micros::from_millis(400),
            straddling_scatter: Micros::from_millis(60),
            spacing_scatter_per_mille: 12,
            spacing_step_mm: 20,
            speed_scatter_per_mille: 15,
            standing_tenth_kmh: 30,
            creeping_tenth_kmh: 65,
            flowing_tenth_kmh: 150,
            lifted_axle_kg: 1_000,
            heavy_axle_kg: 1_500,
            lifted_spacing_least_mm: 2_300,
            lifted_spacing_most_mm: 2_900,
            split_gap_mm: 15_000,
            least_gap_mm: 1_900,
            repeated_load_per_mille: 60,
            sure_confidence: 80,
            sure_error_per_mille: 2,
            unread_per_mille: 150,
        }
    }
}
