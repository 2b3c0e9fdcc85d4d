-- Journal entries of one register entry, newest first. Index: primary key of register_history, then of
-- journal.
select
    journal.sequence, journal.recorded_at, journal.kind, journal.actor, journal.header,
    journal.header_digest, journal.body
from register_history
join journal on journal.sequence = register_history.sequence
where register_history.kind = $1 and register_history.entry_key = $2
order by register_history.sequence desc
limit $3
