-- Gives a number to a case. Index: primary key of case_number.
insert into case_number (series, year, serial, number, case_id)
values
($1, $2, $3, $4, $5)
