//! Steps that build the file: officers, parties, papers, files, the filing and the investigation.

use super::super::action::CaseAction;
use super::super::lists::{Procedure, RecordKind, SourceFinding, TrackKind};
use super::super::numbering::NumberSeries;
use super::super::records::{
    Assignment, Attachment, CaseNote, CaseOfficer, Correction, Respondent, RespondentRecord,
    SourceTrace, Withdrawal,
};
use super::super::refusal::Refusal;
use super::super::track::drop_all;
use super::{ActChange, Work, is_sha256, some_words, words};
use crate::casework::case_file::DiscardReason;
use crate::casework::case_state::CaseState;
use crate::casework::document::{Document, DocumentKind};
use crate::law::Authority;

type Done = Option<Result<(), Refusal>>;

/// A party as somebody gives it.
pub(super) struct Given<'a> {
    pub kind: TrackKind,
    pub id: &'a str,
    pub name: Option<&'a String>,
    pub reason: Option<&'a String>,
}

impl Work<'_> {
    pub(super) fn of_the_file(&mut self, action: &CaseAction) -> Done {
        Some(match action {
            CaseAction::RefuseFiling { reason, note } => self.refuse_filing(*reason, note.as_ref()),
            CaseAction::AssignOfficers { officers } => self.assign(officers),
            CaseAction::NameRespondent { respondent } => self.respondent(respondent),
            CaseAction::SetParty {
                track,
                id,
                name,
                trailer_plate,
                reason,
            } => {
                let given = Given {
                    kind: *track,
                    id,
                    name: name.as_ref(),
                    reason: reason.as_ref(),
                };
                self.set_party(&given, trailer_plate.as_ref())
            }
            CaseAction::TraceSource { .. } => self.trace(action),
            CaseAction::Note { text } => words("text", text).map(|text| {
                let stamp = self.stamp.clone();
                self.case.course.notes.push(CaseNote { stamp, text });
            }),
            CaseAction::Attach { .. } => self.attach(action),
            CaseAction::AddDocument { document } => self.add_document(document),
            CaseAction::Correct {
                record,
                index,
                text,
            } => self.correct(*record, *index, text),
            CaseAction::File { procedure, reason } => self.file(*procedure, reason),
            CaseAction::SwitchToOrdinary { reason } => words("reason", reason).map(|reason| {
                self.why = Some(reason);
                self.case.procedure = Some(Procedure::Ordinary);
            }),
            CaseAction::EndInvestigation { report, complex } => {
                self.end_investigation(report, complex.as_ref())
            }
            _ => return None,
        })
    }

    fn refuse_filing(
        &mut self,
        reason: DiscardReason,
        note: Option<&String>,
    ) -> Result<(), Refusal> {
        let note = some_words("note", note)?;
        if reason == DiscardReason::Other && note.is_none() {
            return Err(Refusal::invalid(
                "note",
                "原因为“其他”时须填写说明",
                "the reason is other: say which",
            ));
        }
        let text = match note {
            Some(note) => format!("{}: {note}", reason.name()),
            None => reason.name().to_owned(),
        };
        self.why = Some(text.clone());
        self.case.course.withdrawal = Some(Withdrawal {
            stamp: self.stamp.clone(),
            reason: text,
        });
        drop_all(&mut self.case.tracks, &self.stamp.by, self.stamp.at);
        self.release();
        self.go(CaseState::Discarded);
        Ok(())
    }

    fn assign(&mut self, users: &[String]) -> Result<(), Refusal> {
        let mut officers: Vec<CaseOfficer> = Vec::with_capacity(users.len());
        for user in users {
            let user = words("officers", user)?;
            if officers.iter().any(|officer| officer.user == user) {
                return Err(Refusal::invalid(
                    "officers",
                    format!("{user}重复"),
                    format!("{user} is named twice: two different officers are needed"),
                ));
            }
            let today = self.today;
            let licence = self.facts.officers.get(&user);
            let licence = licence
                .filter(|licence| licence.covers(today))
                .ok_or_else(|| {
                    Refusal::invalid(
                        "officers",
                        format!("{user}没有{today}有效的执法证"),
                        format!("{user} has no licence that holds on {today}"),
                    )
                })?;
            officers.push(CaseOfficer {
                licence: licence.number.clone(),
                user,
            });
        }
        if officers.len() < 2 {
            return Err(Refusal::invalid(
                "officers",
                "承办人不得少于两名",
                "two officers are needed at least",
            ));
        }
        self.case.course.assignments.push(Assignment {
            stamp: self.stamp.clone(),
            officers: officers.clone(),
        });
        self.case.officers = officers;
        Ok(())
    }

    fn respondent(&mut self, given: &Respondent) -> Result<(), Refusal> {
        let respondent = Respondent {
            kind: given.kind,
            id: words("respondent.id", &given.id)?,
            name: words("respondent.name", &given.name)?,
        };
        self.case.course.respondents.push(RespondentRecord {
            stamp: self.stamp.clone(),
            respondent: respondent.clone(),
        });
        self.case.respondent = Some(respondent);
        Ok(())
    }

    fn set_party(&mut self, given: &Given<'_>, trailer: Option<&String>) -> Result<(), Refusal> {
        if let Some(trailer) = some_words("trailer_plate", trailer)? {
            if given.kind != TrackKind::Vehicle {
                return Err(Refusal::invalid(
                    "trailer_plate",
                    "仅用于车辆",
                    "it belongs to the vehicle",
                ));
            }
            self.case.trailer_plate = Some(trailer);
        }
        self.party_of_track(given)
    }

    fn trace(&mut self, action: &CaseAction) -> Result<(), Refusal> {
        let CaseAction::TraceSource {
            finding,
            sheet_number,
            source_id,
            source_name,
            text,
        } = action
        else {
            return Ok(());
        };
        let sheet_number = some_words("sheet_number", sheet_number.as_ref())?;
        let source_id = some_words("source_id", source_id.as_ref())?;
        match (finding, &sheet_number) {
            (SourceFinding::SheetShown | SourceFinding::SheetFalse, None) => {
                return Err(Refusal::invalid(
                    "sheet_number",
                    "须填写货物装载单编号",
                    "give the number of the loading sheet",
                ));
            }
            (SourceFinding::SheetShown | SourceFinding::SheetFalse, Some(number)) => {
                self.paper(DocumentKind::LoadingSheet, Some(number.clone()));
            }
            _ => self.no_paper(DocumentKind::LoadingSheet),
        }
        let text = words("text", text)?;
        self.case.course.source_traces.push(SourceTrace {
            stamp: self.stamp.clone(),
            finding: *finding,
            sheet_number,
            source_id: source_id.clone(),
            text: text.clone(),
        });
        let Some(id) = source_id else {
            return Ok(());
        };
        let known = &self.before.tracks.loading_source;
        let same = known.counted_id() == Some(id.as_str());
        let registered = self.registered_name(TrackKind::LoadingSource, &id);
        // A source that nobody named goes by its id.
        let name = some_words("source_name", source_name.as_ref())?
            .or_else(|| known.party.clone().filter(|_| same))
            .or_else(|| registered.is_none().then(|| id.clone()));
        self.party_of_track(&Given {
            kind: TrackKind::LoadingSource,
            id: &id,
            name: name.as_ref(),
            // How it was found out is why it is another now.
            reason: Some(&text),
        })
    }

    fn attach(&mut self, action: &CaseAction) -> Result<(), Refusal> {
        let CaseAction::Attach {
            sha256,
            kind,
            name,
            bytes,
        } = action
        else {
            return Ok(());
        };
        if !is_sha256(sha256) {
            return Err(Refusal::invalid(
                "sha256",
                "应为64位小写十六进制",
                "64 lower-case hexadecimal digits are needed",
            ));
        }
        self.case.course.attachments.push(Attachment {
            stamp: self.stamp.clone(),
            sha256: sha256.clone(),
            kind: *kind,
            name: words("name", name)?,
            bytes: *bytes,
        });
        Ok(())
    }

    fn add_document(&mut self, document: &Document) -> Result<(), Refusal> {
        let bad = |digest: &String| !is_sha256(digest);
        if document.sha256.as_ref().is_some_and(bad) {
            return Err(Refusal::invalid(
                "document.sha256",
                "应为64位小写十六进制",
                "64 lower-case hexadecimal digits are needed",
            ));
        }
        if document.at > self.stamp.at {
            return Err(Refusal::invalid(
                "document.at",
                "不能晚于现在",
                "can't be later than now",
            ));
        }
        self.case.course.documents.push(document.clone());
        Ok(())
    }

    fn correct(&mut self, record: RecordKind, index: u32, text: &str) -> Result<(), Refusal> {
        let course = &self.case.course;
        let found = match record {
            RecordKind::Note => course.notes.len(),
            RecordKind::Attachment => course.attachments.len(),
            RecordKind::Document => course.documents.len(),
            RecordKind::Defence => course.defences.len(),
            RecordKind::Service => course.services.len(),
            RecordKind::Payment => course.payments.len(),
            RecordKind::Notice => course.notices.len(),
        };
        if usize::try_from(index).is_ok_and(|index| index >= found) {
            return Err(Refusal::invalid(
                "index",
                format!("没有第{index}条，共{found}条"),
                format!("there is no {index}, there are {found}"),
            ));
        }
        self.case.course.corrections.push(Correction {
            stamp: self.stamp.clone(),
            record,
            index,
            text: words("text", text)?,
        });
        Ok(())
    }

    fn file(&mut self, procedure: Procedure, reason: &str) -> Result<(), Refusal> {
        self.why = Some(words("reason", reason)?);
        let number = self.number(NumberSeries::Case)?;
        self.paper(DocumentKind::FilingForm, Some(number.text.clone()));
        self.case.number = Some(number);
        self.case.procedure = Some(procedure);
        self.case.authority = Some(Authority::Transport);
        self.case.course.filed_at = Some(self.stamp.at);
        self.act = Some(ActChange::Claim {
            authority: Authority::Transport,
        });
        self.go(CaseState::Filed);
        Ok(())
    }

    fn end_investigation(&mut self, report: &str, complex: Option<&String>) -> Result<(), Refusal> {
        let text = words("report", report)?;
        // Once found complex it stays so: a later report adds, it does not take back.
        let complex = some_words("complex", complex)?;
        if self.case.course.complex.is_none() {
            self.case.course.complex = complex;
        }
        let stamp = self.stamp.clone();
        self.case
            .course
            .investigations
            .push(CaseNote { stamp, text });
        self.go(CaseState::Investigated);
        Ok(())
    }
}
