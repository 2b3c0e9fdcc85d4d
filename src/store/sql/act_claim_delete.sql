-- Lets go of an act. Index: primary key of act_claim.
delete from act_claim
where act_id = $1 and case_id = $2
