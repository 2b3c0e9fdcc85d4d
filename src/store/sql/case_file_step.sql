-- Moves a case. Index: primary key of case_file.
update case_file
set state = $2, version = $3, latest_sequence = $4
where case_id = $1
