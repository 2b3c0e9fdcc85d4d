//! Whose track it is: the vehicle of the act, the party that the register knows, and why it is another than
//! before.

use super::super::lists::TrackKind;
use super::super::refusal::Refusal;
use super::super::track::TrackAction;
use super::file::Given;
use super::{Work, some_words, words};

impl Work<'_> {
    /// The party of a track, by the track's own table.
    pub(super) fn party_of_track(&mut self, given: &Given<'_>) -> Result<(), Refusal> {
        let kind = given.kind;
        self.has_party(kind)?;
        let row = self.track_row(kind, TrackAction::SetParty)?;
        let id = words("id", given.id)?;
        let name = self.name_of(kind, &id, some_words("name", given.name)?)?;
        let reason = some_words("reason", given.reason)?;
        if kind == TrackKind::Vehicle {
            self.vehicle_of_the_act(&id, reason.as_ref())?;
        }
        let track = self.before.tracks.get(kind);
        let before = track.counted_id().filter(|known| {
            let renamed = kind != TrackKind::Vehicle && track.party.as_ref() != Some(&name);
            *known != id || renamed
        });
        if let Some(known) = before
            && reason.is_none()
        {
            let known_name = track.party.as_deref().unwrap_or(known);
            return Err(Refusal::invalid(
                "reason",
                format!(
                    "{}已确定为{known}（{known_name}），变更为{id}（{name}）须写明理由",
                    kind.zh()
                ),
                format!(
                    "the {} is known as {known} ({known_name}): say why it is {id} ({name}) now",
                    kind.en()
                ),
            ));
        }
        let text = match (before, &reason) {
            (Some(known), Some(reason)) => format!("{id} {name}（原为{known}）：{reason}"),
            (None, Some(reason)) => format!("{id} {name}：{reason}"),
            (_, None) => format!("{id} {name}"),
        };
        self.why = self.why.take().or(reason);
        let registered = self.looked_up(kind, &id).map(|found| found.is_some());
        let stamp = self.stamp.clone();
        let track = self.case.tracks.get_mut(kind);
        track.party = Some(name);
        track.party_id = Some(id);
        track.registered = registered;
        let to = row.to.first().copied().unwrap_or(track.state);
        track.go(&stamp, TrackAction::SetParty, to, Some(text));
        Ok(())
    }

    /// What the register says of an id: `None` when nobody looked, `Some(None)` when it has none such.
    fn looked_up(&self, kind: TrackKind, id: &str) -> Option<Option<&str>> {
        let found = self.facts.party.as_ref();
        let found = found.filter(|found| found.track == kind && found.id == id);
        found.map(|found| found.name.as_deref())
    }

    /// The name that the register has for an id.
    pub(super) fn registered_name(&self, kind: TrackKind, id: &str) -> Option<&str> {
        self.looked_up(kind, id).flatten()
    }

    /// The name as given, which must be the register's where that knows the id; the register's where none is
    /// given. A vehicle is called by its plate unless its owner was named.
    fn name_of(&self, kind: TrackKind, id: &str, given: Option<String>) -> Result<String, Refusal> {
        let registered = self.registered_name(kind, id);
        match (given, registered) {
            (Some(given), Some(known)) if kind != TrackKind::Vehicle && given != known => {
                Err(Refusal::invalid(
                    "name",
                    format!(
                        "登记册中{id}为{known}，而非{given}：请核对证号与姓名（名称），或者先更正登记册"
                    ),
                    format!(
                        "the register has {id} as {known}, not {given}: look whether number and name belong \
                         together, or have the register corrected first"
                    ),
                ))
            }
            (Some(given), _) => Ok(given),
            (None, Some(known)) => Ok(known.to_owned()),
            (None, None) if kind == TrackKind::Vehicle => Ok(id.to_owned()),
            (None, None) => Err(Refusal::invalid(
                "name",
                format!("登记册中没有{id}，须填写姓名（名称）"),
                format!("the register does not know {id}: give the name"),
            )),
        }
    }

    /// The vehicle that a case is about is that of its act. That it bore another plate, a false one say, needs
    /// its reason, and is said before anybody decides: a fine on the wrong vehicle is worse than none.
    fn vehicle_of_the_act(&self, id: &str, reason: Option<&String>) -> Result<(), Refusal> {
        let case = self.before;
        let own = case.plate.as_str();
        if id == own {
            return Ok(());
        }
        let decided = case.course.decision.is_some() || case.course.police_decision().is_some();
        if decided {
            return Err(Refusal::invalid(
                "id",
                format!("本案车辆为{own}，已作出决定，不得改为{id}：决定有误的，先撤销决定"),
                format!(
                    "the case is about {own} and decided: it can't become {id}; a decision that is wrong is \
                     annulled first"
                ),
            ));
        }
        if reason.is_none() {
            return Err(Refusal::invalid(
                "reason",
                format!(
                    "本案违法车辆为{own}，不是{id}：请改回{own}；确为使用其他车辆号牌等情形的，须写明理由"
                ),
                format!(
                    "the act is that of {own}, not of {id}: give {own}, or say why it is the other, such as a \
                     plate of another vehicle"
                ),
            ));
        }
        Ok(())
    }
}
