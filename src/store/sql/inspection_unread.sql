-- Stays of which a shift's numbers are not known beside their bodies, newest first. Index: inspection_unread.
select inspection_id
from inspection
where was_over is null and opened_at >= $1 and opened_at < $2
order by opened_at desc, inspection_id desc
limit $3
