//! Laws over random courses.

use std::collections::{BTreeSet, VecDeque};

use proptest::prelude::*;
use serde_json::Value;

use super::super::*;
use super::world::*;
use crate::casework::machine::{Machine, transition};
use crate::law::Authority;
use crate::role::Role;

/// What a random course is made of: which step, and three numbers that fill it in.
type Move = (u8, u8, u8, u8);

fn action_of(
    world: &mut World,
    inspection: &Inspection,
    step: InspectionStep,
    m: Move,
) -> InspectionAction {
    use InspectionStep as Do;
    let (_, a, b, c) = m;
    let number = u32::from(b % 3) + 1;
    let weighing = |world: &mut World| {
        let gross = [106_180, 82_220, 49_001, 49_000, 32_220, 20_000][usize::from(a % 6)];
        if b % 8 == 0 {
            return hand_weighing(gross);
        }
        let entry = world.cross(gross);
        if let Some(passage) = &mut world.passage {
            passage.not_legal = (b % 8 == 1).then(|| text("检定证书已过期"));
        }
        entry
    };
    match step {
        Do::Select => InspectionAction::Select(Select {
            station: text("140423"),
            lane: None,
            inspection_id: Some(text("insp-x")),
            by: SelectedBy::Officer,
            passage_id: None,
            plate: None,
            follows: None,
            note: None,
        }),
        Do::LeadIn => lead_in(),
        Do::Weigh => InspectionAction::Weigh(weighing(world)),
        Do::Reweigh => InspectionAction::Reweigh(weighing(world)),
        Do::VoidWeighing => InspectionAction::VoidWeighing(VoidWeighing {
            weighing: number,
            reason: text("他车"),
        }),
        Do::Request => InspectionAction::Request(PartyRequest {
            kind: RequestKind::Reweigh,
            party: text("张某"),
            note: None,
        }),
        Do::Answer => InspectionAction::Answer(RequestAnswer {
            request: inspection.open_requests().next().unwrap_or(number),
            granted: a % 2 == 0,
            reason: text("理由"),
        }),
        Do::Identify => InspectionAction::Identify(Identify {
            reason: IdentifyReason::WrongPlate,
            plate: Some(text(PLATE)),
            trailer_plate: None,
            note: None,
        }),
        Do::Describe => {
            world.limit = [None, Some(31_000), Some(49_000), Some(55_000)][usize::from(a % 4)]
                .or(world.limit);
            said_indivisible(b % 2 == 0)
        }
        Do::Sheet => sheet_numbered(u32::from(a % 4)),
        Do::BeginUnloading => begin_unloading(),
        Do::Transfer => transfer(&[i64::from(a) * 100]),
        Do::PermitShown => {
            world.permits = vec![permit(
                [40_000, 90_000, 110_000][usize::from(a % 3)],
                b % 3 != 0,
            )];
            permit_shown()
        }
        Do::HoldVehicle => hold(Authority::Transport),
        Do::PoliceHold => hold(Authority::Police),
        Do::ExtendHold => {
            world.days_later(i64::from(a % 40));
            extend()
        }
        Do::LiftHold => lift(),
        Do::Place => InspectionAction::Place(Place {
            place: text("停车区"),
            keeper: text("保管员"),
            note: None,
        }),
        Do::GoodsStored => stored(&format!("保{}", a % 4), i64::from(b) * 100),
        Do::GoodsCollected => collected(
            &format!("保{}", a % 4),
            i64::from(b) * 50,
            (c % 2 == 0).then_some(PLATE),
        ),
        Do::Release => release(),
        Do::LetThrough => {
            let reasons = LetThroughReason::ALL;
            let mut through = let_through(reasons[usize::from(a) % reasons.len()]);
            if let InspectionAction::LetThrough(entry) = &mut through
                && c % 3 == 0
            {
                entry.paper = text(" ");
            }
            through
        }
        Do::Refuse => InspectionAction::Refuse(finding()),
        Do::ForceThrough => InspectionAction::ForceThrough(finding()),
        Do::Evade => InspectionAction::Evade(finding()),
        Do::Abandon => InspectionAction::Abandon(Reason {
            reason: text("未进站"),
        }),
        Do::HandToPolice => hand_to_police(),
        Do::CallPolice => call_police(),
        Do::VehicleToPolice => InspectionAction::VehicleToPolice(VehicleToPolice {
            receipt: text("凭证9"),
            to: text("交警大队"),
        }),
        Do::PoliceResult => InspectionAction::PoliceResult(PoliceResult {
            decision: (a % 2 == 0).then(|| text("公交决1号")),
            fine_yuan: None,
            points: None,
            note: Some(text("说明")),
        }),
        Do::LinkCase => InspectionAction::LinkCase(LinkCase {
            case_id: text("case-p1"),
        }),
        Do::Sign => InspectionAction::Sign(Sign {
            paper: text("称卸1号"),
            signer: text("张某"),
            signature: Signature::Paper(PaperSignature {
                sha256: text(DIGEST),
            }),
        }),
        Do::Note => InspectionAction::Note(NoteEntry {
            text: text("备注")
        }),
        Do::Attach => InspectionAction::Attach(Attach {
            sha256: text(DIGEST),
            kind: AttachmentKind::BodyCamera,
            name: text("记录仪"),
            bytes: 7,
        }),
        Do::Correct => InspectionAction::Correct(Correct {
            record: RecordKind::ALL[usize::from(a) % RecordKind::ALL.len()],
            number,
            was: text("甲"),
            is: text("乙"),
            reason: text("笔误"),
        }),
    }
}

