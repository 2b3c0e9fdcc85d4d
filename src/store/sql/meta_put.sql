-- Writes down a fact once. Index: primary key of meta.
insert into meta (name, value)
values
($1, $2)
on conflict (name) do nothing
