-- The stay that a passage belongs to. Index: primary key of inspection_passage.
select inspection_id
from inspection_passage
where passage_id = $1
