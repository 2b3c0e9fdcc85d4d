-- Claims an act. Index: primary key of act_claim.
insert into act_claim (act_id, authority, case_id, claimed_at)
values
($1, $2, $3, $4)
