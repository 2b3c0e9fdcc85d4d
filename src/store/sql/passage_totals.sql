-- Passages, closed passages and pictures. Index: none, it counts whole tables.
select
    count(*) as passages,
    count(closing_sequence) as closed,
    (select count(*) from picture) as pictures
from passage
