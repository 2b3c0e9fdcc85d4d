//! All statements of the store, each in its own file under `sql/`.

use std::sync::LazyLock;

/// A statement with the name of its file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Statement {
    /// Name of the file, without `.sql`.
    pub name: &'static str,
    /// Text, the same for both engines.
    pub sql: &'static str,
    /// The same text as SQLite is given it. Only many-row texts differ, in `?` for `$n`: SQLite
    /// looks a numbered parameter up among all others, which took a third of its time there.
    pub sqlite: &'static str,
}

macro_rules! statements {
    ($($constant:ident $file:literal,)*) => {
        $(
            #[doc = concat!("`", $file, ".sql`")]
            pub const $constant: Statement = Statement {
                name: $file,
                sql: include_str!(concat!("sql/", $file, ".sql")),
                sqlite: include_str!(concat!("sql/", $file, ".sql")),
            };
        )*

        /// Every statement, for the test that prepares them all on both engines.
        pub const ALL: &[Statement] = &[$($constant,)*];
    };
}

statements! {
    ACT_CLAIM_DELETE "act_claim_delete",
    ACT_CLAIM_GET "act_claim_get",
    ACT_CLAIM_INSERT "act_claim_insert",
    APP_USER_GET "app_user_get",
    APP_USER_LIST "app_user_list",
    APP_USER_PUT "app_user_put",
    CASE_ENTRY_INSERT "case_entry_insert",
    CASE_ENTRY_LIST "case_entry_list",
    CASE_FILE_BY_IDS "case_file_by_ids",
    CASE_FILE_DISCARDS "case_file_discards",
    CASE_FILE_GET "case_file_get",
    CASE_FILE_INSERT "case_file_insert",
    CASE_FILE_LIST "case_file_list",
    CASE_FILE_LIST_BY_ACT "case_file_list_by_act",
    CASE_FILE_LIST_BY_CARRIER "case_file_list_by_carrier",
    CASE_FILE_LIST_BY_CLASS "case_file_list_by_class",
    CASE_FILE_LIST_BY_DRIVER "case_file_list_by_driver",
    CASE_FILE_LIST_BY_DUE "case_file_list_by_due",
    CASE_FILE_LIST_BY_NUMBER "case_file_list_by_number",
    CASE_FILE_LIST_BY_OFFICER "case_file_list_by_officer",
    CASE_FILE_LIST_BY_PLATE "case_file_list_by_plate",
    CASE_FILE_LIST_BY_PROPOSAL "case_file_list_by_proposal",
    CASE_FILE_LIST_BY_SOURCE "case_file_list_by_source",
    CASE_FILE_LIST_BY_STATE "case_file_list_by_state",
    CASE_FILE_NEAR "case_file_near",
    CASE_FILE_STEP "case_file_step",
    CASE_NUMBER_FIND "case_number_find",
    CASE_NUMBER_INSERT "case_number_insert",
    CASE_NUMBER_LIST "case_number_list",
    CASE_OF_PASSAGE "case_of_passage",
    CASE_OFFICER_CLEAR "case_officer_clear",
    CASE_OFFICER_INSERT "case_officer_insert",
    CASE_OFFICER_LIST "case_officer_list",
    CASE_PASSAGE_INSERT "case_passage_insert",
    CASE_PASSAGE_LIST "case_passage_list",
    COUNTED_CASE_BY_CARRIER "counted_case_by_carrier",
    COUNTED_CASE_BY_DRIVER "counted_case_by_driver",
    COUNTED_CASE_BY_IDS "counted_case_by_ids",
    COUNTED_CASE_BY_SOURCE "counted_case_by_source",
    COUNTED_CASE_BY_VEHICLE "counted_case_by_vehicle",
    COUNTED_CASE_GET "counted_case_get",
    COUNTED_CASE_PUT "counted_case_put",
    COUNTED_CASE_REMOVE "counted_case_remove",
    COUNTED_CASE_REST "counted_case_rest",
    COUNTED_CASE_RESTING "counted_case_resting",
    COUNTED_PARTY_CARRIER "counted_party_carrier",
    COUNTED_PARTY_DRIVER "counted_party_driver",
    COUNTED_PARTY_SOURCE "counted_party_source",
    COUNTED_PARTY_VEHICLE "counted_party_vehicle",
    INSPECTION_ENTRY_INSERT "inspection_entry_insert",
    INSPECTION_ENTRY_LIST "inspection_entry_list",
    INSPECTION_GET "inspection_get",
    INSPECTION_HELD_FOR_CASE "inspection_held_for_case",
    INSPECTION_INSERT "inspection_insert",
    INSPECTION_LIST "inspection_list",
    INSPECTION_LIST_BY_PLATE "inspection_list_by_plate",
    INSPECTION_LIST_BY_STATE "inspection_list_by_state",
    INSPECTION_LIST_HELD "inspection_list_held",
    INSPECTION_LIST_YARD "inspection_list_yard",
    INSPECTION_OF_PASSAGE "inspection_of_passage",
    INSPECTION_PASSAGE_INSERT "inspection_passage_insert",
    INSPECTION_PASSAGE_LIST "inspection_passage_list",
    INSPECTION_SHIFT_ENDED "inspection_shift_ended",
    INSPECTION_SHIFT_UNLOADED "inspection_shift_unloaded",
    INSPECTION_SHIFT_WEIGHED "inspection_shift_weighed",
    INSPECTION_STEP "inspection_step",
    INSPECTION_UNREAD "inspection_unread",
    JOURNAL_AFTER "journal_after",
    JOURNAL_GET "journal_get",
    JOURNAL_HEAD "journal_head",
    JOURNAL_INSERT "journal_insert",
    JOURNAL_LATEST "journal_latest",
    JOURNAL_OUTSIDE "journal_outside",
    MARK_GET "mark_get",
    MARK_INSERT "mark_insert",
    MARK_LIST "mark_list",
    META_GET "meta_get",
    META_PUT "meta_put",
    META_SET "meta_set",
    NUMBER_SERIES_GET "number_series_get",
    NUMBER_SERIES_PUT "number_series_put",
    PARTY_ROLL_DONE "party_roll_done",
    PARTY_ROLL_DUE "party_roll_due",
    PARTY_ROLL_FAILED "party_roll_failed",
    PARTY_ROLL_GET "party_roll_get",
    PARTY_ROLL_LATER "party_roll_later",
    PARTY_ROLL_MARK "party_roll_mark",
    PARTY_ROLL_WAITING "party_roll_waiting",
    PASSAGE_BY_IDS "passage_by_ids",
    PASSAGE_CLOSE "passage_close",
    PASSAGE_FLAG "passage_flag",
    PASSAGE_FLAGGED "passage_flagged",
    PASSAGE_GET "passage_get",
    PASSAGE_INSERT "passage_insert",
    PASSAGE_LIST "passage_list",
    PASSAGE_LIST_BY_CLASS "passage_list_by_class",
    PASSAGE_LIST_BY_PLATE "passage_list_by_plate",
    PASSAGE_LIST_HEAVY "passage_list_heavy",
    PASSAGE_LIST_HUNDRED_TON "passage_list_hundred_ton",
    PASSAGE_LIST_UNCLOSED "passage_list_unclosed",
    PASSAGE_TOTALS "passage_totals",
    PASSAGE_UNCLOSED "passage_unclosed",
    PICTURE_BY_PASSAGES "picture_by_passages",
    PICTURE_INSERT "picture_insert",
    PICTURE_LIST "picture_list",
    REGISTER_ENTRY_BY_KEYS "register_entry_by_keys",
    REGISTER_ENTRY_COUNTS "register_entry_counts",
    REGISTER_ENTRY_GET "register_entry_get",
    REGISTER_ENTRY_LIST "register_entry_list",
    REGISTER_ENTRY_LIST_BY_CARRIER "register_entry_list_by_carrier",
    REGISTER_ENTRY_LIST_BY_PLATE "register_entry_list_by_plate",
    REGISTER_ENTRY_PUT "register_entry_put",
    REGISTER_HISTORY_INSERT "register_history_insert",
    REGISTER_HISTORY_LIST "register_history_list",
    SESSION_DELETE "session_delete",
    SESSION_EXPIRE "session_expire",
    SESSION_GET "session_get",
    SESSION_PUT "session_put",
    TALLY_ADD "tally_add",
    TALLY_CHECK "tally_check",
    TALLY_LIST "tally_list",
    VERIFY_ACT_CLAIM "verify_act_claim",
    VERIFY_CASE_ENTRY "verify_case_entry",
    VERIFY_CASE_FILE "verify_case_file",
    VERIFY_CASE_NUMBER "verify_case_number",
    VERIFY_CASE_OFFICER "verify_case_officer",
    VERIFY_CASE_PASSAGE "verify_case_passage",
    VERIFY_COUNTED_CASE "verify_counted_case",
    VERIFY_INSPECTION "verify_inspection",
    VERIFY_INSPECTION_ENTRY "verify_inspection_entry",
    VERIFY_INSPECTION_PASSAGE "verify_inspection_passage",
    VERIFY_MARK "verify_mark",
    VERIFY_META "verify_meta",
    VERIFY_NUMBER_SERIES "verify_number_series",
    VERIFY_REGISTER_ENTRY "verify_register_entry",
    VERIFY_REGISTER_HISTORY "verify_register_history",
}

