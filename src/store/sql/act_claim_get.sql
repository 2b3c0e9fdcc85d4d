-- Who may punish an act. Index: primary key of act_claim.
select act_id, authority, case_id, claimed_at
from act_claim
where act_id = $1
