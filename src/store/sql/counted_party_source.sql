-- The loading sources with counted cases from a day on, each once. Index: counted_case_by_source.
select distinct source_id as party_id
from counted_case
where source_id is not null and day_of_act >= $1
