-- Writes down a fact in the place of the last. Index: primary key of meta.
insert into meta (name, value)
values
($1, $2)
on conflict (name) do update set value = excluded.value
