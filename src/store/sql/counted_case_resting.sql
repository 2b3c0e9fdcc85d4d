-- Parties of counted cases with a track that rests on a count, from a day on. Index: counted_case_resting.
select vehicle_plate, driver_id, carrier_id, source_id, resting
from counted_case
where resting > 0 and day_of_act >= $1
