-- Ties passages to cases; one that a person tied already may be closed into the case as well.
-- Index: primary key of case_passage.
-- The row of values is repeated for multi-row writes.
insert into case_passage (
    case_id, passage_id
)
values
($1, $2)
on conflict (case_id, passage_id) do nothing
