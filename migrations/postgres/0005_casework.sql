-- Cases that are opened by hand have no passage, and a case is found by more than its plate. The table is
-- made anew with its children, since SQLite takes no constraint back.
create table case_file_new (
    case_id text collate "C" not null primary key,
    station text collate "C" not null,
    passage_id text collate "C" references passage (passage_id),
    lane bigint,
    state text collate "C" not null,
    plate text collate "C" not null,
    class text collate "C",
    number text collate "C",
    authority text collate "C",
    act_id text collate "C" not null,
    act_at bigint not null,
    driver_id text collate "C",
    carrier_id text collate "C",
    source_id text collate "C",
    fine_yuan bigint,
    due_at bigint,
    due_kind text collate "C",
    discard_reason text collate "C",
    open_proposals bigint not null,
    opened_at bigint not null,
    opened_by text collate "C" not null,
    version bigint not null check (version >= 1),
    latest_sequence bigint not null
);

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
    case_id text collate "C" not null references case_file_new (case_id),
    passage_id text collate "C" not null references passage (passage_id),
    primary key (case_id, passage_id)
);

insert into case_passage_new (case_id, passage_id)
select case_id, passage_id
from case_passage;

create table case_entry_new (
    case_id text collate "C" not null references case_file_new (case_id),
    sequence bigint not null references journal (sequence),
    primary key (case_id, sequence)
);

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
    officer text collate "C" not null,
    case_id text collate "C" not null references case_file (case_id),
    opened_at bigint not null,
    primary key (officer, opened_at, case_id)
);

-- Who may punish an act: one act, one fine (Administrative Penalty Law art. 29).
create table act_claim (
    act_id text collate "C" not null primary key,
    authority text collate "C" not null,
    case_id text collate "C" not null references case_file (case_id),
    claimed_at bigint not null
);

-- The latest number of a series in a year; numbers have no gaps.
create table number_series (
    series text collate "C" not null,
    year bigint not null,
    serial bigint not null check (serial >= 1),
    primary key (series, year)
);

-- Numbers that were given, each once; a void one stays.
create table case_number (
    series text collate "C" not null,
    year bigint not null,
    serial bigint not null,
    number text collate "C" not null,
    case_id text collate "C" not null references case_file (case_id),
    primary key (series, year, serial)
);

-- Stays of vehicles at the station: weighing, unloading, release (检测).
create table inspection (
    inspection_id text collate "C" not null primary key,
    station text collate "C" not null,
    state text collate "C" not null,
    plate text collate "C",
    trailer_plate text collate "C",
    first_gross_kg bigint,
    last_gross_kg bigint,
    limit_kg bigint,
    unloaded_kg bigint,
    held_until bigint,
    yard_place text collate "C",
    case_id text collate "C",
    opened_at bigint not null,
    opened_by text collate "C" not null,
    version bigint not null check (version >= 1),
    latest_sequence bigint not null
);

-- Passages of a stay: a passage is weighed in one stay only.
create table inspection_passage (
    passage_id text collate "C" not null primary key references passage (passage_id),
    inspection_id text collate "C" not null references inspection (inspection_id)
);

-- Journal entries of a stay.
create table inspection_entry (
    inspection_id text collate "C" not null references inspection (inspection_id),
    sequence bigint not null references journal (sequence),
    primary key (inspection_id, sequence)
);

-- Numbers that a status page shows, kept up by every write: counting a year of passages takes too long.
-- Passages by class and state are named `class/state`, pictures `picture`.
create table tally (
    name text collate "C" not null primary key,
    number bigint not null
);

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
