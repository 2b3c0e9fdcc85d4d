-- The cases that a passage belongs to. Index: case_passage_by_passage.
select case_id
from case_passage
where passage_id = $1
order by case_id
