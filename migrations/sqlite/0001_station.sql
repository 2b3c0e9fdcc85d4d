-- The first schema. Column types are three, the same on both engines: integer (bigint), text, and
-- bytes where there are any. Times are microseconds UTC, masses kilograms, flags 0 or 1.
-- What comes from a device has no CHECK: a strange value is flagged, never refused.

-- Facts about this database: station, format.
create table meta (
    name text not null primary key,
    value text not null
) strict;

-- The journal: docs/journal-format.md.
create table journal (
    sequence integer not null primary key check (sequence >= 1),
    recorded_at integer not null,
    kind text not null,
    actor text not null,
    header text not null,
    header_digest text not null check (length(header_digest) = 64),
    body text
) strict;

-- One row a weighing; closing fills in the rest once.
create table passage (
    passage_id text not null primary key,
    station text not null,
    lane integer not null,
    port text not null,
    kind text not null check (kind in ('dynamic', 'platform')),
    crossed_at integer not null,
    gross_kg integer not null,
    axle_count integer not null,
    class text,
    overage_kg integer,
    state text not null check (state in ('weighed', 'closed')),
    plate text,
    plate_state text check (plate_state in ('matched', 'ambiguous', 'missing')),
    enforceable integer check (enforceable in (0, 1)),
    record_conflict integer not null check (record_conflict in (0, 1)),
    weighing_sequence integer not null,
    closing_sequence integer,
    case_id text,
    raw_digest text not null check (length(raw_digest) = 64),
    check ((state = 'closed') = (closing_sequence is not null))
) strict;

-- Pictures of passages; the files are in the picture store.
create table picture (
    passage_id text not null references passage (passage_id),
    sha256 text not null check (length(sha256) = 64),
    view text not null,
    bytes integer not null,
    width integer not null,
    height integer not null,
    taken_at integer not null,
    primary key (passage_id, view, sha256)
) strict;

-- One row a case ("case" is a word of SQL).
create table case_file (
    case_id text not null primary key,
    station text not null,
    passage_id text not null references passage (passage_id),
    lane integer not null,
    state text not null,
    plate text not null,
    class text not null,
    opened_at integer not null,
    opened_by text not null,
    version integer not null check (version >= 1),
    latest_sequence integer not null
) strict;

-- Passages of a case.
create table case_passage (
    case_id text not null references case_file (case_id),
    passage_id text not null references passage (passage_id),
    primary key (case_id, passage_id)
) strict;

-- Journal entries of a case.
create table case_entry (
    case_id text not null references case_file (case_id),
    sequence integer not null references journal (sequence),
    primary key (case_id, sequence)
) strict;

-- Users ("user" is a word of SQL).
create table app_user (
    name text not null primary key,
    role text not null,
    password_hash text not null,
    active integer not null check (active in (0, 1))
) strict;

-- Sessions; of the token only its digest.
create table session (
    token_digest text not null primary key check (length(token_digest) = 64),
    user_name text not null references app_user (name),
    expires_at integer not null
) strict;

create index passage_by_time on passage (crossed_at, passage_id);
create index passage_by_plate on passage (plate, crossed_at, passage_id) where plate is not null;
create index passage_by_class on passage (class, crossed_at, passage_id) where class is not null;
create index passage_unclosed on passage (crossed_at, passage_id) where state = 'weighed';
create index case_file_by_time on case_file (opened_at, case_id);
create index case_file_by_plate on case_file (plate, opened_at, case_id);
create index case_file_by_state on case_file (state, opened_at, case_id);
create index session_by_expiry on session (expires_at);
