-- Parties whose counters could not be rolled. Index: party_roll_by_due.
select track, party_id, marked, due_at, failures, failure
from party_roll
where failures > 0
order by due_at, track, party_id
limit $1
