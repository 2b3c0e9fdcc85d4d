-- The carriers with counted cases from a day on, each once. Index: counted_case_by_carrier.
select distinct carrier_id as party_id
from counted_case
where carrier_id is not null and day_of_act >= $1
