-- Marks of a kind in one lane with their entries, newest first. Index: primary key of mark, then of
-- journal.
select
    mark.lane, mark.marked_at, journal.sequence, journal.recorded_at, journal.kind, journal.actor,
    journal.header, journal.header_digest, journal.body
from mark
join journal on journal.sequence = mark.sequence
where
    mark.kind = $1
    and mark.lane = $2
    and mark.marked_at >= $3
    and mark.marked_at < $4
order by mark.marked_at desc
limit $5
