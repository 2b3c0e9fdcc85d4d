-- One user. Index: primary key of app_user.
select name, role, password_hash, active
from app_user
where name = $1
