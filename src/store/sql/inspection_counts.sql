-- Stays by state. Index: inspection_by_state.
select state, count(*) as stays
from inspection
group by state
order by state
