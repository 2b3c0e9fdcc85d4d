-- Passages that bear the flag of a conflict. Index: none, it reads the whole table.
select passage_id, record_conflict
from passage
where record_conflict <> 0
