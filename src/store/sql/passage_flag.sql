-- Flags a passage whose key came again with other bytes. Index: primary key of passage.
update passage
set record_conflict = 1
where passage_id = $1
