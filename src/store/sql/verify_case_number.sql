-- All numbers that were given. Index: none, it reads the whole table.
select series, year, serial, number, case_id
from case_number
