-- Journal entries of one case, in order. Index: primary key of case_entry, then of journal.
select
    journal.sequence, journal.recorded_at, journal.kind, journal.actor, journal.header,
    journal.header_digest, journal.body
from case_entry
join journal on journal.sequence = case_entry.sequence
where case_entry.case_id = $1
order by journal.sequence
