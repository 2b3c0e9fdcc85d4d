//! The sentences in English.

use super::Words;
use crate::law::derivation::{Input, Rule, Step, Value};
use crate::law::verdict::{Note, NoteCode};

fn name_en(name: &str) -> &str {
    match name {
        "truck" => "truck",
        "articulated_train" => "articulated train",
        "centre_axle_trailer_train" => "centre-axle trailer train",
        "full_trailer_train" => "full-trailer train",
        "low_speed" => "low-speed goods vehicle",
        "single" => "single axle",
        "two_axle" => "two-axle group",
        "three_axle" => "three-axle group",
        "outside_table" => "axles outside of the standard's classes",
        "dual" => "dual tyres",
        "true" => "yes",
        "platform" => "platform scale",
        "off_site" => "off-site weighing in motion",
        "pre_selection" => "pre-selection weighing in motion",
        "floor" => "only complete 1000 kg count",
        "ceiling" => "a part of 1000 kg counts as 1000 kg",
        "from_second" => "counted from the second 1000 kg on",
        "none" => "no penalty",
        "warning" => "warning",
        "fine" => "fine",
        "article_3_without_axle_sum" => "article 3 without the axle-sum rule",
        "register" => "vehicle register",
        "rear_plate" => "plate at the rear",
        "camera" => "camera",
        "officer" => "officer",
        "category" => "kind of vehicle",
        "train" => "draws a trailer",
        "drive_axles" => "driven axles",
        "drive_air_suspension" => "air suspension of the driven axles",
        "non_drive_tyres" => "tyres of axles not driven",
        "non_drive_air_suspension" => "air suspension of axles not driven",
        "layout" => "layout of the axles",
        "body" => "body",
        "licence_total_mass_kg" => "total mass on the licence (kg)",
        "max_total_mass_kg" => "maximum permitted total mass (kg)",
        "approved_payload_kg" => "approved payload (kg)",
        "tare_kg" => "mass empty (kg)",
        "height_mm" => "height (mm)",
        "width_mm" => "width (mm)",
        "length_mm" => "length (mm)",
        "wide_single" => "wide single tyres",
        "false" => "no",
        "special_purpose" => "special-purpose vehicle",
        "car_carrier" => "car carrier",
        "not_yet_valid" => "not valid yet",
        "expired" => "expired",
        "divisible_load" => "the load can be divided",
        "off_route" => "off its route",
        "outside_hours" => "outside its hours",
        "mass_above_permit" => "heavier than it allows",
        "axle_above_permit" => "an axle heavier than it allows",
        "dimension_above_permit" => "larger than it allows",
        "single_tyres_by_pair" => "the 2016 annex (3 t for every two tyres fewer)",
        "single_tyres_once" => "article 3 (3 t once)",
        "annex_124" => "the 2016 annex",
        "transport" => "transport authority",
        "police" => "traffic police",
        "joint_station" => "joint station with resident police",
        "station_without_police" => "station without resident police",
        "mobile_joint" => "mobile joint check",
        "expressway_entry" => "expressway entry",
        "not_in_table" => "the table does not say who fines in this mode",
        "amount_unknown" => "one of the two amounts is not known",
        "no_higher_rule_yet" => "the rule that the higher amount counts did not hold yet",
        "no_range" => "an amount is no range",
        "measured.axle_loads_kg" => "the axle loads",
        "measured.gross_kg" => "the gross mass",
        "measured.spacing_tolerance_mm" => "the tolerance of the spacings",
        "measured.scale.interval_kg" => "the scale's interval",
        "measured.scale.drift_basis_points" => "the scale's drift",
        "measured.scale.certificate" => "the scale's certificate",
        "vehicle.permit" => "the permit",
        "vehicle.layout" => "the axle layout",
        "vehicle.axle_spacings_mm" => "the spacings",
        "vehicle.drive_axles" => "the number of driven axles",
        "vehicle.train" => "whether it is a train",
        "vehicle.width_mm" => "the width",
        "vehicle.length_mm" => "the length",
        "vehicle.height_mm" => "the height",
        "vehicle.tare_kg" => "the tare mass",
        "vehicle.max_total_mass_kg" => "the maximum total mass",
        "vehicle.licence_total_mass_kg" => "the licence's total mass",
        "vehicle.approved_payload_kg" => "the approved payload",
        other => other,
    }
}

