-- The latest number of a series. Index: primary key of number_series.
select series, year, serial
from number_series
where series = $1 and year = $2
