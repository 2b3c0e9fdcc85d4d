-- Cases of one plate whose act lies in a span. Index: case_file_by_plate.
select
    case_id, station, passage_id, lane, state, plate, class, number, authority, act_id, act_at,
    driver_id, carrier_id, source_id, fine_yuan, due_at, due_kind, discard_reason, open_proposals,
    opened_at, opened_by, version, latest_sequence
from case_file
where
    plate = $1
    and act_at >= $2
    and act_at <= $3
order by opened_at desc, case_id desc
limit 64
