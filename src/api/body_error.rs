//! What is wrong with a body, for whom it was typed by: which field, in Chinese and in English, without the names of
//! the program's own types.

use serde_json::Value;

use super::error::ApiError;

/// Members that name the kind of an object: without one nothing else of it can be read.
const TAGS: [&str; 4] = ["action", "step", "from", "how"];

/// The refusal of a body that can't be read. `read` tries a body and gives the reader's words where it fails;
/// `whole` is named where no single field is at fault.
pub fn refusal(given: &Value, whole: &str, read: impl Fn(&Value) -> Option<String>) -> ApiError {
    let Some(error) = read(given) else {
        return ApiError::field(whole, "内容无法读取", "it can't be read");
    };
    let field = at_fault(given, &error, &read).unwrap_or_else(|| whole.to_owned());
    let (zh, en) = said(&error);
    ApiError::field(&field, format!("{field}：{zh}"), format!("{field}: {en}"))
}

/// The text between the first two back quotes.
fn quoted(text: &str) -> Option<&str> {
    text.split('`').nth(1)
}

/// All texts within back quotes.
fn all_quoted(text: &str) -> Vec<&str> {
    text.split('`').skip(1).step_by(2).collect()
}

/// The path of the field that the reader stumbled over: with it gone (or put in, where it is missing) the reader
/// says something else.
fn at_fault(
    given: &Value,
    error: &str,
    read: &impl Fn(&Value) -> Option<String>,
) -> Option<String> {
    let mut paths = vec![Vec::new()];
    objects(given, &mut Vec::new(), &mut paths);
    if error.starts_with("missing field") {
        let missing = quoted(error)?;
        let unknown = format!("unknown field `{missing}`");
        let path = paths.into_iter().find(|path| {
            let mut with = given.clone();
            let Some(members) = at(&mut with, path).and_then(Value::as_object_mut) else {
                return false;
            };
            members.insert(missing.to_owned(), Value::Null);
            read(&with).is_none_or(|other| other != error && !other.starts_with(&unknown))
        });
        return Some(joined(&path.unwrap_or_default(), missing));
    }
    // The innermost first.
    for path in paths.iter().rev() {
        let mut object = given.clone();
        let names: Vec<String> = at(&mut object, path)?
            .as_object()?
            .keys()
            .cloned()
            .collect();
        for name in names {
            let mut without = given.clone();
            let members = at(&mut without, path)?.as_object_mut()?;
            let was = members.remove(&name);
            let is_tag = TAGS.contains(&name.as_str());
            let named = was.as_ref().and_then(Value::as_str);
            if is_tag && named.is_some_and(|named| quoted(error) != Some(named)) {
                continue;
            }
            if read(&without).is_none_or(|other| other != error) {
                return Some(joined(path, &name));
            }
        }
    }
    None
}

fn joined(path: &[String], name: &str) -> String {
    let mut parts: Vec<&str> = path.iter().map(String::as_str).collect();
    parts.push(name);
    parts.join(".")
}

/// Paths of the objects within an object, outer ones first.
fn objects(value: &Value, here: &mut Vec<String>, paths: &mut Vec<Vec<String>>) {
    let Some(members) = value.as_object() else {
        return;
    };
    for (name, member) in members {
        if member.is_object() {
            here.push(name.clone());
            paths.push(here.clone());
            objects(member, here, paths);
            here.pop();
        }
    }
}

fn at<'a>(value: &'a mut Value, path: &[String]) -> Option<&'a mut Value> {
    path.iter()
        .try_fold(value, |value, name| value.get_mut(name.as_str()))
}

/// The reader's words in Chinese and in English.
fn said(error: &str) -> (String, String) {
    if error.starts_with("missing field") {
        return ("缺少此字段".to_owned(), "it is missing".to_owned());
    }
    if error.starts_with("unknown field") {
        let known = all_quoted(error).into_iter().skip(1).collect::<Vec<_>>();
        return (
            format!("没有此字段，可用的字段：{}", known.join("、")),
            format!("an unknown field; known are: {}", known.join(", ")),
        );
    }
    if error.starts_with("unknown variant") {
        let names = all_quoted(error);
        let (given, known) = names
            .split_first()
            .map_or(("", &[][..]), |(one, rest)| (*one, rest));
        return (
            format!("“{given}”不是可用的值，应为其中之一：{}", known.join("、")),
            format!("{given:?} is none of: {}", known.join(", ")),
        );
    }
    for form in ["invalid type: ", "invalid value: ", "invalid length "] {
        if let Some((found, wanted)) = error
            .strip_prefix(form)
            .and_then(|rest| rest.rsplit_once(", expected "))
        {
            let ((found_zh, found_en), (wanted_zh, wanted_en)) =
                (found_words(found), wanted_words(wanted));
            return (
                format!("应为{wanted_zh}，收到的是{found_zh}"),
                format!("it must be {wanted_en}, and is {found_en}"),
            );
        }
    }
    let is_day = ["input ", "premature end", "trailing input"]
        .iter()
        .any(|begin| error.starts_with(begin));
    if is_day {
        return (
            "不是有效日期，应如 2026-11-27".to_owned(),
            "no date; write it as 2026-11-27".to_owned(),
        );
    }
    ("内容无法读取".to_owned(), "it can't be read".to_owned())
}

