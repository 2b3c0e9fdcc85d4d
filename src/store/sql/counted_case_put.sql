-- Adds or changes cases as the counters see them; a case of one origin is never overwritten by the
-- other. Index: primary key of counted_case.
-- The row of values is repeated for multi-row writes.
insert into counted_case (
    case_id, origin, act_id, day_of_act, vehicle_plate, driver_id, carrier_id, source_id,
    latest_sequence, body, resting
)
values
($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
on conflict (case_id) do update
set
    act_id = excluded.act_id, day_of_act = excluded.day_of_act,
    vehicle_plate = excluded.vehicle_plate, driver_id = excluded.driver_id,
    carrier_id = excluded.carrier_id, source_id = excluded.source_id,
    latest_sequence = excluded.latest_sequence, body = excluded.body,
    resting = excluded.resting
where counted_case.origin = excluded.origin
