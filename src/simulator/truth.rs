//! Ground truth (真值): each vehicle as it was, with the places of all lines that devices wrote of it.

use serde_json::{Value, json};

use super::crossing::{Crossing, PlateRead};
use super::ports::PortPlan;

/// Where bytes stand in a port's log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    /// Index of the port in [`Feed::ports`](super::Feed::ports).
    pub port: usize,
    /// First byte.
    pub offset: u64,
    /// Number of bytes.
    pub length: u64,
}

/// A vehicle of which all is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// The vehicle, and what devices made of it.
    pub crossing: Crossing,
    /// Where lines of records stand that it is in: its own and what it shares with the vehicle in
    /// front; one that was sent twice stands twice.
    pub records: Vec<Span>,
    /// Where the lines of its plate reads stand, in the order of writing.
    pub plate_reads: Vec<ToldRead>,
    /// The same at the platform.
    pub platform_reads: Vec<ToldRead>,
}

/// A plate read and where its line stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToldRead {
    /// Where.
    pub span: Span,
    /// What it says.
    pub read: PlateRead,
}

impl Told {
    /// A vehicle of which nothing is written yet.
    pub const fn new(crossing: Crossing) -> Self {
        Self {
            crossing,
            records: Vec::new(),
            plate_reads: Vec::new(),
            platform_reads: Vec::new(),
        }
    }

    /// The vehicle as one line of JSON, without line end.
    pub fn line(&self, ports: &[PortPlan]) -> String {
        let crossing = &self.crossing;
        let vehicle = &crossing.vehicle;
        let spans = self.records.iter().map(|span| place(*span, ports));
        let reads = |reads: &[ToldRead]| -> Vec<Value> {
            reads.iter().map(|told| told.json(ports)).collect()
        };
        json!({
            "vehicle": crossing.number,
            "plate": vehicle.plate,
            "trailer_plate": vehicle.trailer_plate,
            "colour": vehicle.colour,
            "category": vehicle.category,
            "lane": crossing.lane,
            "weighed": crossing.weighed,
            "scale_clock_us": crossing.records.first().map(|record| record.measured.clock_error),
            "sequence": crossing.records.first().map(|record| record.measured.sequence),
            "first_axle_us": crossing.first_axle_at,
            "last_axle_us": crossing.last_axle_at,
            "speed_tenth_kmh": crossing.speed_tenth_kmh,
            "length_mm": vehicle.length_mm,
            "axles": vehicle.axles,
            "gross_kg": vehicle.gross_kg,
            "limit_kg": vehicle.limit_kg,
            "drive_axles": vehicle.drive_axles,
            "defects": crossing.defects,
            "evasion": crossing.evasion,
            "mild": crossing.mild,
            "forced": crossing.forced,
            "records": spans.collect::<Vec<_>>(),
            "plate_reads": reads(&self.plate_reads),
            "platform_reads": reads(&self.platform_reads),
        })
        .to_string()
    }
}

impl ToldRead {
    fn json(&self, ports: &[PortPlan]) -> Value {
        let mut line = place(self.span, ports);
        line["lane"] = json!(self.read.lane);
        line["view"] = json!(self.read.view);
        line["reading"] = json!(self.read.reading);
        line["plate"] = json!(self.read.plate);
        line["colour"] = json!(self.read.colour);
        line["confidence"] = json!(self.read.confidence);
        line["seen_us"] = json!(self.read.seen_at);
        line["clock_us"] = json!(self.read.clock_error);
        line
    }
}

fn place(span: Span, ports: &[PortPlan]) -> Value {
    json!({
        "port": ports.get(span.port).map(|plan| plan.name.as_str()),
        "offset": span.offset,
        "length": span.length,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulator::evaluation::Vehicle;
    use crate::simulator::settings::Settings;
    use crate::simulator::traffic::Traffic;

    #[test]
    fn truth_is_one_line_of_json_with_the_true_figures() {
        let crossing = Traffic::new(Settings::statistics()).next().unwrap();
        let line = Told::new(crossing.clone()).line(&[]);
        assert!(!line.contains('\n'));
        let truth: Value = serde_json::from_str(&line).unwrap();
        assert_eq!(truth["plate"], crossing.vehicle.plate.as_str());
        assert_eq!(truth["gross_kg"], crossing.vehicle.gross_kg.get());
        assert_eq!(truth["first_axle_us"], crossing.first_axle_at.get());
        assert_eq!(truth["axles"][0]["spacing_mm"], Value::Null);
        assert_eq!(truth["evasion"], json!([]));
        assert_eq!(truth["weighed"], true);
        // What counts the outcome reads it, too.
        let read: Vehicle = serde_json::from_str(&line).unwrap();
        assert_eq!(read.vehicle, crossing.number);
    }
}
