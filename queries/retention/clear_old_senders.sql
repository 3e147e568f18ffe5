-- title: Keys of senders that are older than the retention date
-- help: The totals of their days stay.
-- params: moment timestamp
UPDATE trace.peer_day SET sender_keys = NULL
WHERE day < $moment AND sender_keys IS NOT NULL
