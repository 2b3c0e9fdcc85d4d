-- Gives a case an officer. Index: primary key of case_officer.
insert into case_officer (officer, case_id, opened_at)
values
($1, $2, $3)
