-- Entries of all register entries, in order. Index: primary key of register_history.
select kind, entry_key, sequence
from register_history
order by kind, entry_key, sequence
