-- Stays that ended within a span, by `state/why they were let through`. Index: inspection_ended.
select state || '/' || coalesce(let_through, '') as ended, count(*) as stays
from inspection
where ended_at >= $1 and ended_at < $2
group by state || '/' || coalesce(let_through, '')
