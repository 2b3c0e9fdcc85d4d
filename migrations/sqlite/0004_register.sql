-- Registers: what is known beforehand of vehicles, carriers, drivers and so on. The columns are what
-- lists search by; the body holds all. Days are texts of ISO 8601, which sort as they follow.
create table register_entry (
    kind text not null,
    entry_key text not null,
    label text not null,
    plate text,
    carrier text,
    valid_from text,
    valid_until text,
    active integer not null check (active in (0, 1)),
    version integer not null check (version >= 1),
    first_sequence integer not null references journal (sequence),
    latest_sequence integer not null references journal (sequence),
    body text not null,
    primary key (kind, entry_key)
) strict;

-- Journal entries of register entries.
create table register_history (
    kind text not null,
    entry_key text not null,
    sequence integer not null references journal (sequence),
    primary key (kind, entry_key, sequence)
) strict;

-- Cases as the repeat counters see them: past ones of the register, and own ones.
create table counted_case (
    case_id text not null primary key,
    origin text not null check (origin in ('register', 'case')),
    act_id text not null,
    day_of_act text not null,
    vehicle_plate text,
    driver_id text,
    carrier_id text,
    source_id text,
    latest_sequence integer not null references journal (sequence),
    body text not null
) strict;

create index register_entry_by_label on register_entry (kind, label, entry_key);
create index register_entry_by_plate on register_entry (kind, plate, label, entry_key) where plate is not null;
create index register_entry_by_carrier on register_entry (kind, carrier, label, entry_key) where carrier is not null;
create index counted_case_by_vehicle on counted_case (vehicle_plate, day_of_act, case_id) where vehicle_plate is not null;
create index counted_case_by_driver on counted_case (driver_id, day_of_act, case_id) where driver_id is not null;
create index counted_case_by_carrier on counted_case (carrier_id, day_of_act, case_id) where carrier_id is not null;
create index counted_case_by_source on counted_case (source_id, day_of_act, case_id) where source_id is not null;
create index counted_case_by_act on counted_case (act_id, case_id);
