-- Entries of all stays, in order. Index: primary key of inspection_entry.
select inspection_id as id, sequence
from inspection_entry
order by inspection_id, sequence
