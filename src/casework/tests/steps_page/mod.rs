//! `docs/case-steps.md`: every body that cases and stays are worked on with. What is required, which steps
//! there are and what the closed lists hold comes from the types themselves; the words stand beside this file.
//! A test fails when the page is stale, an example can't be read, or a step has none.

mod cases;
mod fields;
mod stays;

use std::collections::BTreeMap;
use std::fmt::Write;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use crate::casework::case_file::DiscardReason;
use crate::casework::document::{AttachmentKind, DocumentKind};
use crate::casework::inspection as stay;
use crate::casework::inspection::{InspectionAction, InspectionStep, Select};
use crate::casework::procedure as case;
use crate::casework::procedure::{ActionKind, CaseAction, OpenedByHand, TrackStep};
use crate::casework::tests::page;
use crate::law::{Authority, Circumstance, EnforcementMode, OffenceKind};
use fields::meaning;

/// The page of `docs/`.
const PAGE: &str = "case-steps.md";
const BEGIN: &str = "<!-- generated from here on -->\n";
const END: &str = "<!-- end of what is generated -->\n";

/// Members that a client sends and that are no part of the action.
const OPENING_MEMBERS: [&str; 4] = ["passages", "same_act_as", "separate_act", "plate_differs"];

/// A step's line and its bodies; together the bodies have every member that can't be left out.
struct Entry {
    zh: &'static str,
    en: &'static str,
    examples: &'static [&'static str],
}

/// A closed list of the page.
struct List {
    /// Anchor.
    key: &'static str,
    title: &'static str,
    rows: Vec<[&'static str; 3]>,
}

fn lists() -> Vec<List> {
    macro_rules! list {
        ($key:literal, $title:literal, $list:ty) => {
            List {
                key: $key,
                title: $title,
                rows: <$list>::ALL
                    .iter()
                    .map(|one| [one.name(), one.zh(), one.en()])
                    .collect(),
            }
        };
    }
    let circumstances = Circumstance::ALL.iter().map(|one| {
        let en = match one {
            Circumstance::FirstTime => "the first time",
            Circumstance::Minor => "the act is minor",
            Circumstance::PromptlyCorrected => "promptly corrected",
            Circumstance::NoHarm => "no harm came of it",
            Circumstance::SlightHarm => "slight harm",
            Circumstance::CameForward => "the party came forward by itself",
        };
        [one.name(), one.zh(), en]
    });
    vec![
        list!("origin", "案件来源 origin of a case", case::Origin),
        list!("mode", "执法方式 how the vehicle was met", EnforcementMode),
        list!("offence", "违法行为 offences", OffenceKind),
        list!(
            "discard-reason",
            "不予处理原因 reasons to discard",
            DiscardReason
        ),
        list!("procedure", "处罚程序 procedure", case::Procedure),
        list!("party-kind", "当事人类别 kinds of party", case::PartyKind),
        list!("track", "一超四罚责任主体 tracks", case::TrackKind),
        list!(
            "not-applicable",
            "不适用原因 why a track does not apply",
            case::NotApplicableReason
        ),
        list!(
            "source-finding",
            "源头倒查结果 what tracing found",
            case::SourceFinding
        ),
        list!("outcome", "处理结果 outcomes", case::Outcome),
        List {
            key: "circumstance",
            title: "情节 circumstances",
            rows: circumstances.collect(),
        },
        list!(
            "served-paper",
            "送达的文书 papers that are served",
            case::ServedPaper
        ),
        list!("service-way", "送达方式 ways of service", case::ServiceWay),
        list!(
            "payment-source",
            "缴款来源 where a payment is known from",
            case::PaymentSource
        ),
        list!(
            "spot-ground",
            "当场收缴情形 grounds to collect on the spot",
            case::SpotGround
        ),
        list!("remedy-kind", "救济 remedies", case::RemedyKind),
        list!(
            "remedy-outcome",
            "救济结果 how a remedy ended",
            case::RemedyOutcome
        ),
        list!("annulled-by", "撤销主体 who annulled", case::AnnulledBy),
        list!("transfer-to", "移送对象 to whom", case::TransferTo),
        list!(
            "case-record",
            "可更正的案件记录 records of a case",
            case::RecordKind
        ),
        list!(
            "attachment-kind",
            "附件种类 kinds of attachment",
            AttachmentKind
        ),
        list!("document-kind", "文书种类 kinds of paper", DocumentKind),
        list!(
            "selected-by",
            "筛选方式 how a vehicle is picked out",
            stay::SelectedBy
        ),
        list!(
            "identify-reason",
            "人工登记号牌原因 reasons to type a plate",
            stay::IdentifyReason
        ),
        list!(
            "request-kind",
            "当事人要求 what a party asks for",
            stay::RequestKind
        ),
        list!(
            "loading-sheet",
            "货物装载单 loading sheet",
            stay::LoadingSheetState
        ),
        list!("authority", "采取措施的机关 whose measure", Authority),
        list!(
            "let-through",
            "予以放行原因 reasons to let through",
            stay::LetThroughReason
        ),
        list!(
            "stay-record",
            "可更正的检测记录 records of a stay",
            stay::RecordKind
        ),
    ]
}

/// Names that a tagged type knows, as its refusal of another lists them.
fn known_names<T: DeserializeOwned>(tag: &str) -> Vec<String> {
    let refused = serde_json::from_value::<T>(json!({ tag: "?" }))
        .err()
        .unwrap();
    let text = refused.to_string();
    let (_, names) = text.split_once("expected one of ").unwrap();
    names
        .split(", ")
        .map(|name| name.trim_matches('`').to_owned())
        .collect()
}

fn object(text: &str) -> Map<String, Value> {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

/// Where the members of a step lie in its body.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Within {
    Body,
    Change,
}

impl Within {
    fn members(self, body: &mut Map<String, Value>) -> &mut Map<String, Value> {
        match self {
            Self::Body => body,
            Self::Change => body.get_mut("change").unwrap().as_object_mut().unwrap(),
        }
    }
}

/// One kind of body.
struct Kind {
    /// As keys of meanings begin.
    key: &'static str,
    within: Within,
    /// The member that names the step.
    tag: &'static str,
    /// Members that are the server's.
    ours: &'static [&'static str],
    /// Reads a body and writes it with all its members.
    read: fn(Map<String, Value>) -> Result<Value, serde_json::Error>,
}

