-- All passages not closed yet, oldest first: what a restart takes up. Index: passage_unclosed.
select
    passage_id, station, lane, port, kind, crossed_at, gross_kg, axle_count, class,
    overage_kg, state, plate, plate_state, enforceable, record_conflict, weighing_sequence,
    closing_sequence, case_id
from passage
where state = 'weighed'
order by crossed_at, passage_id
