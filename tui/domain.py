"""What a record of a hop may say: TLS versions, directions and delivery statuses, and what follows from each.

The words are those of the enums in `queries/schema/tables.sql`; `queries/schema/domain.sql` has the same rules in SQL. Members are
strings, so that what a query returned can be compared with them.
"""

from __future__ import annotations

from enum import StrEnum


class TlsVersion(StrEnum):
    """The TLS version of a hop, from the worst to the best, then the two that have no rank among them."""

    NO_TLS = "No TLS"
    SSL = "SSL"
    TLS_1_0 = "TLS 1.0"
    TLS_1_1 = "TLS 1.1"
    TLS_1_2 = "TLS 1.2"
    TLS_1_3 = "TLS 1.3"
    UNKNOWN = "TLS (version unknown)"
    NOT_RECORDED = "Not recorded"

    @property
    def rank(self) -> int | None:
        """The place among the versions that are known, 0 for No TLS; None for the others."""
        return RANKED.index(self) if self in RANKED else None

    def is_better_than(self, other: str) -> bool:
        """Return whether this version protects better; of what is not known nothing is better and nothing worse."""
        rank, other_rank = self.rank, TlsVersion(other).rank
        return rank is not None and other_rank is not None and rank > other_rank


class Direction(StrEnum):
    """Which way a message crossed a hop, as seen from the organisation."""

    INBOUND = "inbound"
    OUTBOUND = "outbound"
    SUBMISSION = "submission"
    INTERNAL = "internal"
    UNKNOWN = "unknown"


class DeliveryStatus(StrEnum):
    """What became of a message at a hop."""

    ACCEPTED = "accepted"
    DELIVERED = "delivered"
    REJECTED = "rejected"
    DEFERRED = "deferred"
    BOUNCED = "bounced"
    INCOMPLETE = "incomplete"


RANKED = (
    TlsVersion.NO_TLS, TlsVersion.SSL, TlsVersion.TLS_1_0, TlsVersion.TLS_1_1, TlsVersion.TLS_1_2, TlsVersion.TLS_1_3,
)  # fmt: skip
UNRANKED = (TlsVersion.UNKNOWN, TlsVersion.NOT_RECORDED)
# SSL counts with TLS 1.0 wherever TLS 1.0 is warned of.
TLS_1_0_OR_SSL = (TlsVersion.SSL, TlsVersion.TLS_1_0)
LEGACY = RANKED[:4]
MODERN = RANKED[4:]
# Protected in transit: SSL is broken and does not count.
PROTECTED = (*RANKED[2:], TlsVersion.UNKNOWN)
TRANSFERRED = (DeliveryStatus.ACCEPTED, DeliveryStatus.DELIVERED)
# The directions that every card and report counts.
FLOW = (Direction.INBOUND, Direction.OUTBOUND)
