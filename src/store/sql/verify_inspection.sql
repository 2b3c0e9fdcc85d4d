-- All stays, each with the body of the entry that it names. Index: primary key of journal.
select
    inspection.inspection_id, inspection.station, inspection.state, inspection.plate,
    inspection.trailer_plate, inspection.first_gross_kg, inspection.last_gross_kg,
    inspection.limit_kg, inspection.unloaded_kg, inspection.held_until, inspection.yard_place,
    inspection.case_id, inspection.first_weighed_at, inspection.last_weighed_at, inspection.ended_at,
    inspection.was_over, inspection.by_hand, inspection.let_through, inspection.opened_at, inspection.opened_by, inspection.version,
    inspection.latest_sequence, journal.body as entry_body
from inspection
left join journal on journal.sequence = inspection.latest_sequence
