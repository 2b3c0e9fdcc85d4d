-- The journal sequence of one mark. Index: primary key of mark.
select sequence
from mark
where kind = $1 and lane = $2 and marked_at = $3
