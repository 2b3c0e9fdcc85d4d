-- Counted cases by their ids. Index: primary key of counted_case.
select
    case_id, origin, act_id, day_of_act, vehicle_plate, driver_id, carrier_id, source_id,
    latest_sequence, body
from counted_case
where case_id in ($1, $2, $3, $4, $5, $6, $7, $8)
