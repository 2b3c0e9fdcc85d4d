-- Entries by register, and how many of them stand. Index: none, it counts the whole table.
select kind, count(*) as entries, cast(coalesce(sum(active), 0) as bigint) as active
from register_entry
group by kind
order by kind
