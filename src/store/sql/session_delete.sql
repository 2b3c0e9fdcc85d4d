-- Ends a session. Index: primary key of session.
delete from session
where token_digest = $1