/// Ids one padded look-up of passages or pictures takes.
pub const PASSAGE_KEYS: usize = 64;

/// Keys one padded look-up of a register takes.
pub const REGISTER_KEYS: usize = 64;

/// Ids one padded look-up of cases takes, counted ones too.
pub const CASE_KEYS: usize = 8;

/// Numbers of rows that multi-row writes come in, greatest first. Few of them, so that the cache of
/// prepared statements stays small; not greater, because SQLite finds each parameter by a search
/// through all of a statement's.
pub const CHUNKS: [usize; 4] = [32, 8, 2, 1];

/// Texts for each chunk: with numbers, and without.
type Texts = [(&'static str, &'static str); CHUNKS.len()];

/// A statement whose row of values can be repeated.
#[derive(Debug)]
pub struct MultiRow {
    template: Statement,
    /// Values a row takes.
    pub columns: usize,
    texts: LazyLock<Texts, fn() -> Texts>,
}

impl MultiRow {
    /// The statement for the greatest chunk that is no more than `rows`, and that chunk.
    pub fn chunk(&self, rows: usize) -> (usize, Statement) {
        CHUNKS
            .into_iter()
            .zip(self.texts.iter())
            .find(|(chunk, _)| *chunk <= rows)
            .map_or((1, self.template), |(chunk, (sql, sqlite))| {
                (
                    chunk,
                    Statement {
                        name: self.template.name,
                        sql,
                        sqlite,
                    },
                )
            })
    }
}

