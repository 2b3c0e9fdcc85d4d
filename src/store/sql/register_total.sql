-- Entries made up to a sequence, changes up to it, and past cases that are counted. Index: none, it counts whole tables.
select
    (select count(*) from register_entry where first_sequence <= $1) as entries,
    (select count(*) from register_history where sequence <= $1) as changes,
    (select count(*) from counted_case where origin = 'register' and latest_sequence <= $1) as counted
