-- Passages by class and state. Index: none, it counts the whole table.
select coalesce(class, '') as class, state, count(*) as passages
from passage
group by coalesce(class, ''), state
order by 1, 2
