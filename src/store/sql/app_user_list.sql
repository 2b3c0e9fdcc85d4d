-- All users. Index: primary key of app_user.
select name, role, password_hash, active
from app_user
order by name
