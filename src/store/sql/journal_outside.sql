-- Entries before the first. Index: primary key of journal.
select sequence
from journal
where sequence < 1
order by sequence
