-- Entries of all cases, in order. Index: primary key of case_entry.
select case_id as id, sequence
from case_entry
order by case_id, sequence