/// What courses went through.
#[derive(Default)]
struct Covered {
    /// Records are not compared: that is slow, and random courses with fewer steps do it.
    is_states_alone: bool,
    /// Row, and the states before and after.
    made: BTreeSet<(usize, InspectionState, InspectionState)>,
    /// Steps that a condition refused, by state.
    refused: BTreeSet<(InspectionStep, InspectionState)>,
}

/// What a test keeps of a course by itself, to hold the machine against.
#[derive(Default)]
struct Ledger {
    /// Gross, legal, void; in order.
    weighings: Vec<(i64, bool, bool)>,
    held: bool,
    indivisible: Option<bool>,
    permit_shown: bool,
}

impl Ledger {
    fn enter(&mut self, action: &InspectionAction, world: &World) {
        match action {
            InspectionAction::Weigh(entry) | InspectionAction::Reweigh(entry) => {
                match &entry.weighing {
                    WeighingInput::Hand(hand) => {
                        self.weighings.push((hand.gross_kg.get(), true, false));
                    }
                    WeighingInput::Passage(_) => {
                        let passage = world.passage.as_ref().unwrap();
                        self.weighings.push((
                            passage.gross_kg.get(),
                            passage.not_legal.is_none(),
                            false,
                        ));
                    }
                }
            }
            InspectionAction::VoidWeighing(void) => {
                self.weighings[usize::try_from(void.weighing).unwrap() - 1].2 = true;
            }
            InspectionAction::HoldVehicle(_) => self.held = true,
            InspectionAction::LiftHold(_) => self.held = false,
            InspectionAction::Describe(said) => {
                self.indivisible = said.divisible.map(|divisible| !divisible);
            }
            InspectionAction::PermitShown(_) => self.permit_shown = true,
            _ => {}
        }
    }

    fn spread(&self) -> Option<i64> {
        let kept: Vec<_> = self
            .weighings
            .iter()
            .filter(|(_, _, void)| !void)
            .map(|(gross, ..)| *gross)
            .collect();
        (kept.len() > 1).then(|| kept.iter().max().unwrap() - kept.iter().min().unwrap())
    }

    /// Whether the vehicle may be released, told without the machine.
    fn may_leave(&self, world: &World) -> bool {
        let last = self
            .weighings
            .iter()
            .rev()
            .find(|(_, legal, void)| *legal && !void);
        let Some((gross, ..)) = last else {
            return false;
        };
        let permitted = self.permit_shown
            && self.indivisible == Some(true)
            && world.permits.iter().any(|permit| {
                permit.valid
                    && permit
                        .gross_kg
                        .is_some_and(|allowed| *gross <= allowed.get())
            });
        !self.held && (permitted || world.limit.is_some_and(|limit| *gross <= limit))
    }
}

/// All records of `before` are in `after`, unchanged and at the same place; what is not a list may
/// change only where the vehicle stands.
fn nothing_is_overwritten(before: &Inspection, after: &Inspection) {
    let (before, after) = (
        serde_json::to_value(before).unwrap(),
        serde_json::to_value(after).unwrap(),
    );
    for (name, earlier) in before.as_object().unwrap() {
        let later = after.get(name).unwrap();
        match (earlier, later) {
            (Value::Array(earlier), Value::Array(later)) => {
                assert!(later.starts_with(earlier), "{name}");
            }
            (Value::Null, _) if name == "ending" => {}
            _ if name == "state" || name == "course" => {}
            _ => assert_eq!(earlier, later, "{name}"),
        }
    }
}

