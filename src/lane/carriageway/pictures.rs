//! Which picture belongs to which passage: asked for at once, frozen at once, or nobody's.

use sha2::{Digest, Sha256};

use super::{Carriageway, Finding, Output};
use crate::lane::record::{UNKNOWN_LANE, crossing_duration};
use crate::lane::settings::{PortRole, PortSettings};
use crate::lane::stream::Input;
use crate::passage::{PassageKind, TakenPicture, Weighing};
use crate::units::Micros;

/// The status by which a picture camera answers that it has frozen its picture.
pub(super) const FREEZE_ANSWERED: &str = "control";

/// How long a vehicle of unknown speed or spacings may take over the sensors.
const UNKNOWN_DURATION: Micros = Micros::from_seconds(2);

/// A picture that was asked for.
#[derive(Debug)]
pub(super) struct Request {
    pub(super) passage_id: String,
    pub(super) asked_at: Micros,
    pub(super) frozen_at: Option<Micros>,
}

impl Carriageway {
    pub(super) fn request_pictures(&mut self, now: Micros, weighing: &Weighing) {
        // A record that comes late tells of a vehicle that is gone: whoever stands there now is
        // another one.
        let last_axle_at = match weighing.kind {
            PassageKind::Dynamic => {
                let duration = crossing_duration(weighing).unwrap_or(UNKNOWN_DURATION);
                weighing.crossed_at.saturating_add(duration)
            }
            PassageKind::Platform => now,
        };
        let too_late = now.saturating_sub(last_axle_at) > self.settings.picture_within;
        if too_late && self.settings.clock_tolerance.is_some() {
            return;
        }
        let cameras: Vec<String> = self
            .settings
            .ports
            .iter()
            .filter(|(_, port)| port.role == PortRole::Picture && port.lane == Some(weighing.lane))
            .map(|(name, _)| name.clone())
            .collect();
        for port in cameras {
            let passage_id = weighing.passage_id.clone();
            if self.requests.contains_key(&port) {
                let finding = Finding::CameraBusy { port, passage_id };
                self.outputs.push_back(Output::Finding(finding));
                continue;
            }
            let request = Request {
                passage_id: passage_id.clone(),
                asked_at: now,
                frozen_at: None,
            };
            self.requests.insert(port.clone(), request);
            self.outputs
                .push_back(Output::TakePicture { port, passage_id });
        }
    }

    pub(super) fn picture(&mut self, port: &PortSettings, input: &Input, jpeg: &[u8]) {
        // Without a freeze since the request, the picture is of some vehicle before.
        let request = match self.requests.get(&input.port) {
            Some(Request {
                frozen_at: Some(_), ..
            }) => self.requests.remove(&input.port),
            _ => None,
        };
        let Some(Request {
            passage_id,
            asked_at,
            frozen_at: Some(taken_at),
        }) = request
        else {
            let finding = Finding::UnrequestedPicture {
                port: input.port.clone(),
            };
            self.outputs.push_back(Output::Finding(finding));
            return;
        };
        let lane = port.lane.unwrap_or(UNKNOWN_LANE);
        let late = taken_at.saturating_sub(asked_at);
        if late > self.settings.freeze_within {
            self.outputs
                .push_back(Output::Finding(Finding::PictureLate {
                    port: input.port.clone(),
                    passage_id,
                    late_us: late.get(),
                }));
            self.hasten(input.received_at, lane);
            return;
        }
        let picture = TakenPicture {
            port: input.port.clone(),
            view: port.view.clone(),
            taken_at,
            sha256: hex::encode(Sha256::digest(jpeg)),
        };
        let owner = self
            .pending
            .values_mut()
            .find(|pending| pending.weighing.passage_id == passage_id);
        if let Some(pending) = owner {
            pending.pictures.push(picture.clone());
        }
        self.outputs.push_back(Output::PictureTaken {
            passage_id,
            jpeg: jpeg.into(),
            picture,
        });
        self.hasten(input.received_at, lane);
    }
}
