-- All series. Index: none, it reads the whole table.
select series, year, serial
from number_series
