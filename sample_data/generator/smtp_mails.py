"""Makes the transactions of SMTP sessions: who to whom, with which end, at which moment."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from sample_data.generator.rhythm import Deal
from sample_data.generator.smtp_session import Mail

LEAD_MS = 2_600
"""A session's start lies at least this long before its first mail."""
GAP_MS = 2_600
"""Two mails of a session begin at least this far apart."""

_OUTCOMES = {
    "accepted": 0.93,
    "rcpt_refused": 0.022,
    "body_refused": 0.012,
    "body_deferred": 0.009,
    "dropped": 0.008,
    "reset": 0.007,
    "mail_refused": 0.007,
    "mail_deferred": 0.005,
}
ACCEPTED_SHARE = _OUTCOMES["accepted"]
_REFUSALS = (
    ("nobody.here@example.com", "550 5.1.1 RESOLVER.ADR.RecipientNotFound; not found"),
    ("someone@elsewhere.example", "550 5.7.54 SMTP; Unable to relay recipient in non-accepted domain"),
)
RECIPIENT_OK = "250 2.1.5 Recipient OK"


class Ids:
    """Session ids in Exchange's shape (16 hexadecimal digits) and message ids, none used twice."""

    def __init__(self, series: int, token: str) -> None:
        self._session = 0x08DE_1000_0000_0000 + (series << 36)
        self._message = 0
        self._token = token

    def session(self) -> str:
        """Return the next session id."""
        self._session += 0x1F3D
        return f"{self._session:016X}"

    def message(self, host: str) -> str:
        """Return the next message id, without its angle brackets."""
        self._message += 1
        return f"{self._token}.{self._message * 2654435761 % 2**32:08x}{self._message:06x}@{host}"


class MailRoom:
    """Fills sessions with mails. One mail room serves one kind of log, so that its shares hold over all of them."""

    def __init__(self, rng: Random, ids: Ids) -> None:
        self.rng = rng
        self.ids = ids
        self._outcomes: Deal[str] = Deal(_OUTCOMES)

    def fill(
        self,
        first_ms: int,
        count: int,
        senders: Sequence[str],
        recipients: Sequence[str],
        host: str,
        *,
        reply: str = "",
        plain: bool = False,
        max_gap_ms: int = 40_000,
    ) -> list[Mail]:
        """Return up to `count` mails; a connection that drops ends them early. `plain`: every one is accepted."""
        mails: list[Mail] = []
        at_ms = first_ms
        for _ in range(count):
            outcome = "accepted" if plain else self._outcomes.next()
            mails.append(self._mail(at_ms, outcome, senders, recipients, host, reply))
            if outcome == "dropped":
                break
            at_ms += GAP_MS + self.rng.randrange(max_gap_ms)
        return mails

    def _mail(self, at_ms: int, outcome: str, senders: Sequence[str], recipients: Sequence[str], host: str, reply: str) -> Mail:
        rng = self.rng
        count = min(rng.choice((1, 1, 1, 1, 1, 2, 2, 3, 5)), len(recipients))
        if outcome == "rcpt_refused":
            asked = tuple(rng.sample(_REFUSALS, min(count, 2)))
        else:
            asked = tuple((address, RECIPIENT_OK) for address in rng.sample(recipients, count))
            if count > 1 and rng.random() < 0.12:
                at = rng.randrange(count + 1)
                asked = (*asked[:at], rng.choice(_REFUSALS), *asked[at:])
        verb = rng.choice(("DATA", "BDAT"))
        return Mail(
            at_ms=at_ms,
            sender="" if rng.random() < 0.02 else rng.choice(senders),
            recipients=asked,
            outcome=outcome,
            message_id=self.ids.message(host),
            size_bytes=int(rng.lognormvariate(9.6, 1.1)) + 900,
            verb=verb,
            chunks=rng.choice((1, 1, 1, 2, 3)) if verb == "BDAT" else 1,
            pipelined=rng.random() < 0.3,
            reply=reply,
        )
