-- One case. Index: primary key of case_file.
select
    case_id, station, passage_id, lane, state, plate, class, opened_at, opened_by, version,
    latest_sequence
from case_file
where case_id = $1
