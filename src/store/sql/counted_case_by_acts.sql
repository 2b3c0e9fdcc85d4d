-- Cases of one act, by either authority. Index: counted_case_by_act.
select
    case_id, origin, act_id, day_of_act, vehicle_plate, driver_id, carrier_id, source_id,
    latest_sequence, body
from counted_case
where act_id = $1
order by case_id
