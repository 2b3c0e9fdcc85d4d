-- The parties to be rolled next, in their order. Index: party_roll_by_due.
select track, party_id, marked, due_at, failures, failure
from party_roll
where due_at <= $1
order by due_at, track, party_id
limit $2
