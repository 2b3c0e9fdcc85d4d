-- All claims. Index: none, it reads the whole table.
select act_id, authority, case_id, claimed_at
from act_claim
