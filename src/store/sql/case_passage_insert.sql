-- Ties passages to cases. Index: primary key of case_passage.
-- The row of values is repeated for multi-row writes.
insert into case_passage (
    case_id, passage_id
)
values
($1, $2)
