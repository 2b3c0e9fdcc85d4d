-- Stays first weighed within a span: how many, how many over, how many by hand. Index: inspection_first_weighed.
select
    count(*) as checked,
    cast(coalesce(sum(was_over), 0) as bigint) as was_over,
    cast(coalesce(sum(by_hand), 0) as bigint) as by_hand
from inspection
where first_weighed_at >= $1 and first_weighed_at < $2
