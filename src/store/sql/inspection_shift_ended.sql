-- Stays that ended within a span, by state and by why they were let through. Index: inspection_ended.
select state, let_through, count(*) as stays
from inspection
where ended_at >= $1 and ended_at < $2
group by state, let_through