fn take(
    world: &mut World,
    ledger: &mut Ledger,
    inspection: Inspection,
    chosen: Move,
    covered: &mut Covered,
) -> Inspection {
    let steps = InspectionStep::ALL;
    let step = steps[usize::from(chosen.0) % steps.len()];
    let role = match chosen.3 % 16 {
        0 => Role::Operator,
        1 => Role::PoliceOfficer,
        2 => Role::MobileOfficer,
        3 => Role::Auditor,
        _ => Role::Supervisor,
    };
    let role = match step {
        InspectionStep::PoliceResult | InspectionStep::PoliceHold if chosen.3.is_multiple_of(2) => {
            Role::PoliceOfficer
        }
        _ => role,
    };
    let action = action_of(world, &inspection, step, chosen);
    let result = world.attempt(&inspection, &action, role);
    let Ok(after) = result else {
        let refusal = result.unwrap_err();
        assert!(!refusal.to_string().is_empty() && !refusal.zh().is_empty());
        if !matches!(
            refusal,
            Refusal::NotHere { .. } | Refusal::NotPermitted { .. }
        ) {
            covered.refused.insert((action.step(), inspection.state));
        }
        return inspection;
    };
    let row = InspectionMachine::TRANSITIONS
        .iter()
        .position(|row| row.action == action.step() && row.from.contains(&inspection.state))
        .unwrap();
    let found = &InspectionMachine::TRANSITIONS[row];
    assert!(found.permits(role));
    assert!(
        after.state == inspection.state || found.to.contains(&after.state),
        "{step:?}: {:?} to {:?}",
        inspection.state,
        after.state
    );
    covered.made.insert((row, inspection.state, after.state));
    ledger.enter(&action, world);
    holds(&after, ledger, world);
    if !covered.is_states_alone {
        nothing_is_overwritten(&inspection, &after);
        let body = serde_json::to_value(&after).unwrap();
        crate::evidence::canonical::to_text(&body).unwrap();
    }
    after
}

/// What holds of every inspection.
fn holds(inspection: &Inspection, ledger: &Ledger, world: &World) {
    let kept: Vec<_> = inspection
        .weighings
        .iter()
        .map(|record| (record.what.gross_kg.get(), record.what.not_legal.is_none()))
        .collect();
    let entered: Vec<_> = ledger
        .weighings
        .iter()
        .map(|(gross, legal, _)| (*gross, *legal))
        .collect();
    assert_eq!(kept, entered);
    assert!(
        inspection
            .weighings
            .is_sorted_by_key(|record| record.what.weighed_at)
    );
    assert_eq!(
        inspection.spread_kg().map(|spread| spread.get()),
        ledger.spread()
    );
    assert_eq!(
        inspection.state == InspectionState::Held,
        ledger.held && inspection.ending.is_none()
    );
    assert_eq!(inspection.state.is_final(), inspection.ending.is_some());
    assert!(inspection.state == inspection.course || inspection.state == InspectionState::Held);
    for goods in inspection.goods_here() {
        assert!((0..=goods.stored_kg.get()).contains(&goods.left_kg.get()));
    }
    let just_made = inspection.history.last().map(|entry| entry.step);
    match just_made {
        Some(InspectionStep::Release) => assert!(ledger.may_leave(world)),
        Some(InspectionStep::LetThrough) => {
            let Some(Ending::LetThrough(through)) =
                inspection.ending.as_ref().map(|ending| &ending.what)
            else {
                panic!("let through without an ending of its kind");
            };
            assert!(!through.paper.trim().is_empty() && !ledger.held);
            assert!(
                through.reason != LetThroughReason::GreenChannel || !ledger.weighings.is_empty()
            );
        }
        _ => {}
    }
}

/// From wherever the vehicle stands, the lawful way out.
fn bring_to_release(world: &mut World, mut inspection: Inspection) -> Inspection {
    if inspection.state.is_final() {
        return inspection;
    }
    world.permits.clear();
    world.limit = Some(49_000);
    if inspection.state == InspectionState::Held {
        inspection = world.step(&inspection, lift());
    }
    if matches!(
        inspection.state,
        InspectionState::Selected | InspectionState::Refused
    ) {
        inspection = world.step(&inspection, lead_in());
    }
    if inspection.state == InspectionState::LedIn {
        inspection = world.weigh(&inspection, 106_180);
    }
    inspection = world.reweigh(&inspection, 32_220);
    assert_eq!(inspection.state, InspectionState::Cleared);
    inspection = world.step(&inspection, sheet());
    let open: Vec<_> = inspection.open_requests().collect();
    for number in open {
        let answer = RequestAnswer {
            request: number,
            granted: true,
            reason: text("已复称"),
        };
        inspection = world.step(&inspection, InspectionAction::Answer(answer));
    }
    let police = if world.settings.resident_police {
        hand_to_police()
    } else {
        call_police()
    };
    inspection = world.step(&inspection, police);
    world.step(&inspection, release())
}

