-- Puts a party off after a failure, unless it was marked anew. Index: primary key of party_roll.
update party_roll
set due_at = $4, failures = failures + 1, failure = $5
where track = $1 and party_id = $2 and marked = $3
