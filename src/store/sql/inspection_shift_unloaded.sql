-- Stays last weighed within a span, lighter than at first, and by how much. Index: inspection_unloaded.
select
    count(*) as unloaded,
    cast(coalesce(sum(unloaded_kg), 0) as bigint) as unloaded_kg
from inspection
where unloaded_kg > 0 and last_weighed_at >= $1 and last_weighed_at < $2
