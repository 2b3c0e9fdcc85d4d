-- Passages of a stay. Index: inspection_passage_by_stay.
select passage_id
from inspection_passage
where inspection_id = $1
order by passage_id
