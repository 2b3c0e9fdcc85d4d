-- One stay. Index: primary key of inspection.
select
    inspection_id, station, state, plate, trailer_plate, first_gross_kg, last_gross_kg, limit_kg,
    unloaded_kg, held_until, yard_place, case_id, first_weighed_at, last_weighed_at, ended_at, was_over,
    by_hand, let_through, opened_at, opened_by, version, latest_sequence
from inspection
where inspection_id = $1
