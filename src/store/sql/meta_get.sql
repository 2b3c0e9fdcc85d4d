-- One fact about this database. Index: primary key of meta.
select value
from meta
where name = $1
