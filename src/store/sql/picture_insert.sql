-- Adds pictures. Index: primary key of picture.
-- The row of values is repeated for multi-row writes.
insert into picture (
    passage_id, sha256, view, bytes, width, height, taken_at
)
values
($1, $2, $3, $4, $5, $6, $7)