fn found_words(found: &str) -> (String, String) {
    let (kind, value) = found.split_once(' ').unwrap_or((found, ""));
    let value = value.trim_matches(['`', '"']);
    match kind {
        "string" => (format!("文本“{value}”"), format!("the text {value:?}")),
        "integer" => (format!("整数 {value}"), format!("the whole number {value}")),
        "floating" => {
            let number = value.trim_start_matches("point ").trim_matches('`');
            (format!("小数 {number}"), format!("the fraction {number}"))
        }
        "boolean" => (value.to_owned(), value.to_owned()),
        "null" | "unit" => ("空值".to_owned(), "null".to_owned()),
        "sequence" => ("列表".to_owned(), "a list".to_owned()),
        "map" => ("对象".to_owned(), "an object".to_owned()),
        number if number.bytes().all(|byte| byte.is_ascii_digit()) => {
            (format!("{number} 项"), format!("{number} long"))
        }
        _ => ("其他内容".to_owned(), "something else".to_owned()),
    }
}

fn wanted_words(wanted: &str) -> (String, String) {
    let (zh, en) = match wanted {
        "a string" => ("文本", "a text"),
        "a boolean" => (" true 或 false", "true or false"),
        "i64" | "i32" | "i16" => ("整数", "a whole number"),
        "u64" | "u32" | "u16" | "u8" | "usize" => (
            "不小于 0 的整数（不过大）",
            "a whole number of at least 0, and not too large",
        ),
        "string or map" => ("清单中的一个值", "a value of its closed list"),
        "a sequence" => ("列表", "a list"),
        "a formatted date string" => ("日期，如 2026-11-27", "a day such as 2026-11-27"),
        array if array.starts_with("an array of length ") => {
            let length = array.trim_start_matches("an array of length ");
            return (format!(" {length} 项的列表"), format!("a list of {length}"));
        }
        _ => ("对象（各字段见文档）", "an object"),
    };
    (zh.to_owned(), en.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::casework::inspection::InspectionAction;
    use crate::casework::procedure::CaseAction;
    use serde::Deserialize;
    use serde_json::json;

    /// What is answered to a body: the field and both halves.
    fn answered(given: &Value) -> (String, String, String) {
        let is_stay = given["action"] == "weigh" || given["action"] == "sheet";
        let refused = refusal(given, "action", |body| {
            if is_stay {
                InspectionAction::deserialize(body)
                    .err()
                    .map(|error| error.to_string())
            } else {
                CaseAction::deserialize(body)
                    .err()
                    .map(|error| error.to_string())
            }
        });
        let (zh, en) = refused.texts();
        let field = zh.split_once('：').unwrap().0.to_owned();
        (field, zh, en)
    }

    #[test]
    fn the_field_is_named_and_each_half_is_in_its_language() {
        let cases = [
            (json!({"action": "close"}), "report", "缺少此字段"),
            (
                json!({"action": "note", "text": "x", "colour": 1}),
                "colour",
                "没有此字段，可用的字段：text",
            ),
            (
                json!({"action": "note", "text": 5}),
                "text",
                "应为文本，收到的是整数 5",
            ),
            (
                json!({"action": "serve", "way": "pigeon", "served_on": "2026-11-27", "recipient": "x"}),
                "way",
                "不是可用的值",
            ),
            (
                json!({"action": "serve", "way": "posted", "served_on": "27.11.2026", "recipient": "x"}),
                "served_on",
                "日期",
            ),
            (json!({"action": "end_remedy"}), "on", "缺少此字段"),
            (json!({"action": "fly"}), "action", "不是可用的值"),
            (json!({"report": "x"}), "action", "缺少此字段"),
            (
                json!({"action": "name_respondent", "respondent": {"id": "1", "name": "x"}}),
                "respondent.kind",
                "缺少此字段",
            ),
            (
                json!({"action": "track", "track": "driver", "change": {"step": "decline"}}),
                "change.reason",
                "缺少此字段",
            ),
            (
                json!({"action": "weigh", "weighing": "DEMO01-1-1"}),
                "weighing",
                "应为对象",
            ),
            (
                json!({"action": "sheet", "number": "1", "officers": 2}),
                "officers",
                "应为 2 项的列表",
            ),
            (
                json!({"action": "pay", "slip": "1", "paid_on": "2026-11-27", "fine_fen": "5", "source": "officer"}),
                "fine_fen",
                "应为整数，收到的是文本“5”",
            ),
        ];
        for (given, field, part) in cases {
            let (found, zh, en) = answered(&given);
            assert_eq!(found, field, "{given}: {zh} / {en}");
            assert!(zh.contains(part), "{given}: {zh}");
            assert!(en.is_ascii(), "{en}");
            for word in [
                "expected",
                "invalid",
                "missing field",
                "struct",
                "enum",
                "tagged",
            ] {
                assert!(
                    !zh.contains(word) && !en.contains(word),
                    "{given}: {zh} / {en}"
                );
            }
        }
    }
}
