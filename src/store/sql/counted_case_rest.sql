-- Says which tracks of a counted case rest on a count. Index: primary key of counted_case.
update counted_case
set resting = $2
where case_id = $1
