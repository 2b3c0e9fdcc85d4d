//! What belongs to each step. Members are kept as they were sent.

use serde::{Deserialize, Serialize};

use super::state::{
    AttachmentKind, IdentifyReason, LetThroughReason, LoadingSheetState, RecordKind, RequestKind,
    SelectedBy,
};
use crate::law::Authority;
use crate::units::{Kilograms, Micros, Yuan};

macro_rules! payload {
    ($(#[$about:meta])* $name:ident { $($(#[$meaning:meta])* $field:ident: $kind:ty,)* }) => {
        $(#[$about])*
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub struct $name {
            $($(#[$meaning])* pub $field: $kind,)*
        }
    };
}

payload! {
    /// A vehicle is picked out.
    Select {
        /// Station code, or the mobile team's.
        station: String,
        /// Lane; `None` away from a lane.
        #[serde(default)]
        lane: Option<u16>,
        /// Key to give it; only where there is no passage to derive it from.
        #[serde(default)]
        inspection_id: Option<String>,
        /// How.
        by: SelectedBy,
        /// The passage that picked it out.
        #[serde(default)]
        passage_id: Option<String>,
        /// Plate as an officer saw it, where there is no passage.
        #[serde(default)]
        plate: Option<String>,
        /// The inspection before it, when this vehicle was cleared there and is over again on the same trip.
        #[serde(default)]
        follows: Option<String>,
        /// Why, in the officer's words.
        #[serde(default)]
        note: Option<String>,
    }
}
payload! {
    /// The vehicle comes into the station.
    LeadIn {
        /// By whom or by what: a sign, an officer.
        #[serde(default)]
        note: Option<String>,
    }
}
payload! {
    /// A weighing.
    WeighingEntry {
        /// Where its figures come from.
        weighing: WeighingInput,
        /// Why the passage's plate differs from the vehicle's, where it does.
        #[serde(default)]
        plate_differs: Option<String>,
        /// Number of the request it answers, from 1.
        #[serde(default)]
        request: Option<u32>,
    }
}

/// Where the figures of a weighing come from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "from", rename_all = "snake_case", deny_unknown_fields)]
pub enum WeighingInput {
    /// A passage over a scale: its figures are the store's, not the caller's.
    Passage(PassageInput),
    /// Typed by hand (人工录入): off by default, and marked for ever.
    Hand(HandInput),
}
payload! {
    /// A passage.
    PassageInput {
        /// Its id.
        passage_id: String,
    }
}
payload! {
    /// Figures typed by hand.
    HandInput {
        /// Gross as the scale showed it.
        gross_kg: Kilograms,
        /// Axles front to rear, where weighed.
        #[serde(default)]
        axle_loads_kg: Vec<Kilograms>,
        /// Which scale.
        scale: String,
        /// Number of its certificate.
        certificate: String,
        /// Why by hand.
        reason: String,
    }
}
payload! {
    /// A weighing that doesn't count. It stays on record.
    VoidWeighing {
        /// Its number, from 1.
        weighing: u32,
        /// Why.
        reason: String,
    }
}
payload! {
    /// The party asks.
    PartyRequest {
        /// For what.
        kind: RequestKind,
        /// Who asks.
        party: String,
        /// In the party's words.
        #[serde(default)]
        note: Option<String>,
    }
}
payload! {
    /// The answer.
    RequestAnswer {
        /// Number of the request, from 1.
        request: u32,
        /// Whether it is granted.
        granted: bool,
        /// Why, or what follows.
        reason: String,
    }
}
payload! {
    /// A plate typed by hand. What the camera read stays as it was.
    Identify {
        /// Why.
        reason: IdentifyReason,
        /// The plate; `None` where there is none.
        #[serde(default)]
        plate: Option<String>,
        /// The trailer's.
        #[serde(default)]
        trailer_plate: Option<String>,
        /// What shows it: vehicle identification number, papers.
        #[serde(default)]
        note: Option<String>,
    }
}
payload! {
    #[derive(Default)]
    /// What is known of vehicle and goods; what is left out stays as it was said before.
    Describe {
        /// Axles on the road, 2 to 20.
        #[serde(default)]
        axles: Option<u8>,
        /// Driven axles.
        #[serde(default)]
        driven_axles: Option<u8>,
        /// Goods.
        #[serde(default)]
        goods: Option<String>,
        /// Whether the load can be divided (可解体).
        #[serde(default)]
        divisible: Option<bool>,
        /// Driver's name.
        #[serde(default)]
        driver: Option<String>,
        /// Key of the driver in the register.
        #[serde(default)]
        driver_id: Option<String>,
        /// Carrier's name.
        #[serde(default)]
        carrier: Option<String>,
        /// Key of the carrier in the register.
        #[serde(default)]
        carrier_id: Option<String>,
        /// Whether a loading sheet was shown.
        #[serde(default)]
        loading_sheet: Option<LoadingSheetState>,
        /// Its number.
        #[serde(default)]
        loading_sheet_number: Option<String>,
        /// Loading source's name.
        #[serde(default)]
        source: Option<String>,
        /// Key of the source in the register.
        #[serde(default)]
        source_id: Option<String>,
    }
}
payload! {
    /// The weighing and unloading sheet.
    Sheet {
        /// Its number.
        number: String,
        /// User names of the two officers who sign.
        officers: [String; 2],
        /// SHA-256 of the printed or scanned sheet.
        #[serde(default)]
        sha256: Option<String>,
    }
}
payload! {
    /// Unloading begins.
    BeginUnloading {
        /// Number of the notice to unload.
        notice: String,
        /// Where.
        place: String,
        /// Who watches over it.
        supervised_by: String,
    }
}
payload! {
    /// Goods go onto other vehicles.
    Transfer {
        /// Onto which, and how much.
        vehicles: Vec<TransferVehicle>,
        /// Who watches over it.
        supervised_by: String,
        /// What else.
        #[serde(default)]
        note: Option<String>,
    }
}
payload! {
    /// One vehicle that takes goods over.
    TransferVehicle {
        /// Its plate.
        plate: String,
        /// What it took, as stated.
        goods_kg: Kilograms,
    }
}
payload! {
    /// A permit is shown.
    PermitShown {
        /// Its number.
        number: String,
        /// SHA-256 of a picture or scan of it.
        #[serde(default)]
        sha256: Option<String>,
    }
}
payload! {
    /// The vehicle is held.
    HoldVehicle {
        /// Number of the decision, or of the police's receipt.
        number: String,
        /// Whose measure.
        authority: Authority,
        /// Why.
        reason: String,
        /// Article.
        basis: String,
        /// User names of the two officers.
        officers: [String; 2],
        /// Who approved it.
        approved_by: String,
    }
}
payload! {
    /// The hold is extended.
    ExtendHold {
        /// Number of the notice.
        number: String,
        /// Who approved it.
        approved_by: String,
        /// Why.
        reason: String,
    }
}
payload! {
    /// The hold ends.
    LiftHold {
        /// Number of the decision.
        number: String,
        /// Why.
        reason: String,
    }
}
payload! {
    /// Where the vehicle stands in the yard.
    Place {
        /// Place.
        place: String,
        /// Who keeps it.
        keeper: String,
        /// What else.
        #[serde(default)]
        note: Option<String>,
    }
}
payload! {
    /// Goods come into the yard.
    GoodsStored {
        /// What.
        goods: String,
        /// How much, as weighed or stated.
        goods_kg: Kilograms,
        /// Where.
        place: String,
        /// Who keeps them.
        keeper: String,
        /// Number of the receipt; each once.
        receipt: String,
    }
}
payload! {
    /// Goods leave the yard.
    GoodsCollected {
        /// Number of the receipt they came in with.
        receipt: String,
        /// How much.
        goods_kg: Kilograms,
        /// Who collects them.
        collected_by: String,
        /// Onto which vehicle.
        #[serde(default)]
        onto_plate: Option<String>,
    }
}
payload! {
    /// Release.
    Release {
        /// Number of the slip.
        slip: String,
        /// What else.
        #[serde(default)]
        note: Option<String>,
    }
}
payload! {
    /// Let through.
    LetThrough {
        /// Why.
        reason: LetThroughReason,
        /// The paper it rests on, with its number.
        paper: String,
        /// Who allowed it.
        allowed_by: String,
        /// What else; needed with `other`.
        #[serde(default)]
        note: Option<String>,
    }
}
payload! {
    /// A finding of its own.
    FindingEntry {
        /// When it happened.
        happened_at: Micros,
        /// What happened.
        what: String,
        /// What was done about it.
        done: String,
        /// SHA-256 of its pictures.
        #[serde(default)]
        pictures: Vec<String>,
        /// Why there are no pictures.
        #[serde(default)]
        no_pictures: Option<String>,
    }
}
payload! {
    /// A reason.
    Reason {
        /// Why.
        reason: String,
    }
}
payload! {
    /// To the resident police.
    HandToPolice {
        /// Number of the sheet that goes along.
        sheet: String,
        /// Police officer or unit that took it.
        to: String,
        /// What else.
        #[serde(default)]
        note: Option<String>,
    }
}
payload! {
    /// The police are called.
    CallPolice {
        /// Number of the letter.
        letter: String,
        /// Unit.
        to: String,
        /// What they said, and when they come.
        #[serde(default)]
        note: Option<String>,
    }
}
payload! {
    /// The police take the vehicle.
    VehicleToPolice {
        /// Number of the police's receipt.
        receipt: String,
        /// Unit.
        to: String,
    }
}
payload! {
    /// What the police made of it.
    PoliceResult {
        /// Number of the decision; `None` when they decline.
        #[serde(default)]
        decision: Option<String>,
        /// Fine, yuan.
        #[serde(default)]
        fine_yuan: Option<Yuan>,
        /// Points.
        #[serde(default)]
        points: Option<u8>,
        /// What else; where they decline, why.
        #[serde(default)]
        note: Option<String>,
    }
}
payload! {
    /// The case.
    LinkCase {
        /// Its key.
        case_id: String,
    }
}
payload! {
    /// A signature.
    Sign {
        /// Number of the paper signed.
        paper: String,
        /// Who signs or refuses.
        signer: String,
        /// How.
        signature: Signature,
    }
}

/// How a paper is signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "how", rename_all = "snake_case", deny_unknown_fields)]
pub enum Signature {
    /// On a pad.
    Pad(PadSignature),
    /// On paper, scanned.
    Paper(PaperSignature),
    /// Refused (拒签).
    Refused(RefusedSignature),
}
payload! {
    /// From a pad.
    PadSignature {
        /// SHA-256 of the picture.
        sha256: String,
        /// `svg` or `png`.
        format: PadFormat,
    }
}
closed_list! {
    /// What a pad makes.
    PadFormat {
        /// SVG.
        Svg = "svg", "SVG", "SVG";
        /// PNG.
        Png = "png", "PNG", "PNG";
    }
}
payload! {
    /// On paper.
    PaperSignature {
        /// SHA-256 of the scan.
        sha256: String,
    }
}
payload! {
    /// Refused.
    RefusedSignature {
        /// User names of officers who were there.
        #[serde(default)]
        officers: Vec<String>,
        /// A witness's name.
        #[serde(default)]
        witness: Option<String>,
        /// Why, in the party's words.
        #[serde(default)]
        reason: Option<String>,
    }
}
payload! {
    /// A note.
    NoteEntry {
        /// Text.
        text: String,
    }
}
payload! {
    /// A file.
    Attach {
        /// Digest.
        sha256: String,
        /// What it is.
        kind: AttachmentKind,
        /// Its name.
        name: String,
        /// Its size.
        bytes: u64,
    }
}
payload! {
    /// A correction.
    Correct {
        /// What kind of record.
        record: RecordKind,
        /// Its number, from 1.
        number: u32,
        /// What is wrong.
        was: String,
        /// What is right.
        is: String,
        /// Why.
        reason: String,
    }
}
