-- A party whose counter is to be rolled. Index: primary key of party_roll.
select track, party_id, marked, due_at, failures, failure
from party_roll
where track = $1 and party_id = $2
