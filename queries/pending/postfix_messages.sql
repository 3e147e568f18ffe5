-- title: Messages and sessions of a Postfix log that no file contains completely
-- help: The lines of each queue id without its first or its last line, and of each smtpd session that is cut off, with the sessions and TLS lines that they need.
SELECT line_no, is_evidence FROM postfix_pending('raw', 'read_file')
