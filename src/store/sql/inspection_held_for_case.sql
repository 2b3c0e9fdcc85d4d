-- Stays of one case whose vehicle is held; few are held at a time. Index: inspection_by_hold.
select inspection_id
from inspection
where
    held_until is not null
    and case_id = $1
order by held_until, inspection_id
