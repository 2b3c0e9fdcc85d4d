-- Adds or changes entries of registers. Index: primary key of register_entry.
-- The row of values is repeated for multi-row writes. The first sequence stays.
insert into register_entry (
    kind, entry_key, label, plate, carrier, valid_from, valid_until, active, version,
    first_sequence, latest_sequence, body
)
values
($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
on conflict (kind, entry_key) do update
set
    label = excluded.label, plate = excluded.plate, carrier = excluded.carrier,
    valid_from = excluded.valid_from, valid_until = excluded.valid_until,
    active = excluded.active, version = excluded.version,
    latest_sequence = excluded.latest_sequence, body = excluded.body
