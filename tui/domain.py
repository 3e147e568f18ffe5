"""The domain types of a hop: TLS versions, directions and delivery statuses, with their ranks and predicates.

The words are those of the enums in `queries/schema/tables.sql`; `queries/schema/domain.sql` has the same rules in SQL. Members are
strings, so that what a query returned can be compared with them.
"""

from __future__ import annotations

from collections.abc import Mapping
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
        """The rank among the known versions, 0 for No TLS; None for the others."""
        return RANKED.index(self) if self in RANKED else None

    def is_better_than(self, other: str) -> bool:
        """Return whether this version protects better; an unknown version is neither better nor worse."""
        rank, other_rank = self.rank, TlsVersion(other).rank
        return rank is not None and other_rank is not None and rank > other_rank


class Direction(StrEnum):
    """The direction of a message at a hop, from the point of view of the organisation."""

    INBOUND = "inbound"
    OUTBOUND = "outbound"
    SUBMISSION = "submission"
    INTERNAL = "internal"
    UNKNOWN = "unknown"


class DeliveryStatus(StrEnum):
    """The delivery status of a message at a hop."""

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
# The words that versions before 0.2 had, which filters, reports and the user's own queries may still have.
RENAMED_STATUSES: Mapping[str, DeliveryStatus] = {
    "handed over": DeliveryStatus.DELIVERED,
    "refused": DeliveryStatus.REJECTED,
    "unfinished": DeliveryStatus.INCOMPLETE,
}
TRANSFERRED = (DeliveryStatus.ACCEPTED, DeliveryStatus.DELIVERED)
# The directions that the Overview and every report count.
FLOW = (Direction.INBOUND, Direction.OUTBOUND)
