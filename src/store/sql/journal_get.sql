-- One entry. Index: primary key of journal.
select
    sequence, recorded_at, kind, actor, header, header_digest, body
from journal
where sequence = $1
