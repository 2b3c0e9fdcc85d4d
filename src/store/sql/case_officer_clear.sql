-- Takes a case's officers away. Index: case_officer_by_case.
delete from case_officer
where case_id = $1
