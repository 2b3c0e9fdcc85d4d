-- The case that bears a number. Index: case_number_by_number.
select case_id
from case_number
where number = $1
order by case_id
limit 1
