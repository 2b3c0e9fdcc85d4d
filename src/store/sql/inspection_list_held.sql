-- Held vehicles, whose hold ends first coming first. Index: inspection_by_hold.
select
    inspection_id, station, state, plate, trailer_plate, first_gross_kg, last_gross_kg, limit_kg,
    unloaded_kg, held_until, yard_place, case_id, first_weighed_at, last_weighed_at, ended_at, was_over,
    by_hand, let_through, opened_at, opened_by, version, latest_sequence
from inspection
where
    held_until is not null
    and (held_until, inspection_id) > ($1, $2)
order by held_until, inspection_id
limit $3
