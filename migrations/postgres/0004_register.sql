-- Registers: what is known beforehand of vehicles, carriers, drivers and so on. The columns are what
-- lists search by; the body holds all. Days are texts of ISO 8601, which sort as they follow.
create table register_entry (
    kind text collate "C" not null,
    entry_key text collate "C" not null,
    label text collate "C" not null,
    plate text collate "C",
    carrier text collate "C",
    valid_from text collate "C",
    valid_until text collate "C",
    active bigint not null check (active in (0, 1)),
    version bigint not null check (version >= 1),
    first_sequence bigint not null references journal (sequence),
    latest_sequence bigint not null references journal (sequence),
    body text collate "C" not null,
    primary key (kind, entry_key)
);

-- Journal entries of register entries.
create table register_history (
    kind text collate "C" not null,
    entry_key text collate "C" not null,
    sequence bigint not null references journal (sequence),
    primary key (kind, entry_key, sequence)
);

-- Cases as the repeat counters see them: past ones of the register, and own ones.
create table counted_case (
    case_id text collate "C" not null primary key,
    origin text collate "C" not null check (origin in ('register', 'case')),
    act_id text collate "C" not null,
    day_of_act text collate "C" not null,
    vehicle_plate text collate "C",
    driver_id text collate "C",
    carrier_id text collate "C",
    source_id text collate "C",
    latest_sequence bigint not null references journal (sequence),
    body text collate "C" not null
);

create index register_entry_by_label on register_entry (kind, label, entry_key);
create index register_entry_by_plate on register_entry (kind, plate, label, entry_key) where plate is not null;
create index register_entry_by_carrier on register_entry (kind, carrier, label, entry_key) where carrier is not null;
create index counted_case_by_vehicle on counted_case (vehicle_plate, day_of_act, case_id) where vehicle_plate is not null;
create index counted_case_by_driver on counted_case (driver_id, day_of_act, case_id) where driver_id is not null;
create index counted_case_by_carrier on counted_case (carrier_id, day_of_act, case_id) where carrier_id is not null;
create index counted_case_by_source on counted_case (source_id, day_of_act, case_id) where source_id is not null;
create index counted_case_by_act on counted_case (act_id, case_id);
