-- All marks. Index: none, it reads the whole table.
select kind, lane, marked_at, sequence
from mark
