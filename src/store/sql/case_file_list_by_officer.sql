-- Cases of one officer, newest first. Index: primary key of case_officer, then of case_file.
-- A filter that is NULL lets everything through.
select
    case_file.case_id, case_file.station, case_file.passage_id, case_file.lane, case_file.state,
    case_file.plate, case_file.class, case_file.number, case_file.authority, case_file.act_id,
    case_file.act_at, case_file.driver_id, case_file.carrier_id, case_file.source_id,
    case_file.fine_yuan, case_file.due_at, case_file.due_kind, case_file.discard_reason,
    case_file.open_proposals, case_file.opened_at,
    case_file.opened_by, case_file.version, case_file.latest_sequence
from case_officer
join case_file on case_file.case_id = case_officer.case_id
where
    case_officer.officer = $10
    and case_officer.opened_at >= $1
    and case_officer.opened_at < $2
    and (case_officer.opened_at, case_officer.case_id) < ($3, $4)
    and (cast($5 as text) is null or case_file.plate = $5)
    and (cast($6 as text) is null or case_file.class = $6)
    and (cast($7 as bigint) is null or case_file.lane = $7)
    and (cast($8 as text) is null or case_file.state = $8)
order by case_officer.opened_at desc, case_officer.case_id desc
limit $9
