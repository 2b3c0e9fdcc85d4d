-- The latest entry of a kind. Index: primary key of journal.
select
    sequence, recorded_at, kind, actor, header, header_digest, body
from journal
where kind = $1
order by sequence desc
limit 1
