-- Opens a case. Index: primary key of case_file.
-- The row of values is repeated for multi-row writes.
insert into case_file (
    case_id, station, passage_id, lane, state, plate, class, number, authority, act_id, act_at,
    driver_id, carrier_id, source_id, fine_yuan, due_at, due_kind, discard_reason, open_proposals,
    opened_at, opened_by, version, latest_sequence
)
values
($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23)
