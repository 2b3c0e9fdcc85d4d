-- Stays in one state, newest first. Index: inspection_by_state.
-- A filter that is NULL lets everything through.
select
    inspection_id, station, state, plate, trailer_plate, first_gross_kg, last_gross_kg, limit_kg,
    unloaded_kg, held_until, yard_place, case_id, first_weighed_at, last_weighed_at, ended_at, was_over,
    by_hand, let_through, opened_at, opened_by, version, latest_sequence
from inspection
where
    state = $6
    and opened_at >= $1
    and opened_at < $2
    and (opened_at, inspection_id) < ($3, $4)
    and (cast($5 as text) is null or plate = $5)
order by opened_at desc, inspection_id desc
limit $7
