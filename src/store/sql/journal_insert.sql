-- Adds entries. Index: primary key of journal.
-- The row of values is repeated for multi-row writes.
insert into journal (
    sequence, recorded_at, kind, actor, header, header_digest, body
)
values
($1, $2, $3, $4, $5, $6, $7)
