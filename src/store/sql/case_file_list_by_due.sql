-- Cases with a clock that ends before a moment, the most pressing first. Index: case_file_by_due.
select
    case_id, station, passage_id, lane, state, plate, class, number, authority, act_id, act_at,
    driver_id, carrier_id, source_id, fine_yuan, due_at, due_kind, discard_reason, open_proposals,
    opened_at, opened_by, version, latest_sequence
from case_file
where
    due_at is not null
    and due_at < $1
    and (due_at, case_id) > ($2, $3)
order by due_at, case_id
limit $4
