-- Cases of one carrier, newest first. Index: case_file_by_carrier.
-- A filter that is NULL lets everything through.
select
    case_id, station, passage_id, lane, state, plate, class, number, authority, act_id, act_at,
    driver_id, carrier_id, source_id, fine_yuan, due_at, due_kind, discard_reason, open_proposals,
    opened_at, opened_by, version, latest_sequence
from case_file
where
    carrier_id = $10
    and opened_at >= $1
    and opened_at < $2
    and (opened_at, case_id) < ($3, $4)
    and (cast($5 as text) is null or plate = $5)
    and (cast($6 as text) is null or class = $6)
    and (cast($7 as bigint) is null or lane = $7)
    and (cast($8 as text) is null or state = $8)
order by opened_at desc, case_id desc
limit $9
