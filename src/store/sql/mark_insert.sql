-- Adds a mark. Index: primary key of mark.
insert into mark (kind, lane, marked_at, sequence)
values
($1, $2, $3, $4)