fn through<T: DeserializeOwned + Serialize>(
    body: Map<String, Value>,
) -> Result<Value, serde_json::Error> {
    serde_json::to_value(serde_json::from_value::<T>(Value::Object(body))?)
}

const CASE: Kind = Kind {
    key: "case",
    within: Within::Body,
    tag: "action",
    ours: &[],
    read: through::<CaseAction>,
};
const TRACK: Kind = Kind {
    key: "track",
    within: Within::Change,
    tag: "step",
    ours: &[],
    read: through::<CaseAction>,
};
const STAY: Kind = Kind {
    key: "stay",
    within: Within::Body,
    tag: "action",
    ours: &[],
    read: through::<InspectionAction>,
};
const OPENED_CASE: Kind = Kind {
    key: "open",
    within: Within::Body,
    tag: "",
    ours: &["case_id", "station", "judgement"],
    read: |mut body| {
        for member in OPENING_MEMBERS {
            body.remove(member);
        }
        body.insert("case_id".into(), json!("case-1"));
        body.insert("station".into(), json!("DEMO01"));
        // A passage brings the time along.
        body.entry("act_at")
            .or_insert(json!(1_795_744_800_000_000_i64));
        through::<OpenedByHand>(body)
    },
};
const OPENED_STAY: Kind = Kind {
    key: "stay",
    within: Within::Body,
    tag: "",
    ours: &["station"],
    read: |mut body| {
        body.insert("station".into(), json!("DEMO01"));
        through::<Select>(body)
    },
};

/// A member of a step: whether it may be left out.
type Members = BTreeMap<String, bool>;

impl Kind {
    fn name(&self, example: &str) -> String {
        let mut body = object(example);
        let name = self.within.members(&mut body).get(self.tag).cloned();
        name.and_then(|name| name.as_str().map(str::to_owned))
            .unwrap_or_default()
    }

    /// Every member that the type has, and whether a body without it can still be read. What an example leaves
    /// out may be left out.
    fn members(&self, entry: &Entry) -> Members {
        let mut members = Members::new();
        for example in entry.examples {
            let mut whole =
                (self.read)(object(example)).unwrap_or_else(|error| panic!("{error}: {example}"));
            let whole = self.within.members(whole.as_object_mut().unwrap());
            for member in whole.keys() {
                if member == self.tag || self.ours.contains(&member.as_str()) {
                    continue;
                }
                let mut without = object(example);
                let was = self.within.members(&mut without).remove(member).is_some();
                let optional = !was || (self.read)(without).is_ok();
                *members.entry(member.clone()).or_insert(true) &= optional;
            }
        }
        members
    }

