-- Moves a stay. Index: primary key of inspection.
update inspection
set
    state = $2, plate = $3, trailer_plate = $4, first_gross_kg = $5, last_gross_kg = $6, limit_kg = $7,
    unloaded_kg = $8, held_until = $9, yard_place = $10, case_id = $11, first_weighed_at = $12,
    last_weighed_at = $13, ended_at = $14, was_over = $15, by_hand = $16, let_through = $17,
    version = $18, latest_sequence = $19
where inspection_id = $1