/// `axle 1` or `axles 2-3`.
fn in_number(axles: &str) -> String {
    let many = if axles.contains('-') { "axles" } else { "axle" };
    format!("{many} {axles}")
}

impl Step {
    /// The step as an English sentence, without its article.
    pub fn text_en(&self) -> String {
        let words = Words {
            step: self,
            name: name_en,
        };
        let of = |input| words.of(input);
        let result = words.value(&self.result);
        match self.rule {
            Rule::EnforcementMass if words.has(Input::ErrorBasisPoints) => format!(
                "{}, class {}, permissible error in service {} %: reading {} kg / (1 + {} %), \
                 rounded down, counts as {result} kg",
                of(Input::ScaleUse),
                of(Input::AccuracyClass),
                words.error_percent(),
                of(Input::ReadingKg),
                words.error_percent(),
            ),
            Rule::EnforcementMass if words.has(Input::ScaleUse) => {
                format!(
                    "{}, no error deducted: {result} kg count",
                    of(Input::ScaleUse)
                )
            }
            Rule::EnforcementMass => {
                format!("no scale named, the reading counts: {result} kg")
            }
            Rule::AxleGroup => {
                format!(
                    "{}: {}, limit {result} kg",
                    in_number(&words.axles()),
                    of(Input::Group)
                )
            }
            Rule::MassLimit => {
                let drive = match self.inputs.get(Input::DriveAxles) {
                    Some(_) => format!(", {} driven", of(Input::DriveAxles)),
                    None => String::new(),
                };
                format!(
                    "{} with {} axles{drive}: total mass limit {result} kg",
                    of(Input::Category),
                    of(Input::Axles)
                )
            }
            Rule::AirSuspension => format!(
                "driven axles with dual tyres and air suspension, not over-limit while within \
                 GB 1589: limit {} kg raised to {result} kg",
                of(Input::LimitKg)
            ),
            Rule::SingleTyres => format!(
                "{} single tyres: limit {} kg less {} kg is {result} kg",
                match of(Input::SingleTyreAxles).as_str() {
                    "1" => "1 axle not driven has".to_owned(),
                    many => format!("{many} axles not driven have"),
                },
                of(Input::LimitKg),
                of(Input::ReductionKg)
            ),
            Rule::AxleSum => format!(
                "the limit may not exceed the sum of the axle limits: the lesser of {} kg and {} \
                 kg is {result} kg",
                of(Input::LimitKg),
                of(Input::AxleSumKg)
            ),
            Rule::LicenceMass => format!(
                "the total mass on the licence is the limit of a {}: {result} kg",
                of(Input::Category)
            ),
            Rule::Overage if self.result == Value::Integer(0) => format!(
                "mass {} kg is not over the limit of {} kg",
                of(Input::EnforcementKg),
                of(Input::LimitKg)
            ),
            Rule::Overage => format!(
                "mass {} kg, limit {} kg: {result} kg over",
                of(Input::EnforcementKg),
                of(Input::LimitKg)
            ),
            Rule::OveragePercent => format!(
                "overage rate: {} kg / {} kg, half up to two decimals, is {result} %",
                of(Input::OverageKg),
                of(Input::LimitKg)
            ),
            Rule::HundredTon => format!(
                "reading {} kg, {} kg or more: hundred-ton alarm",
                of(Input::ReadingKg),
                of(Input::FromKg)
            ),
            Rule::TransportPenalty if self.result == Value::Integer(0) => {
                format!("{} kg over: {}", of(Input::OverageKg), of(Input::Resolved))
            }
            Rule::TransportPenalty => format!(
                "{} kg over ({}, at most {} yuan): {}, {result} yuan",
                of(Input::OverageKg),
                of(Input::PartTonneReading),
                of(Input::CapYuan),
                of(Input::Resolved)
            ),
            Rule::PolicePoints if self.result == Value::Integer(0) => format!(
                "mass {} kg is not over the maximum total mass of {} kg: no points",
                of(Input::EnforcementKg),
                of(Input::MaxTotalMassKg)
            ),
            Rule::PolicePoints => format!(
                "mass {} kg, maximum total mass {} kg, licence points: {result}",
                of(Input::EnforcementKg),
                of(Input::MaxTotalMassKg)
            ),
            Rule::PoliceFine => format!(
                "load {} kg (mass {} kg less tare {} kg), approved payload {} kg: {}",
                of(Input::LoadKg),
                of(Input::EnforcementKg),
                of(Input::TareKg),
                of(Input::ApprovedPayloadKg),
                match self.result {
                    Value::Range([0, 0]) => "kept, no fine".to_owned(),
                    _ => format!("fine of {result} yuan"),
                }
            ),
            Rule::FactStated => format!(
                "{}: {result} (by {}{})",
                of(Input::Fact),
                of(Input::Source),
                words.reference(", ")
            ),
            Rule::Certificate => format!(
                "certificate {} holds from {} to {}: {}",
                of(Input::Certificate),
                of(Input::ValidFrom),
                of(Input::ValidUntil),
                match self.result {
                    Value::Boolean(true) => format!("it covers {}", of(Input::Day)),
                    _ => format!("it does not cover {}", of(Input::Day)),
                }
            ),
            Rule::RegisterEntry => format!(
                "a special-purpose vehicle is not over-limit while within its register entry: \
                 the limit is {result} kg"
            ),
            Rule::Permit => format!(
                "a valid permit that is kept to raises the limit from {} kg to {result} kg",
                of(Input::LimitKg)
            ),
            Rule::Dimension if self.result == Value::Integer(0) => format!(
                "{} {} mm is not over the limit of {} mm",
                of(Input::Dimension),
                of(Input::MeasuredMm),
                of(Input::LimitMm)
            ),
            Rule::Dimension => format!(
                "{} {} mm, limit {} mm: {result} mm over",
                of(Input::Dimension),
                of(Input::MeasuredMm),
                of(Input::LimitMm)
            ),
            Rule::TotalRange => format!(
                "{} yuan for the dimensions and {} yuan for the mass, together at most {} yuan: \
                 {result} yuan",
                of(Input::DimensionRangeYuan),
                of(Input::MassYuan),
                of(Input::CapYuan)
            ),
            Rule::OneAct => match self.inputs.get(Input::Authority) {
                Some(_) => format!(
                    "{}: the {} may fine {result} yuan, and nobody else",
                    of(Input::Mode),
                    of(Input::Authority)
                ),
                None => format!("{}: nobody fines", of(Input::Mode)),
            },
            Rule::Risk => format!(
                "reading {} kg, limit {} kg, permissible error in service {} kg, drift {}: the \
                 true mass is within the limit with a probability of at most {result} in a \
                 million (above {} in a million there is no penalty)",
                of(Input::ReadingKg),
                of(Input::LimitKg),
                of(Input::ErrorKg),
                words.percent(Input::DriftBasisPoints),
                of(Input::WithholdAbovePerMillion)
            ),
        }
    }
}

