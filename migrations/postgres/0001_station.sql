-- The first schema. Column types are three, the same on both engines: integer (bigint), text, and
-- bytes where there are any. Times are microseconds UTC, masses kilograms, flags 0 or 1.
-- What comes from a device has no CHECK: a strange value is flagged, never refused.

-- Facts about this database: station, format.
create table meta (
    name text collate "C" not null primary key,
    value text collate "C" not null
);

-- The journal: docs/journal-format.md.
create table journal (
    sequence bigint not null primary key check (sequence >= 1),
    recorded_at bigint not null,
    kind text collate "C" not null,
    actor text collate "C" not null,
    header text collate "C" not null,
    header_digest text collate "C" not null check (length(header_digest) = 64),
    body text collate "C"
);

-- One row a weighing; closing fills in the rest once.
create table passage (
    passage_id text collate "C" not null primary key,
    station text collate "C" not null,
    lane bigint not null,
    port text collate "C" not null,
    kind text collate "C" not null check (kind in ('dynamic', 'platform')),
    crossed_at bigint not null,
    gross_kg bigint not null,
    axle_count bigint not null,
    class text collate "C",
    overage_kg bigint,
    state text collate "C" not null check (state in ('weighed', 'closed')),
    plate text collate "C",
    plate_state text collate "C" check (plate_state in ('matched', 'ambiguous', 'missing')),
    enforceable bigint check (enforceable in (0, 1)),
    record_conflict bigint not null check (record_conflict in (0, 1)),
    weighing_sequence bigint not null,
    closing_sequence bigint,
    case_id text collate "C",
    raw_digest text collate "C" not null check (length(raw_digest) = 64),
    check ((state = 'closed') = (closing_sequence is not null))
);

-- Pictures of passages; the files are in the picture store.
create table picture (
    passage_id text collate "C" not null references passage (passage_id),
    sha256 text collate "C" not null check (length(sha256) = 64),
    view text collate "C" not null,
    bytes bigint not null,
    width bigint not null,
    height bigint not null,
    taken_at bigint not null,
    primary key (passage_id, view, sha256)
);

-- One row a case ("case" is a word of SQL).
create table case_file (
    case_id text collate "C" not null primary key,
    station text collate "C" not null,
    passage_id text collate "C" not null references passage (passage_id),
    lane bigint not null,
    state text collate "C" not null,
    plate text collate "C" not null,
    class text collate "C" not null,
    opened_at bigint not null,
    opened_by text collate "C" not null,
    version bigint not null check (version >= 1),
    latest_sequence bigint not null
);

-- Passages of a case.
create table case_passage (
    case_id text collate "C" not null references case_file (case_id),
    passage_id text collate "C" not null references passage (passage_id),
    primary key (case_id, passage_id)
);

-- Journal entries of a case.
create table case_entry (
    case_id text collate "C" not null references case_file (case_id),
    sequence bigint not null references journal (sequence),
    primary key (case_id, sequence)
);

-- Users ("user" is a word of SQL).
create table app_user (
    name text collate "C" not null primary key,
    role text collate "C" not null,
    password_hash text collate "C" not null,
    active bigint not null check (active in (0, 1))
);

-- Sessions; of the token only its digest.
create table session (
    token_digest text collate "C" not null primary key check (length(token_digest) = 64),
    user_name text collate "C" not null references app_user (name),
    expires_at bigint not null
);

create index passage_by_time on passage (crossed_at, passage_id);
create index passage_by_plate on passage (plate, crossed_at, passage_id) where plate is not null;
create index passage_by_class on passage (class, crossed_at, passage_id) where class is not null;
create index passage_unclosed on passage (crossed_at, passage_id) where state = 'weighed';
create index case_file_by_time on case_file (opened_at, case_id);
create index case_file_by_plate on case_file (plate, opened_at, case_id);
create index case_file_by_state on case_file (state, opened_at, case_id);
create index session_by_expiry on session (expires_at);