    fn table(&self, text: &mut String, step: &str, entry: &Entry, lists: &[List]) {
        let members = self.members(entry);
        if members.is_empty() {
            return;
        }
        writeln!(
            text,
            "\n| 字段 field | | 说明 | meaning |\n|---|---|---|---|"
        )
        .unwrap();
        for (member, optional) in &members {
            let found = meaning(self.key, step, member)
                .unwrap_or_else(|| panic!("{}.{step}/{member} has no meaning", self.key));
            let needed = if *optional {
                "可选 optional"
            } else {
                "必填 required"
            };
            let list = if found.list.is_empty() {
                String::new()
            } else {
                self.takes_the_list(entry, member, found.list, lists);
                format!("（[清单 list](#list-{})）", found.list)
            };
            let (zh, en) = (found.zh.replace('|', "\\|"), found.en.replace('|', "\\|"));
            writeln!(text, "| `{member}` | {needed} | {zh}{list} | {en} |").unwrap();
        }
    }

    /// Fails where a member takes other values than those of the list that the page names.
    fn takes_the_list(&self, entry: &Entry, member: &str, list: &str, lists: &[List]) {
        let list = lists.iter().find(|one| one.key == list).unwrap();
        let takes = |name: &str| {
            let example = entry
                .examples
                .iter()
                .find(|example| {
                    self.within
                        .members(&mut object(example))
                        .contains_key(member)
                })
                .unwrap_or_else(|| panic!("no example has {member}"));
            let mut body = object(example);
            let members = self.within.members(&mut body);
            let value = match members.get(member) {
                Some(Value::Array(_)) => json!([name]),
                _ => json!(name),
            };
            members.insert(member.to_owned(), value);
            (self.read)(body).is_ok()
        };
        for [name, ..] in &list.rows {
            assert!(takes(name), "{member} does not take {name} of {}", list.key);
        }
        assert!(!takes("no_such_entry"), "{member} is no closed list");
    }

    fn entries(
        &self,
        text: &mut String,
        entries: &[Entry],
        words: impl Fn(&str) -> Option<(&'static str, &'static str)>,
        lists: &[List],
    ) {
        for entry in entries {
            let step = self.name(entry.examples.first().unwrap());
            let (zh, en) = words(&step).unwrap_or_else(|| panic!("{step} has no name"));
            write!(
                text,
                "\n#### `{step}` {zh} · {en}\n\n{}\n{}\n",
                entry.zh, entry.en
            )
            .unwrap();
            self.table(text, &step, entry, lists);
            for example in entry.examples {
                assert_eq!(self.name(example), step);
                let body = example.strip_suffix('}').unwrap();
                write!(text, "\n```json\n{body}, \"expected_version\": 1}}\n```\n").unwrap();
            }
        }
    }

    fn opening(&self, text: &mut String, title: &str, entry: &Entry, lists: &[List]) {
        write!(text, "\n### {title}\n\n{}\n{}\n", entry.zh, entry.en).unwrap();
        self.table(text, "select", entry, lists);
        for example in entry.examples {
            write!(text, "\n```json\n{example}\n```\n").unwrap();
        }
    }
}

fn generated() -> String {
    let lists = lists();
    let mut text = String::from("\n## 开始 opening\n");
    OPENED_CASE.opening(
        &mut text,
        "`POST cases` 人工登记案件",
        &stays::OPEN_CASE,
        &lists,
    );
    text.push_str(
        "\n另有 besides：`passages` 称重记录编号列表 passages it rests on；`same_act_as` 同一违法行为的案件编号 \
         the case of the same act；`separate_act` 不是同一行为的理由 why it is another act；`plate_differs` \
         号牌不一致的理由 why the plate differs。均可选 all optional。\n",
    );
    OPENED_STAY.opening(
        &mut text,
        "`POST inspections` 开始检测",
        &stays::OPEN_STAY,
        &lists,
    );
    text.push_str("\n## 案件步骤 `POST cases/{id}/steps`\n");
    CASE.entries(
        &mut text,
        cases::CASE_STEPS,
        |name| ActionKind::from_name(name).map(|one| (one.zh(), one.en())),
        &lists,
    );
    text.push_str("\n## 一超四罚步骤 steps of a track (`change`)\n\n发送到 sent to `POST cases/{id}/steps`。\n");
    TRACK.entries(
        &mut text,
        cases::TRACK_STEPS,
        |name| case::track::TrackAction::from_name(name).map(|one| (one.zh(), one.en())),
        &lists,
    );
    text.push_str("\n## 检测步骤 `POST inspections/{id}/steps`\n");
    STAY.entries(
        &mut text,
        stays::STAY_STEPS,
        |name| InspectionStep::from_name(name).map(|one| (one.zh(), one.en())),
        &lists,
    );
    text.push_str("\n## 清单 closed lists\n");
    for list in &lists {
        write!(
            text,
            "\n<a id=\"list-{}\"></a>\n\n### {}\n\n| 值 value | 中文 | English |\n|---|---|---|\n",
            list.key, list.title
        )
        .unwrap();
        for [name, zh, en] in &list.rows {
            writeln!(text, "| `{name}` | {zh} | {en} |").unwrap();
        }
    }
    text
}

