-- One session of a user who may log in. Index: primary keys of session and app_user.
select session.token_digest, session.user_name, app_user.role, session.expires_at
from session
join app_user on app_user.name = session.user_name
where session.token_digest = $1 and session.expires_at > $2 and app_user.active = 1