impl Note {
    /// `permit 14-2024-7`, or `the permit` where its number is not known.
    fn permit_en(&self) -> String {
        match self.of(Input::Permit, name_en).as_str() {
            "" => "the permit".to_owned(),
            number => format!("permit {number}"),
        }
    }

    /// The note as an English sentence.
    pub fn text_en(&self) -> String {
        let of = |input| self.of(input, name_en);
        match self.code {
            NoteCode::NoTableInForce => "no table is in force on that day".to_owned(),
            NoteCode::InputRefused => {
                format!("missing or not to be relied on: {}", of(Input::Field))
            }
            NoteCode::CategoryNotListed => {
                format!(
                    "the law lists no limit for this kind with {} axles",
                    of(Input::Axles)
                )
            }
            NoteCode::LicenceMassUnknown => {
                "the licence's total mass is the limit, and it is not known".to_owned()
            }
            NoteCode::SpecialPurposeVehicle => {
                "special-purpose vehicle: to be judged by its register entry".to_owned()
            }
            NoteCode::CategoryUnknown => {
                format!(
                    "kind unknown: assumed better for the party: {}",
                    of(Input::Resolved)
                )
            }
            NoteCode::DriveAxlesUnknown => {
                format!(
                    "driven axles unknown: assumed better for the party: {}",
                    of(Input::Resolved)
                )
            }
            NoteCode::TyresUnknown => {
                "tyres unknown: assumed better for the party: dual".to_owned()
            }
            NoteCode::AirSuspensionUnknown => {
                "suspension unknown: assumed better for the party: air suspension".to_owned()
            }
            NoteCode::LayoutUnknown => format!(
                "layout unknown: assumed better for the party: {} axles of the motor vehicle, {} of \
                 them steered",
                of(Input::MotorAxles),
                of(Input::SteeredAxles)
            ),
            NoteCode::BodyUnknown => "body unknown: assumed better for the party: a tipper, which \
                 the mass by axle distance does not bind"
                .to_owned(),
            NoteCode::SpecialPurposeDimensions => {
                "a special-purpose vehicle larger than the ordinary limits: its register entry \
                 decides and is to be checked"
                    .to_owned()
            }
            NoteCode::SpacingsUnknown => {
                "spacings unknown: the axle-sum rule was not applied".to_owned()
            }
            NoteCode::ClassUncertain => format!(
                "a spacing of {} is within the sensor's tolerance of a border of classes: the \
                 limit better for the party, {} kg, applies",
                in_number(&self.axles()),
                of(Input::LimitKg)
            ),
            NoteCode::ReadingsDiffer => format!(
                "another reading gives another result: {}, limit {} kg",
                of(Input::Reading),
                of(Input::OtherLimitKg)
            ),
            NoteCode::AboveLicenceMass => {
                format!(
                    "above the licence's total mass of {} kg",
                    of(Input::LimitKg)
                )
            }
            NoteCode::AboveDistanceMass => format!(
                "above the {} kg by axle distance of GB 1589, which is no limit of article 3",
                of(Input::LimitKg)
            ),
            NoteCode::ScaleNotStated => "no scale named, no error deducted".to_owned(),
            NoteCode::PreSelectionOnly => {
                "a pre-selection reading, not fit for a penalty".to_owned()
            }
            NoteCode::AccuracyClassUnknown => {
                "accuracy class unknown, its error cannot be deducted".to_owned()
            }
            NoteCode::PointsNotInTable => "the table has no points for that day".to_owned(),
            NoteCode::DimensionOver => format!(
                "{} {} mm is above the limit of {} mm",
                of(Input::Dimension),
                of(Input::MeasuredMm),
                of(Input::LimitMm)
            ),
            NoteCode::BeyondStandardLength => format!(
                "longer than the {} mm of GB 1589 for its kind, but within article 3: to be \
                 recorded and reported to the police (article 45)",
                of(Input::LimitMm)
            ),
            NoteCode::PermitApplied => {
                format!("{} was shown: judged by it", self.permit_en())
            }
            NoteCode::PermitBroken => format!(
                "{} does not count ({}): judged as without one",
                self.permit_en(),
                of(Input::Reason)
            ),
            NoteCode::SourcesDisagree => format!(
                "sources disagree: the {} says `{}: {}`, which is not used and is to be checked",
                of(Input::Source),
                of(Input::Fact),
                of(Input::Value)
            ),
            NoteCode::PlainAirSuspensionNotShown => {
                "a single axle that is not driven would carry more with air suspension, which \
                 nobody has shown"
                    .to_owned()
            }
            NoteCode::CertificateNotStated => "no certificate of the scale was stated".to_owned(),
            NoteCode::CertificateNotValid => format!(
                "certificate {} holds from {} to {} and does not cover {}: the reading is not fit \
                 for a penalty",
                of(Input::Certificate),
                of(Input::ValidFrom),
                of(Input::ValidUntil),
                of(Input::Day)
            ),
            NoteCode::RiskTooHigh => format!(
                "the true mass may be within the limit with a probability of {} in a million, \
                 above {} in a million: no penalty",
                of(Input::Value),
                of(Input::WithholdAbovePerMillion)
            ),
            NoteCode::FiningAuthorityOpen => {
                format!("it cannot be said who fines: {}", of(Input::Reason))
            }
            NoteCode::RiskNotStated => {
                "nothing is known of the scale's error, so no risk can be stated".to_owned()
            }
        }
    }
}