fn course(moves: &[Move], settings: u8, covered: &mut Covered) {
    let mut world = World::new();
    world.settings.resident_police = settings & 1 != 0;
    world.settings.hand_entry_allowed = settings & 2 != 0;
    world.settings.reweigh_needed = settings & 4 == 0;
    world.settings.handover_needed = settings & 8 == 0;
    if settings & 16 != 0 {
        world.limit = None;
    }
    let mut ledger = Ledger::default();
    let mut inspection = world.opened();
    for chosen in moves {
        inspection = take(&mut world, &mut ledger, inspection, *chosen, covered);
    }
    let ended = bring_to_release(&mut world, inspection);
    assert!(ended.state.is_final());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn no_course_lets_an_overload_go_or_loses_a_record(
        moves in prop::collection::vec(any::<Move>(), 0..60),
        settings in any::<u8>(),
    ) {
        course(&moves, settings, &mut Covered::default());
    }
}

/// In the table so that what stands against it can be told there; always refused there.
const BARRED: [(InspectionStep, InspectionState); 6] = [
    (InspectionStep::Release, InspectionState::Weighed),
    (InspectionStep::Release, InspectionState::Over),
    (InspectionStep::Release, InspectionState::Unloading),
    (InspectionStep::Release, InspectionState::ReweighedOver),
    (InspectionStep::Release, InspectionState::Held),
    (InspectionStep::LetThrough, InspectionState::Held),
];

/// Every row is walked, from each of its states, and to each of the states it names.
#[test]
fn every_row_of_the_table_is_exercised_from_and_to_each_of_its_states() {
    let mut covered = Covered {
        is_states_alone: true,
        ..Covered::default()
    };
    let mut seed: u64 = 20_240_603;
    let mut draw = || {
        seed = seed
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        u8::try_from(seed >> 56).unwrap()
    };
    // Ends come early in a course drawn evenly; they are drawn less often here.
    let ends = [
        InspectionStep::Release,
        InspectionStep::LetThrough,
        InspectionStep::ForceThrough,
        InspectionStep::Evade,
        InspectionStep::Abandon,
        InspectionStep::VehicleToPolice,
    ];
    for settings in (0..=255).cycle().take(1_500) {
        let mut moves = Vec::new();
        while moves.len() < 90 {
            let chosen = (draw(), draw(), draw(), draw());
            let steps = InspectionStep::ALL;
            let step = steps[usize::from(chosen.0) % steps.len()];
            if !ends.contains(&step) || draw() < 60 {
                moves.push(chosen);
            }
        }
        course(&moves, settings, &mut covered);
    }
    let mut missing = Vec::new();
    for (index, row) in InspectionMachine::TRANSITIONS.iter().enumerate() {
        let walked = |fits: &dyn Fn(InspectionState, InspectionState) -> bool| {
            covered
                .made
                .iter()
                .any(|(made, from, to)| *made == index && fits(*from, *to))
        };
        for from in row.from {
            let barred = BARRED.contains(&(row.action, *from));
            if walked(&|at, _| at == *from) == barred {
                missing.push(format!("{} from {}", row.action.name(), from.name()));
            }
            assert!(!barred || covered.refused.contains(&(row.action, *from)));
        }
        for to in row.to.iter().filter(|_| !row.from.is_empty()) {
            if !walked(&|_, at| at == *to) {
                missing.push(format!("{} to {}", row.action.name(), to.name()));
            }
        }
    }
    assert!(missing.is_empty(), "not as the table says: {missing:#?}");
}

#[test]
fn every_state_reaches_an_end_without_fleeing_and_every_condition_and_step_is_in_the_table() {
    let fleeing = [InspectionStep::Evade, InspectionStep::ForceThrough];
    for start in InspectionState::ALL {
        let mut seen = BTreeSet::from([*start]);
        let mut next = VecDeque::from([*start]);
        while let Some(state) = next.pop_front() {
            for row in InspectionMachine::TRANSITIONS {
                if row.from.contains(&state) && !fleeing.contains(&row.action) {
                    next.extend(row.to.iter().filter(|to| seen.insert(**to)));
                }
            }
        }
        assert!(seen.iter().any(|state| state.is_final()), "{start:?}");
        assert!(
            !start.is_final() || seen.len() == 1,
            "{start:?} is an end and leads on"
        );
    }
    let rows = InspectionMachine::TRANSITIONS;
    for step in InspectionStep::ALL {
        assert!(rows.iter().any(|row| row.action == *step), "{step:?}");
    }
    for condition in InspectionCondition::ALL {
        assert!(
            rows.iter().any(|row| row.conditions.contains(condition)),
            "{condition:?}"
        );
    }
    // One row for each step in each state: the first is the only one.
    for step in InspectionStep::ALL {
        for state in InspectionState::ALL {
            let fitting = rows
                .iter()
                .filter(|row| row.action == *step && row.from.contains(state))
                .count();
            assert!(fitting <= 1, "{step:?} in {state:?}");
            assert_eq!(
                fitting == 1,
                transition::<InspectionMachine>(*state, *step).is_some()
            );
        }
    }
}
