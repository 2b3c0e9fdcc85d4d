-- Ends all sessions that ran out. Index: session_by_expiry.
delete from session
where expires_at <= $1
