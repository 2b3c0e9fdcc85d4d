-- The latest entry's number, time and digest. Index: primary key of journal.
select sequence, recorded_at, header_digest
from journal
order by sequence desc
limit 1
