-- Entries of a register about one plate. Index: register_entry_by_plate.
-- $2 and $3 bound the label (from, below), $4 is a day on which it must hold, $5 whether it stands,
-- $6 and $7 the label and key it goes on after, $8 a plate, $9 a carrier, $10 the limit. A filter that
-- is NULL lets everything through.
select
    kind, entry_key, label, plate, carrier, valid_from, valid_until, active, version,
    first_sequence, latest_sequence, body
from register_entry
where
    kind = $1
    and plate = $8
    and label >= $2
    and label < $3
    and (label, entry_key) > ($6, $7)
    and (cast($4 as text) is null or valid_from is null or valid_from <= $4)
    and (cast($4 as text) is null or valid_until is null or valid_until >= $4)
    and (cast($5 as bigint) is null or active = $5)
    and (cast($9 as text) is null or carrier = $9)
order by label, entry_key
limit $10
