-- Adds weighings. Index: primary key of passage.
-- The row of values is repeated for multi-row writes.
insert into passage (
    passage_id, station, lane, port, kind, crossed_at, gross_kg, axle_count, class,
    overage_kg, state, plate, plate_state, enforceable, record_conflict, weighing_sequence,
    closing_sequence, case_id, raw_digest
)
values
($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)
