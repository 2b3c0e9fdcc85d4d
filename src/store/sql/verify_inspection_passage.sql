-- Passages of all stays. Index: none, it reads the whole table.
select inspection_id as id, passage_id
from inspection_passage
