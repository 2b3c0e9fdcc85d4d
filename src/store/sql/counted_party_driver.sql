-- The drivers with counted cases from a day on, each once. Index: counted_case_by_driver.
select distinct driver_id as party_id
from counted_case
where driver_id is not null and day_of_act >= $1
