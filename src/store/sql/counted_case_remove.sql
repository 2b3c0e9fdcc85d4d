-- Takes a case out of what is counted. Index: primary key of counted_case.
delete from counted_case
where case_id = $1 and origin = $2
