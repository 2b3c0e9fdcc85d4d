-- Adds a session. Index: primary key of session.
insert into session (token_digest, user_name, expires_at)
values
($1, $2, $3)
on conflict (token_digest) do update
set user_name = excluded.user_name, expires_at = excluded.expires_at
