-- Moves a stay. Index: primary key of inspection.
update inspection
set
    state = $2, plate = $3, trailer_plate = $4, first_gross_kg = $5, last_gross_kg = $6, limit_kg = $7,
    unloaded_kg = $8, held_until = $9, yard_place = $10, case_id = $11, version = $12,
    latest_sequence = $13
where inspection_id = $1
