-- Parties whose counters are to be rolled, one row each (待重计的当事人). What changes a count adds the
-- party in its own transaction; what moves the tracks takes it out in its own.
create table party_roll (
    track text not null check (track in ('vehicle', 'driver', 'carrier', 'loading_source')),
    party_id text not null,
    marked integer not null,
    due_at integer not null,
    failures integer not null check (failures >= 0),
    failure text,
    primary key (track, party_id)
) strict;

-- Which tracks of a counted case rest on a count: 1 vehicle, 2 driver, 4 carrier, 8 loading source. Of
-- cases from before that is not known: all are looked at once.
alter table counted_case add column resting integer not null default 0;

update counted_case set resting = 15 where origin = 'case';

-- What a shift's numbers are counted from. Stays from before are read whole instead.
alter table inspection add column first_weighed_at integer;
alter table inspection add column last_weighed_at integer;
alter table inspection add column ended_at integer;
alter table inspection add column was_over integer;
alter table inspection add column by_hand integer;
alter table inspection add column let_through text;

create index party_roll_by_due on party_roll (due_at, track, party_id);
create index counted_case_resting on counted_case (day_of_act, case_id) where resting > 0;
create index inspection_first_weighed on inspection (first_weighed_at, was_over, by_hand) where first_weighed_at is not null;
create index inspection_unloaded on inspection (last_weighed_at, unloaded_kg) where unloaded_kg > 0;
create index inspection_ended on inspection (ended_at, state, let_through) where ended_at is not null;
create index inspection_unread on inspection (opened_at, inspection_id) where was_over is null;

-- Heavy passages are some in a hundred, scattered over the whole table: a page of them was a page of the disk
-- each, and two where closing had left the older row. All that a list shows stands in the index. Its
-- condition is written so that no index by class serves it.
drop index passage_heavy;
create index passage_heavy on passage (crossed_at, passage_id, class, station, lane, port, kind, gross_kg, axle_count, overage_kg, state, plate, plate_state, enforceable, record_conflict, weighing_sequence, closing_sequence, case_id) where gross_kg >= 60000;
create index passage_hundred_ton on passage (crossed_at, passage_id, class, station, lane, port, kind, gross_kg, axle_count, overage_kg, state, plate, plate_state, enforceable, record_conflict, weighing_sequence, closing_sequence, case_id) where coalesce(class, '') = 'hundred_ton';
