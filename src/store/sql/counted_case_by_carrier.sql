-- Cases counted for a carrier, by the day of the act, both days included. Index: counted_case_by_carrier.
select
    case_id, origin, act_id, day_of_act, vehicle_plate, driver_id, carrier_id, source_id,
    latest_sequence, body
from counted_case
where
    carrier_id = $1
    and day_of_act >= $2
    and day_of_act <= $3
order by day_of_act, case_id
