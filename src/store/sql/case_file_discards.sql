-- Discarded cases by reason, of those opened in a span. Index: case_file_by_discard.
-- The sign keeps the planner from the index over all cases by time.
select discard_reason, count(*) as cases
from case_file
where
    discard_reason is not null
    and +opened_at >= $1
    and +opened_at < $2
group by discard_reason
order by discard_reason