impl NoteCode {
    /// What the note means, in English, without its data.
    pub const fn en(self) -> &'static str {
        match self {
            Self::NoTableInForce => "no law table was in force on that day",
            Self::InputRefused => "the input is missing, contradicts itself or is implausible",
            Self::CategoryNotListed => "the law lists no limit for this kind with so many axles",
            Self::LicenceMassUnknown => "the limit is the licence's total mass, which is not known",
            Self::SpecialPurposeVehicle => {
                "a special-purpose vehicle whose register entry is not known"
            }
            Self::CategoryUnknown => "kind of vehicle unknown, read better for the party",
            Self::DriveAxlesUnknown => "driven axles unknown, read better for the party",
            Self::TyresUnknown => "tyres unknown, read better for the party",
            Self::AirSuspensionUnknown => "suspension unknown, read better for the party",
            Self::LayoutUnknown => "layout unknown, read better for the party",
            Self::BodyUnknown => "body unknown, read better for the party",
            Self::SpecialPurposeDimensions => {
                "the dimensions of a special-purpose vehicle go by its register entry"
            }
            Self::SpacingsUnknown => "spacings unknown, the axle-sum rule was not applied",
            Self::ClassUncertain => {
                "a spacing is within the sensor's tolerance of a border of classes, read better for the party"
            }
            Self::ReadingsDiffer => "another reading of the law gives another result",
            Self::AboveLicenceMass => "above the licence's total mass",
            Self::AboveDistanceMass => "above the mass by axle distance of GB 1589",
            Self::ScaleNotStated => "no scale was named, no error deducted",
            Self::PreSelectionOnly => "a pre-selection reading, not fit for a penalty",
            Self::AccuracyClassUnknown => {
                "the scale's class is not known, its error cannot be deducted"
            }
            Self::PointsNotInTable => "the table has no points for that day",
            Self::DimensionOver => "a dimension is over its limit",
            Self::BeyondStandardLength => {
                "longer than GB 1589 allows, within article 3, to be reported to the police"
            }
            Self::PermitApplied => "judged by a permit",
            Self::PermitBroken => "a permit was not kept to, judged as without one",
            Self::SourcesDisagree => "sources contradict each other about the vehicle",
            Self::PlainAirSuspensionNotShown => {
                "air suspension of axles not driven was not shown, judged as without"
            }
            Self::CertificateNotStated => "no certificate of the scale was stated",
            Self::CertificateNotValid => "the certificate does not cover the day",
            Self::RiskTooHigh => "the stated risk is above the setting, no penalty",
            Self::FiningAuthorityOpen => "it cannot be said which authority fines",
            Self::RiskNotStated => "nothing is known of the scale's error, no risk can be stated",
        }
    }
}