#[test]
fn the_page_of_steps_is_not_stale() {
    page::holds(PAGE, [BEGIN, END], &generated());
}

#[test]
fn every_step_has_an_example_once_and_nothing_else_does() {
    let named = |kind: &Kind, entries: &[Entry]| {
        let mut names: Vec<String> = entries
            .iter()
            .map(|entry| kind.name(entry.examples.first().unwrap()))
            .collect();
        names.sort();
        names
    };
    let sorted = |mut names: Vec<String>| {
        names.sort();
        names
    };
    assert_eq!(
        named(&CASE, cases::CASE_STEPS),
        sorted(known_names::<CaseAction>("action"))
    );
    assert_eq!(
        named(&TRACK, cases::TRACK_STEPS),
        sorted(known_names::<TrackStep>("step"))
    );
    assert_eq!(
        named(&STAY, stays::STAY_STEPS),
        sorted(known_names::<InspectionAction>("action"))
    );
}

#[test]
fn examples_of_the_page_can_be_sent_as_they_are() {
    let page = std::fs::read_to_string(page::path(PAGE)).unwrap();
    // While the page is being written anew it is taken as it will be.
    let text = if page::is_written() {
        generated()
    } else {
        page.split_once(BEGIN).unwrap().1.to_owned()
    };
    let mut section = "";
    let mut read = 0;
    for block in text.split("```json\n").collect::<Vec<_>>().windows(2) {
        let [before, block] = block else { continue };
        if let Some(title) = before
            .lines()
            .rev()
            .find(|line| line.starts_with("## ") || (line.starts_with("### `POST")))
        {
            section = title;
        }
        let mut body = object(block.split_once("\n```").unwrap().0);
        let is_step = body.remove("expected_version") == Some(json!(1));
        let kind = match section {
            title if title.contains("POST cases`") => OPENED_CASE,
            title if title.contains("POST inspections`") => OPENED_STAY,
            title if title.contains("inspections/{id}/steps") => STAY,
            _ => CASE,
        };
        assert_eq!(is_step, !kind.tag.is_empty(), "{section}");
        let text = Value::Object(body.clone()).to_string();
        assert!((kind.read)(body).is_ok(), "{section}: {text}");
        read += 1;
    }
    let entries = cases::CASE_STEPS
        .iter()
        .chain(cases::TRACK_STEPS)
        .chain(stays::STAY_STEPS)
        .chain([&stays::OPEN_CASE, &stays::OPEN_STAY]);
    assert_eq!(
        read,
        entries.map(|entry| entry.examples.len()).sum::<usize>()
    );
}

/// A body of the walk as the shell sends it: variables stand for some text or number.
fn unquoted(line: &str) -> Option<String> {
    let rest = line.trim_start().strip_prefix("step ")?;
    let at = rest.find('{')?;
    let (before, body) = rest.split_at(at);
    let body = body.get(..=body.rfind('}')?)?;
    if before.ends_with('\'') {
        return Some(body.to_owned());
    }
    let body = body
        .replace("\\\"", "\"")
        .replace("$((YUAN * 100))", "100")
        .replace("$YUAN", "1")
        .replace("$OUTCOME", "fine")
        .replace("$TODAY", "2026-11-27");
    Some(body)
}

#[test]
fn bodies_of_the_walk_can_be_read() {
    let walk = std::fs::read_to_string(page::path("case-walk.md")).unwrap();
    let mut read = 0;
    for line in walk.lines() {
        let line = line.rsplit_once(" && ").map_or(line, |(_, step)| step);
        let Some(body) = unquoted(line) else { continue };
        let kind = if line.contains(" $T ") { STAY } else { CASE };
        let refused = (kind.read)(object(&body)).err();
        assert!(refused.is_none(), "{refused:?}: {body}");
        read += 1;
    }
    assert!(read > 40, "{read}");
}
