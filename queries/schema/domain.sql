-- title: TLS versions, directions and delivery statuses
-- help: Predicates and ranks of each; tui/domain.py has the same in Python. The macros accept the enums and their text.

-- Whether a message was accepted or delivered.
CREATE OR REPLACE MACRO is_transferred(status) AS status = 'accepted' OR status = 'delivered';

-- Whether mail of a direction crosses the border of the organisation, so that it is counted if it was transferred.
CREATE OR REPLACE MACRO is_edge_direction(direction) AS direction = 'inbound' OR direction = 'outbound';

-- Directions of the rollup of peers: mail with other organisations and with own clients.
CREATE OR REPLACE MACRO is_with_peers(direction) AS is_edge_direction(direction) OR direction = 'submission';

-- Whether a file records that there was TLS, or that there was none.
CREATE OR REPLACE MACRO is_recorded_tls(tls) AS tls <> 'Not recorded';

-- SSL is broken and does not protect.
CREATE OR REPLACE MACRO is_protected_tls(tls) AS tls <> 'No TLS' AND tls <> 'SSL' AND tls <> 'Not recorded';

-- SSL counts with TLS 1.0 wherever TLS 1.0 is reported.
CREATE OR REPLACE MACRO is_tls10_or_ssl(tls) AS tls = 'TLS 1.0' OR tls = 'SSL';

-- What must be upgraded: below TLS 1.2.
CREATE OR REPLACE MACRO is_legacy_tls(tls) AS tls = 'No TLS' OR tls = 'SSL' OR tls = 'TLS 1.0' OR tls = 'TLS 1.1';

-- The rank among the recorded versions, from No TLS (0) to TLS 1.3 (5); NULL for the other two.
CREATE OR REPLACE MACRO tls_rank(tls) AS CASE tls
    WHEN 'No TLS' THEN 0
    WHEN 'SSL' THEN 1
    WHEN 'TLS 1.0' THEN 2
    WHEN 'TLS 1.1' THEN 3
    WHEN 'TLS 1.2' THEN 4
    WHEN 'TLS 1.3' THEN 5
END;

-- The TLS version of a rank.
CREATE OR REPLACE MACRO tls_of_rank(rank) AS ['No TLS', 'SSL', 'TLS 1.0', 'TLS 1.1', 'TLS 1.2', 'TLS 1.3'][rank + 1];

-- The position of a TLS version in the enum, from 1 (No TLS) to 8 (Not recorded).
CREATE OR REPLACE MACRO tls_ordinal(TLS) AS list_position(
    ['No TLS', 'SSL', 'TLS 1.0', 'TLS 1.1', 'TLS 1.2', 'TLS 1.3', 'TLS (version unknown)', 'Not recorded'], tls
);

-- The precedence of a delivery status, from 1 (delivered) to 5 (deferred), 9 for any other: of several observations of one hop the one with the
-- lowest is used.
CREATE OR REPLACE MACRO status_rank(STATUS) AS coalesce(
    list_position(['delivered', 'accepted', 'bounced', 'rejected', 'deferred'], status), 9
);

-- The word for a delivery status in hop keys. It must never change: trace files contain keys with the words of versions before 0.2, and a hop that
-- is loaded again from another file is recognised by its key.
CREATE OR REPLACE MACRO status_in_key(status) AS CASE status
    WHEN 'delivered' THEN 'handed over'
    WHEN 'rejected' THEN 'refused'
    WHEN 'incomplete' THEN 'unfinished'
    ELSE status
END;
