-- Cases with a proposal that waits for a person, newest first. Index: case_file_by_proposal.
select
    case_id, station, passage_id, lane, state, plate, class, number, authority, act_id, act_at,
    driver_id, carrier_id, source_id, fine_yuan, due_at, due_kind, discard_reason, open_proposals,
    opened_at, opened_by, version, latest_sequence
from case_file
where
    open_proposals > 0
    and (opened_at, case_id) < ($1, $2)
order by opened_at desc, case_id desc
limit $3
