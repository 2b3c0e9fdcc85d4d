-- Entries of one register, of up to 64 keys. Index: primary key of register_entry.
-- Fewer keys are padded by repeating the last.
select
    kind, entry_key, label, plate, carrier, valid_from, valid_until, active, version,
    first_sequence, latest_sequence, body
from register_entry
where kind = $1 and entry_key in (
    $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20,
    $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34, $35, $36, $37,
    $38, $39, $40, $41, $42, $43, $44, $45, $46, $47, $48, $49, $50, $51, $52, $53, $54,
    $55, $56, $57, $58, $59, $60, $61, $62, $63, $64, $65
)
order by entry_key
