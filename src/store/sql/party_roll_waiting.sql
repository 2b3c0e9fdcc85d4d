-- How many parties wait, and since when the first does. Index: party_roll_by_due.
select count(*) as parties, min(due_at) as due_at
from party_roll
