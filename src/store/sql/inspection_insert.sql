-- Begins a stay. Index: primary key of inspection.
insert into inspection (
    inspection_id, station, state, plate, trailer_plate, first_gross_kg, last_gross_kg, limit_kg,
    unloaded_kg, held_until, yard_place, case_id, first_weighed_at, last_weighed_at, ended_at, was_over,
    by_hand, let_through, opened_at, opened_by, version, latest_sequence
)
values
($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22)
