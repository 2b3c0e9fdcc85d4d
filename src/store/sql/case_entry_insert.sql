-- Ties journal entries to cases. Index: primary key of case_entry.
-- The row of values is repeated for multi-row writes.
insert into case_entry (
    case_id, sequence
)
values
($1, $2)
