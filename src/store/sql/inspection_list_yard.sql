-- Stays whose vehicle or goods stand in the yard, newest first. Index: inspection_by_yard.
select
    inspection_id, station, state, plate, trailer_plate, first_gross_kg, last_gross_kg, limit_kg,
    unloaded_kg, held_until, yard_place, case_id, first_weighed_at, last_weighed_at, ended_at, was_over,
    by_hand, let_through, opened_at, opened_by, version, latest_sequence
from inspection
where
    yard_place is not null
    and (opened_at, inspection_id) < ($1, $2)
order by opened_at desc, inspection_id desc
limit $3
