-- Adds or changes a user. Index: primary key of app_user.
insert into app_user (name, role, password_hash, active)
values
($1, $2, $3, $4)
on conflict (name) do update
set role = excluded.role, password_hash = excluded.password_hash, active = excluded.active
