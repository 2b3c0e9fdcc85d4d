-- All cases, each with the body of the entry that it names. Index: primary key of journal.
select
    case_file.case_id, case_file.station, case_file.passage_id, case_file.lane, case_file.state,
    case_file.plate, case_file.class, case_file.number, case_file.authority, case_file.act_id,
    case_file.act_at, case_file.driver_id, case_file.carrier_id, case_file.source_id,
    case_file.fine_yuan, case_file.due_at, case_file.due_kind, case_file.discard_reason,
    case_file.open_proposals, case_file.opened_at, case_file.opened_by, case_file.version,
    case_file.latest_sequence, journal.body as entry_body
from case_file
left join journal on journal.sequence = case_file.latest_sequence
