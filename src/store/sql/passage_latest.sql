-- When the latest passage crossed. Index: passage_by_time.
select crossed_at
from passage
order by crossed_at desc
limit 1
