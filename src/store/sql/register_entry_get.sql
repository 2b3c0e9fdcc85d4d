-- One entry of a register. Index: primary key of register_entry.
select
    kind, entry_key, label, plate, carrier, valid_from, valid_until, active, version,
    first_sequence, latest_sequence, body
from register_entry
where kind = $1 and entry_key = $2
