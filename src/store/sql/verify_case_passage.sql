-- Passages of all cases. Index: none, it reads the whole table.
select case_id as id, passage_id
from case_passage
