-- What happened in a lane besides passages: an hour's record (lane 0: of the station), enforcement
-- switched off or on, a scale checked at the beginning of a shift. What it was stands in the journal.
create table mark (
    kind text not null check (kind in ('hour', 'enforcement', 'shift_check')),
    lane integer not null,
    marked_at integer not null,
    sequence integer not null references journal (sequence),
    primary key (kind, lane, marked_at)
) strict;
