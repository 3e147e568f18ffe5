-- title: TLS versions, directions and delivery statuses
-- help: What follows from each; tui/domain.py has the same rules. For enums and for their words as text.

-- Accepted by us, or handed over to the next server.
CREATE OR REPLACE MACRO is_transferred(status) AS status = 'accepted' OR status = 'delivered';

-- What every card and report counts, if it was transferred.
CREATE OR REPLACE MACRO is_edge_direction(direction) AS direction = 'inbound' OR direction = 'outbound';

-- Mail with strangers and own clients: what the rollup of peers has.
CREATE OR REPLACE MACRO is_with_peers(direction) AS is_edge_direction(direction) OR direction = 'submission';

CREATE OR REPLACE MACRO is_recorded_tls(tls) AS tls <> 'Not recorded';

-- SSL is broken and does not protect.
CREATE OR REPLACE MACRO is_protected_tls(tls) AS tls <> 'No TLS' AND tls <> 'SSL' AND tls <> 'Not recorded';

-- SSL counts with TLS 1.0 wherever TLS 1.0 is warned of.
CREATE OR REPLACE MACRO is_tls10_or_ssl(tls) AS tls = 'TLS 1.0' OR tls = 'SSL';

-- What must be upgraded: below TLS 1.2.
CREATE OR REPLACE MACRO is_legacy_tls(tls) AS tls = 'No TLS' OR tls = 'SSL' OR tls = 'TLS 1.0' OR tls = 'TLS 1.1';

-- The place among the versions that are known, from No TLS (0) to TLS 1.3 (5); NULL for what is not known.
CREATE OR REPLACE MACRO tls_rank(tls) AS CASE tls
    WHEN 'No TLS' THEN 0
    WHEN 'SSL' THEN 1
    WHEN 'TLS 1.0' THEN 2
    WHEN 'TLS 1.1' THEN 3
    WHEN 'TLS 1.2' THEN 4
    WHEN 'TLS 1.3' THEN 5
END;

CREATE OR REPLACE MACRO tls_of_rank(rank) AS ['No TLS', 'SSL', 'TLS 1.0', 'TLS 1.1', 'TLS 1.2', 'TLS 1.3'][rank + 1];

-- The place of a TLS version in its order, from No TLS to Not recorded.
CREATE OR REPLACE MACRO tls_ordinal(TLS) AS list_position(
    ['No TLS', 'SSL', 'TLS 1.0', 'TLS 1.1', 'TLS 1.2', 'TLS 1.3', 'TLS (version unknown)', 'Not recorded'], tls
);

-- How good a delivery status is: of several records of one hop the best counts.
CREATE OR REPLACE MACRO status_rank(STATUS) AS coalesce(
    list_position(['delivered', 'accepted', 'bounced', 'rejected', 'deferred'], status), 9
);
