-- All numbers. Index: primary key of tally.
select name, number
from tally
order by name
