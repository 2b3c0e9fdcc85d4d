-- Journal entries of one stay, in order. Index: primary key of inspection_entry, then of journal.
select
    journal.sequence, journal.recorded_at, journal.kind, journal.actor, journal.header,
    journal.header_digest, journal.body
from inspection_entry
join journal on journal.sequence = inspection_entry.sequence
where inspection_entry.inspection_id = $1
order by journal.sequence
