-- What the host said of its clock (lane 0) is a mark, too. SQLite can't change a check in place, so
-- both engines make the table anew.
create table mark_of_more_kinds (
    kind text not null check (kind in ('hour', 'enforcement', 'shift_check', 'host_clock')),
    lane integer not null,
    marked_at integer not null,
    sequence integer not null references journal (sequence),
    primary key (kind, lane, marked_at)
) strict;
insert into mark_of_more_kinds select kind, lane, marked_at, sequence from mark;
drop table mark;
alter table mark_of_more_kinds rename to mark;
