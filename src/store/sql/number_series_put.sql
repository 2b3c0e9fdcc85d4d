-- Moves a series on. Index: primary key of number_series.
insert into number_series (series, year, serial)
values
($1, $2, $3)
on conflict (series, year) do update set serial = excluded.serial
