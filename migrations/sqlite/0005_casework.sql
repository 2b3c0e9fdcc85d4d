-- Cases that are opened by hand have no passage, and a case is found by more than its plate. The table is
-- made anew with its children, since SQLite takes no constraint back.
create table case_file_new (
    case_id text not null primary key,
    station text not null,
    passage_id text references passage (passage_id),
    lane integer,
    state text not null,
    plate text not null,
    class text,
    number text,
    authority text,
    act_id text not null,
    act_at integer not null,
    driver_id text,
    carrier_id text,
    source_id text,
    fine_yuan integer,
    due_at integer,
    due_kind text,
    discard_reason text,
    open_proposals integer not null,
    opened_at integer not null,
    opened_by text not null,
    version integer not null check (version >= 1),
    latest_sequence integer not null
) strict;

insert into case_file_new (
    case_id, station, passage_id, lane, state, plate, class, act_id, act_at, open_proposals, opened_at,
    opened_by, version, latest_sequence
)
select
    case_file.case_id, case_file.station, case_file.passage_id, case_file.lane, case_file.state,
    case_file.plate, case_file.class, case_file.case_id, passage.crossed_at, 0, case_file.opened_at,
    case_file.opened_by, case_file.version, case_file.latest_sequence
from case_file
join passage on passage.passage_id = case_file.passage_id;

create table case_passage_new (
    case_id text not null references case_file_new (case_id),
    passage_id text not null references passage (passage_id),
    primary key (case_id, passage_id)
) strict;

insert into case_passage_new (case_id, passage_id)
select case_id, passage_id
from case_passage;

create table case_entry_new (
    case_id text not null references case_file_new (case_id),
    sequence integer not null references journal (sequence),
    primary key (case_id, sequence)
) strict;

insert into case_entry_new (case_id, sequence)
select case_id, sequence
from case_entry;

drop table case_entry;
drop table case_passage;
drop table case_file;
alter table case_file_new rename to case_file;
alter table case_passage_new rename to case_passage;
alter table case_entry_new rename to case_entry;

-- The officers of a case (承办人员).
create table case_officer (
    officer text not null,
    case_id text not null references case_file (case_id),
    opened_at integer not null,
    primary key (officer, opened_at, case_id)
) strict;

-- Who may punish an act: one act, one fine (Administrative Penalty Law art. 29).
create table act_claim (
    act_id text not null primary key,
    authority text not null,
    case_id text not null references case_file (case_id),
    claimed_at integer not null
) strict;

-- The latest number of a series in a year; numbers have no gaps.
create table number_series (
    series text not null,
    year integer not null,
    serial integer not null check (serial >= 1),
    primary key (series, year)
) strict;

-- Numbers that were given, each once; a void one stays.
create table case_number (
    series text not null,
    year integer not null,
    serial integer not null,
    number text not null,
    case_id text not null references case_file (case_id),
    primary key (series, year, serial)
) strict;

-- Stays of vehicles at the station: weighing, unloading, release (检测).
create table inspection (
    inspection_id text not null primary key,
    station text not null,
    state text not null,
    plate text,
    trailer_plate text,
    first_gross_kg integer,
    last_gross_kg integer,
    limit_kg integer,
    unloaded_kg integer,
    held_until integer,
    yard_place text,
    case_id text,
    opened_at integer not null,
    opened_by text not null,
    version integer not null check (version >= 1),
    latest_sequence integer not null
) strict;

-- Passages of a stay: a passage is weighed in one stay only.
create table inspection_passage (
    passage_id text not null primary key references passage (passage_id),
    inspection_id text not null references inspection (inspection_id)
) strict;

-- Journal entries of a stay.
create table inspection_entry (
    inspection_id text not null references inspection (inspection_id),
    sequence integer not null references journal (sequence),
    primary key (inspection_id, sequence)
) strict;

-- Numbers that a status page shows, kept up by every write: counting a year of passages takes too long.
-- Passages by class and state are named `class/state`, pictures `picture`.
create table tally (
    name text not null primary key,
    number integer not null
) strict;

insert into tally (name, number)
select coalesce(class, '') || '/' || state, count(*)
from passage
group by coalesce(class, '') || '/' || state;

insert into tally (name, number)
select 'picture', count(*)
from picture;

create index case_file_by_time on case_file (opened_at, case_id);
create index case_file_by_plate on case_file (plate, opened_at, case_id);
create index case_file_by_state on case_file (state, opened_at, case_id);
create index case_file_by_class on case_file (class, opened_at, case_id) where class is not null;
create index case_file_by_act on case_file (act_id, opened_at, case_id);
create index case_file_by_number on case_file (number, opened_at, case_id) where number is not null;
create index case_file_by_driver on case_file (driver_id, opened_at, case_id) where driver_id is not null;
create index case_file_by_carrier on case_file (carrier_id, opened_at, case_id) where carrier_id is not null;
create index case_file_by_source on case_file (source_id, opened_at, case_id) where source_id is not null;
create index case_file_by_due on case_file (due_at, case_id) where due_at is not null;
create index case_file_by_proposal on case_file (opened_at, case_id) where open_proposals > 0;
create index case_file_by_discard on case_file (discard_reason, opened_at) where discard_reason is not null;
create index case_officer_by_case on case_officer (case_id, officer);
create index case_number_by_number on case_number (number, case_id);
create index case_passage_by_passage on case_passage (passage_id, case_id);
create index inspection_by_time on inspection (opened_at, inspection_id);
create index inspection_by_state on inspection (state, opened_at, inspection_id);
create index inspection_by_plate on inspection (plate, opened_at, inspection_id) where plate is not null;
create index inspection_by_hold on inspection (held_until, inspection_id) where held_until is not null;
create index inspection_by_yard on inspection (opened_at, inspection_id) where yard_place is not null;
create index inspection_passage_by_stay on inspection_passage (inspection_id, passage_id);
create index passage_heavy on passage (crossed_at, passage_id) where gross_kg >= 60000;
