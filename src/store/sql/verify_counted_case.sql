-- All that is counted, each case with the body of the entry that it names. Index: primary key of
-- journal.
select
    counted_case.case_id, counted_case.origin, counted_case.act_id, counted_case.day_of_act,
    counted_case.vehicle_plate, counted_case.driver_id, counted_case.carrier_id,
    counted_case.source_id, counted_case.latest_sequence, counted_case.body,
    journal.body as entry_body
from counted_case
left join journal on journal.sequence = counted_case.latest_sequence
