-- Passages of up to 64 ids, with their raw digests. Index: primary key of passage.
-- Fewer ids are padded by repeating the last.
select
    passage_id, station, lane, port, kind, crossed_at, gross_kg, axle_count, class,
    overage_kg, state, plate, plate_state, enforceable, record_conflict, weighing_sequence,
    closing_sequence, case_id, raw_digest
from passage
where passage_id in (
    $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16,
    $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32,
    $33, $34, $35, $36, $37, $38, $39, $40, $41, $42, $43, $44, $45, $46, $47, $48,
    $49, $50, $51, $52, $53, $54, $55, $56, $57, $58, $59, $60, $61, $62, $63, $64
)
order by passage_id
