//! Laws that every verdict must keep, on random vehicles.

#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

use std::sync::LazyLock;

use proptest::prelude::*;
use steelyard::law::{
    Assessment, LawTables, Measured, Outcome, Scale, ScaleUse, Tyres, VehicleCategory,
    VehicleDescription, Verdict, assess,
};
use steelyard::units::{Kilograms, Millimetres};

static TABLES: LazyLock<LawTables> = LazyLock::new(|| LawTables::embedded().unwrap());

fn tables() -> &'static LawTables {
    &TABLES
}

/// A vehicle of which everything is known, with as many axles as its layout says.
fn known_vehicle() -> impl Strategy<Value = VehicleDescription> {
    use VehicleCategory::*;
    let kinds = prop_oneof![
        Just((Truck, "1+1")),
        Just((Truck, "1+2")),
        Just((Truck, "2+1")),
        Just((Truck, "2+2")),
        Just((Truck, "1+3")),
        Just((ArticulatedTrain, "1+1-1")),
        Just((ArticulatedTrain, "1+1-2")),
        Just((ArticulatedTrain, "1+2-1")),
        Just((ArticulatedTrain, "1+1-3")),
        Just((ArticulatedTrain, "1+2-2")),
        Just((ArticulatedTrain, "1+2-3")),
        Just((CentreAxleTrailerTrain, "1+2-1")),
        Just((CentreAxleTrailerTrain, "1+1-2")),
        Just((CentreAxleTrailerTrain, "2+2-2")),
        Just((FullTrailerTrain, "1+2-1+2")),
        Just((FullTrailerTrain, "1+1-1+1")),
        Just((FullTrailerTrain, "1+1-2+2")),
    ];
    let tyres = prop_oneof![
        Just(Tyres::Dual),
        Just(Tyres::Single),
        Just(Tyres::WideSingle)
    ];
    let gap = prop_oneof![900_i64..2_000, 1_240_i64..1_460, 3_000_i64..8_000];
    let gaps = proptest::collection::vec(gap, 6);
    let body = prop_oneof![Just("tipper"), Just("box")];
    (kinds, tyres, gaps, 1..=3_u8, any::<bool>(), body).prop_map(
        |((category, layout), tyres, gaps, driven, air, body)| {
            let axles_of = |part: &str| -> i64 {
                let digits = part.chars().filter_map(|c| c.to_digit(10));
                digits.map(i64::from).sum()
            };
            let axles = axles_of(layout);
            let motor = axles_of(layout.split('-').next().unwrap());
            let spacings = gaps
                .into_iter()
                .take(axles as usize - 1)
                .map(Millimetres::new);
            VehicleDescription {
                category: Some(category),
                axle_spacings_mm: spacings.collect(),
                drive_axles: Some(driven.min(motor as u8)),
                drive_air_suspension: Some(air),
                non_drive_tyres: Some(tyres),
                layout: Some(layout.to_owned()),
                body: Some(body.to_owned()),
                max_total_mass_kg: Some(Kilograms::new(31_000)),
                approved_payload_kg: Some(Kilograms::new(16_000)),
                tare_kg: Some(Kilograms::new(15_000)),
                ..VehicleDescription::default()
            }
        },
    )
}

fn scale() -> impl Strategy<Value = Option<Scale>> {
    let purpose = prop_oneof![
        Just(ScaleUse::Platform),
        Just(ScaleUse::OffSite),
        Just(ScaleUse::PreSelection)
    ];
    let class = prop_oneof![Just("0.2"), Just("1"), Just("5"), Just("10")];
    proptest::option::of((purpose, class).prop_map(|(purpose, class)| Scale {
        accuracy_class: Some(class.to_owned()),
        ..Scale::of_use(purpose)
    }))
}

fn weighed(vehicle: &VehicleDescription, gross: i64, scale: &Option<Scale>) -> Assessment {
    let axles = vehicle.axle_spacings_mm.len() as i64 + 1;
    let loads = vec![Kilograms::new((gross / axles).min(99_000)); axles as usize];
    let measured = Measured {
        axle_loads_kg: loads,
        gross_kg: Kilograms::new(gross),
        scale: scale.clone(),
        spacing_tolerance_mm: None,
    };
    let day = "2024-06-01".parse().unwrap();
    Assessment::new(day, vehicle.clone(), measured)
}

