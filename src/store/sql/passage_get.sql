-- One passage. Index: primary key of passage.
select
    passage_id, station, lane, port, kind, crossed_at, gross_kg, axle_count, class,
    overage_kg, state, plate, plate_state, enforceable, record_conflict, weighing_sequence,
    closing_sequence, case_id
from passage
where passage_id = $1
