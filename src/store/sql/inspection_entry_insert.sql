-- Ties a journal entry to a stay. Index: primary key of inspection_entry.
insert into inspection_entry (inspection_id, sequence)
values
($1, $2)
