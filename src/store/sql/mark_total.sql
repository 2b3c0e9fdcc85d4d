-- Marks up to a sequence. Index: none, it counts the whole table.
select cast(coalesce(sum(case when sequence <= $1 then 1 else 0 end), 0) as bigint) as marks
from mark
