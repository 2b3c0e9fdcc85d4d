-- Officers of one case. Index: case_officer_by_case.
select officer
from case_officer
where case_id = $1
order by officer
