-- Numbers of a series in a year, from one on. Index: primary key of case_number.
select series, year, serial, number, case_id
from case_number
where series = $1 and year = $2 and serial > $3
order by serial
limit $4
