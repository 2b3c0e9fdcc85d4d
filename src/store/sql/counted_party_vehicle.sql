-- The vehicles with counted cases from a day on, each once. Index: counted_case_by_vehicle.
select distinct vehicle_plate as party_id
from counted_case
where vehicle_plate is not null and day_of_act >= $1
