-- Moves a case. Index: primary key of case_file.
update case_file
set
    state = $2, plate = $3, class = $4, number = $5, authority = $6, act_id = $7, act_at = $8,
    driver_id = $9, carrier_id = $10, source_id = $11, fine_yuan = $12, due_at = $13, due_kind = $14,
    discard_reason = $15, open_proposals = $16, version = $17, latest_sequence = $18
where case_id = $1
