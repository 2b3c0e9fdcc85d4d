-- Adds to a number. Index: primary key of tally.
insert into tally (name, number)
values
($1, $2)
on conflict (name) do update set number = tally.number + excluded.number
