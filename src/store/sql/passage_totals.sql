-- Passages and closed passages up to a sequence. Index: none, it counts the whole table.
select
    cast(coalesce(sum(case when weighing_sequence <= $1 then 1 else 0 end), 0) as bigint) as passages,
    cast(coalesce(sum(case when closing_sequence <= $1 then 1 else 0 end), 0) as bigint) as closed
from passage
