-- Officers of all cases. Index: none, it reads the whole table.
select officer, case_id, opened_at
from case_officer
