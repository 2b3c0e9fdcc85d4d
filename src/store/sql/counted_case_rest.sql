-- Says which tracks of a counted case rest on a count, unless a step said so meanwhile. Index: primary key of counted_case.
update counted_case
set resting = $2
where case_id = $1 and resting = $3
