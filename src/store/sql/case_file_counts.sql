-- Cases by state. Index: case_file_by_state.
select state, count(*) as cases
from case_file
group by state
order by state
