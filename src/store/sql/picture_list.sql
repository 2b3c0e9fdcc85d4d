-- Pictures of one passage. Index: primary key of picture.
select
    passage_id, sha256, view, bytes, width, height, taken_at
from picture
where passage_id = $1
order by view, sha256
