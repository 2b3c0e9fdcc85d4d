-- All facts about the database. Index: none, it reads the whole table.
select name, value
from meta
