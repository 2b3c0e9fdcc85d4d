-- Ties journal entries to register entries. Index: primary key of register_history.
-- The row of values is repeated for multi-row writes.
insert into register_history (
    kind, entry_key, sequence
)
values
($1, $2, $3)
