-- Passages of one case. Index: primary key of case_passage.
select passage_id
from case_passage
where case_id = $1
order by passage_id