/// Everything in a verdict that can be milder or harsher, to be compared field by field.
fn harshness(verdict: &Verdict) -> [i64; 7] {
    let police = verdict.police.unwrap();
    let transport = verdict.transport.unwrap();
    [
        verdict.class.unwrap() as i64,
        verdict.overage_kg.unwrap().get(),
        transport.kind as i64,
        transport.yuan.get(),
        i64::from(police.points.unwrap()),
        police.fine_range_yuan.unwrap()[1].get(),
        i64::from(verdict.hundred_ton),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn more_mass_is_never_milder(
        vehicle in known_vehicle(),
        gross in 0_i64..130_000,
        more in prop_oneof![0_i64..3, 0_i64..70_000],
        scale in scale(),
    ) {
        let light = assess(tables(), &weighed(&vehicle, gross, &scale));
        let heavy = assess(tables(), &weighed(&vehicle, gross + more, &scale));
        prop_assert_eq!(light.limit_kg, heavy.limit_kg);
        for (light, heavy) in harshness(&light).into_iter().zip(harshness(&heavy)) {
            prop_assert!(light <= heavy);
        }
    }

    #[test]
    fn amounts_follow_from_mass_and_limit(
        vehicle in known_vehicle(),
        gross in 0_i64..300_000,
        scale in scale(),
    ) {
        let verdict = assess(tables(), &weighed(&vehicle, gross, &scale));
        let mass = verdict.enforcement_kg.unwrap().get();
        let over = verdict.overage_kg.unwrap().get();
        let yuan = verdict.transport.unwrap().yuan.get();
        prop_assert!(mass <= gross);
        prop_assert_eq!(over, (mass - verdict.limit_kg.unwrap().get()).max(0));
        prop_assert!((0..=30_000).contains(&yuan) && yuan % 500 == 0);
        prop_assert_eq!(yuan > 0, over > 1_000);
        // Axle groups cover every axle once, and no axle overage ever makes a fine.
        let axles = verdict.axle_groups.iter().flat_map(|group| group.axles[0]..=group.axles[1]);
        let expected = 1..=(vehicle.axle_spacings_mm.len() as u8 + 1);
        prop_assert!(axles.eq(expected));
        let mut heavy_axles = weighed(&vehicle, gross, &scale);
        for load in &mut heavy_axles.measured.axle_loads_kg {
            *load = Kilograms::new(99_000);
        }
        let heavy = assess(tables(), &heavy_axles);
        prop_assert_eq!(heavy.transport, verdict.transport);
        prop_assert!(heavy.axle_groups.iter().all(|group| group.overage_kg.unwrap().get() > 0));
    }

    #[test]
    fn not_knowing_is_never_harsher(
        vehicle in known_vehicle(),
        gross in 10_000_i64..120_000,
        forget in proptest::array::uniform7(any::<bool>()),
    ) {
        let known = assess(tables(), &weighed(&vehicle, gross, &None));
        let mut assessment = weighed(&vehicle, gross, &None);
        let partly = &mut assessment.vehicle;
        if forget[0] { partly.category = None; }
        if forget[1] { partly.drive_axles = None; }
        if forget[2] { partly.drive_air_suspension = None; }
        if forget[3] { partly.non_drive_tyres = None; }
        if forget[4] { partly.layout = None; }
        if forget[5] { partly.body = None; }
        if forget[6] { partly.axle_spacings_mm.clear(); }
        let partly = assess(tables(), &assessment);
        prop_assert_eq!(partly.outcome, Outcome::Assessed);
        prop_assert!(partly.limit_kg >= known.limit_kg, "{:?}", assessment);
        for (partly, known) in harshness(&partly).into_iter().zip(harshness(&known)) {
            prop_assert!(partly <= known);
        }
    }

    #[test]
    fn a_less_exact_sensor_is_never_harsher(
        vehicle in known_vehicle(),
        gross in 10_000_i64..120_000,
        tolerance in 0_i64..200,
        more in 0_i64..200,
    ) {
        let mut assessment = weighed(&vehicle, gross, &None);
        assessment.measured.spacing_tolerance_mm = Some(Millimetres::new(tolerance));
        let exact = assess(tables(), &assessment);
        assessment.measured.spacing_tolerance_mm = Some(Millimetres::new(tolerance + more));
        let coarse = assess(tables(), &assessment);
        prop_assert!(coarse.limit_kg >= exact.limit_kg);
        if more == 0 {
            prop_assert_eq!(coarse, exact);
        }
    }

    #[test]
    fn a_risk_only_withholds_and_falls_with_the_reading(
        vehicle in known_vehicle(),
        gross in 10_000_i64..120_000,
        more in 0_i64..5_000,
        class in prop_oneof![Just("0.5"), Just("2"), Just("5"), Just("III")],
        drift in 0_i64..300,
    ) {
        let scale = Scale {
            accuracy_class: Some(class.to_owned()),
            interval_kg: Some(Kilograms::new(20)),
            drift_basis_points: Some(drift),
            ..Scale::of_use(ScaleUse::Platform)
        };
        let unknown = Scale::of_use(ScaleUse::Platform);
        let with = assess(tables(), &weighed(&vehicle, gross, &Some(scale.clone())));
        let without = assess(tables(), &weighed(&vehicle, gross, &Some(unknown)));
        prop_assert_eq!(with.transport, without.transport);
        prop_assert_eq!(with.class, without.class);
        prop_assert_eq!(with.overage_kg, without.overage_kg);
        prop_assert_eq!(with.risk.is_some(), with.overage_kg.unwrap().get() > 0);
        prop_assert!(without.risk.is_none());
        if let Some(risk) = with.risk {
            prop_assert_eq!(risk.withheld, risk.per_million > risk.withhold_above_per_million);
            // A static scale's error steps up with the reading; within one step, and for the
            // others throughout, a heavier reading is the surer one.
            let heavier = assess(tables(), &weighed(&vehicle, gross + more, &Some(scale.clone())));
            let heavier = heavier.risk.unwrap();
            if heavier.permissible_error_kg == risk.permissible_error_kg || class != "III" {
                prop_assert!(heavier.per_million <= risk.per_million);
            }
            let drifted = Scale { drift_basis_points: Some(-drift - 10), ..scale };
            let drifted = assess(tables(), &weighed(&vehicle, gross, &Some(drifted)));
            prop_assert!(drifted.risk.unwrap().per_million >= risk.per_million);
        }
    }

    #[test]
    fn nothing_panics_and_absurd_input_has_no_class(
        spacings in proptest::collection::vec(any::<i64>(), 0..4),
        loads in proptest::collection::vec(any::<i64>(), 0..40),
        gross in any::<i64>(),
        mass in any::<i64>(),
        tare in proptest::option::of(any::<i64>()),
        layout in proptest::option::of("[0-9+-]{0,6}"),
    ) {
        let mass = Some(Kilograms::new(mass));
        let vehicle = VehicleDescription {
            axle_spacings_mm: spacings.into_iter().map(Millimetres::new).collect(),
            layout,
            licence_total_mass_kg: mass,
            max_total_mass_kg: mass,
            approved_payload_kg: mass,
            tare_kg: tare.map(Kilograms::new),
            ..VehicleDescription::default()
        };
        let axle_loads_kg = loads.into_iter().map(Kilograms::new).collect();
        let measured = Measured { axle_loads_kg, gross_kg: Kilograms::new(gross), ..Measured::default() };
        let day = "2024-06-01".parse().unwrap();
        let assessment = Assessment::new(day, vehicle, measured);
        let verdict = assess(tables(), &assessment);
        if assessment.check().is_err() {
            prop_assert_eq!(verdict.outcome, Outcome::Undetermined);
            prop_assert!(verdict.class.is_none() && verdict.transport.is_none());
            prop_assert_eq!(verdict.notes.len(), 1);
        }
    }
}
