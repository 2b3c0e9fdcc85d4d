-- Opens a case. Index: primary key of case_file.
-- The row of values is repeated for multi-row writes.
insert into case_file (
    case_id, station, passage_id, lane, state, plate, class, opened_at, opened_by, version,
    latest_sequence
)
values
($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
