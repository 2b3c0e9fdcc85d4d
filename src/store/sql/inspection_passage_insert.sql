-- Adds a passage to a stay. Index: primary key of inspection_passage.
insert into inspection_passage (passage_id, inspection_id)
values
($1, $2)