macro_rules! multi_row {
    ($($constant:ident $template:ident $columns:literal,)*) => {
        $(
            #[doc = concat!("[`", stringify!($template), "`] for many rows.")]
            pub static $constant: MultiRow = MultiRow {
                template: $template,
                columns: $columns,
                texts: LazyLock::new(|| CHUNKS.map(|rows| repeated($template.sql, $columns, rows))),
            };
        )*

        /// Every multi-row statement.
        pub static MULTI_ROW: &[&MultiRow] = &[$(&$constant,)*];
    };
}

multi_row! {
    JOURNAL_INSERT_ROWS JOURNAL_INSERT 7,
    PASSAGE_INSERT_ROWS PASSAGE_INSERT 19,
    PASSAGE_CLOSE_ROWS PASSAGE_CLOSE 8,
    PICTURE_INSERT_ROWS PICTURE_INSERT 7,
    CASE_FILE_INSERT_ROWS CASE_FILE_INSERT 23,
    CASE_PASSAGE_INSERT_ROWS CASE_PASSAGE_INSERT 2,
    CASE_ENTRY_INSERT_ROWS CASE_ENTRY_INSERT 2,
    REGISTER_ENTRY_PUT_ROWS REGISTER_ENTRY_PUT 12,
    REGISTER_HISTORY_INSERT_ROWS REGISTER_HISTORY_INSERT 3,
    COUNTED_CASE_PUT_ROWS COUNTED_CASE_PUT 11,
    PARTY_ROLL_MARK_ROWS PARTY_ROLL_MARK 4,
}

/// Repeats the row of values, which stands on a line of its own, with its numbers moved on.
///
/// The texts live as long as the program; there are as many as chunks times statements.
fn repeated(template: &str, columns: usize, rows: usize) -> (&'static str, &'static str) {
    let is_row = |line: &str| line.starts_with('(') && line.contains("$1");
    let mut text = String::new();
    for line in template.lines() {
        if !is_row(line) {
            text.push_str(line);
            text.push('\n');
            continue;
        }
        for row in 0..rows {
            text.push_str(&moved_on(line, row * columns));
            text.push_str(if row + 1 < rows { ",\n" } else { "\n" });
        }
    }
    let unnumbered = renumbered(&text, |_| "?".to_owned());
    (text.leak(), unnumbered.leak())
}

/// Adds `by` to each `$n` of a line.
fn moved_on(line: &str, by: usize) -> String {
    renumbered(line, |number| format!("${}", number + by))
}

/// Writes each `$n` otherwise.
fn renumbered(text: &str, write: impl Fn(usize) -> String) -> String {
    let mut parts = text.split('$');
    let mut renumbered = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let digits = part.len() - part.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let (number, rest) = part.split_at(digits);
        renumbered.push_str(&write(number.parse().unwrap_or_default()));
        renumbered.push_str(rest);
    }
    renumbered
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_repeated_with_its_numbers_moved_on() {
        let template = "insert into t (a, b)\nvalues\n($1, cast($2 as text))\nend";
        let (text, unnumbered) = repeated(template, 2, 3);
        assert_eq!(
            text,
            "insert into t (a, b)\nvalues\n($1, cast($2 as text)),\n($3, cast($4 as text)),\n\
             ($5, cast($6 as text))\nend\n"
        );
        assert_eq!(
            unnumbered,
            "insert into t (a, b)\nvalues\n(?, cast(? as text)),\n(?, cast(? as text)),\n\
             (?, cast(? as text))\nend\n"
        );
    }

    #[test]
    fn every_multi_row_statement_has_the_parameters_it_says() {
        for statement in MULTI_ROW {
            for rows in CHUNKS {
                let (chunk, text) = statement.chunk(rows);
                assert_eq!(chunk, rows);
                let last = rows * statement.columns;
                assert!(text.sql.contains(&format!("${last}")), "{}", text.sql);
                assert!(
                    !text.sql.contains(&format!("${}", last + 1)),
                    "{}",
                    text.sql
                );
                assert!(last < 32_766, "SQLite takes no more parameters");
            }
            assert_eq!(statement.chunk(31).0, 8);
        }
    }

    #[test]
    fn every_statement_says_which_index_serves_it() {
        for statement in ALL {
            let head: String = statement
                .sql
                .lines()
                .take_while(|line| line.starts_with("--"))
                .collect();
            assert!(
                head.contains("Index: "),
                "{} has no head comment",
                statement.name
            );
        }
    }
}
