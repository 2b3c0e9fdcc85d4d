-- One case. Index: primary key of case_file.
select
    case_id, station, passage_id, lane, state, plate, class, number, authority, act_id, act_at,
    driver_id, carrier_id, source_id, fine_yuan, due_at, due_kind, discard_reason, open_proposals,
    opened_at, opened_by, version, latest_sequence
from case_file
where case_id = $1
