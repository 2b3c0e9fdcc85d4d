-- All entries of registers, each with the body of the entry that it names. Index: primary key of
-- journal.
select
    register_entry.kind, register_entry.entry_key, register_entry.label, register_entry.plate,
    register_entry.carrier, register_entry.valid_from, register_entry.valid_until,
    register_entry.active, register_entry.version, register_entry.first_sequence,
    register_entry.latest_sequence, register_entry.body, journal.body as entry_body
from register_entry
left join journal on journal.sequence = register_entry.latest_sequence
