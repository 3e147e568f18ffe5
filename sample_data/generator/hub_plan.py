"""Sessions between own servers: the hub behind the front end, the front end's own sending, and the servers' talk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from random import Random

from sample_data.generator.people import own_people
from sample_data.generator.receive_plan import OWN_IP
from sample_data.generator.smtp_mails import LEAD_MS, RECIPIENT_OK, Ids, MailRoom
from sample_data.generator.smtp_session import Mail, Session


def hub_sessions(front: Sequence[Session], ids: Ids) -> list[Session]:
    """Return the hub's side of each front-end session that brought mail."""
    return [_behind(session, ids, "hub", delay_ms=130) for session in front if _passed_on(session)]


def proxy_sessions(front: Sequence[Session], ids: Ids) -> list[Session]:
    """Return EX01's front end's own send log: the same mail on its way to the hub."""
    return [_behind(session, ids, "proxy", delay_ms=70) for session in front if session.server == "EX01" and _passed_on(session)]


def _passed_on(session: Session) -> list[Mail]:
    if session.cut == "tls":
        return []  # Its other side began before the first file as well; nothing would show that it is internal.
    return [mail for mail in session.mails if mail.outcome == "accepted"]


def _behind(front: Session, ids: Ids, log: str, *, delay_ms: int) -> Session:
    mails = [
        mail._replace(
            at_ms=mail.at_ms + delay_ms,
            recipients=tuple((address, RECIPIENT_OK) for address in mail.accepted_recipients),
            verb="BDAT",
            chunks=1,
        )
        for mail in _passed_on(front)
    ]
    is_hub = log == "hub"
    verb = "XPROXY" if front.user else "XPROXYFROM"
    address, _, port = front.remote.rpartition(":")
    login = f"AUTHSRC=Login IDENTITY={front.user}" if front.user else "AUTHSRC=Anonymous"
    near, far = ("EX01", front.server) if is_hub else (front.server, "EX01")
    port_out = 2525 if is_hub else 25_000 + int(port) % 30_000
    return replace(
        front,
        kind="receive" if is_hub else "send",
        log=log,
        server=near,
        connector=f"EX01\\{'Client Proxy' if front.user else 'Default'} EX01" if is_hub else "Inbound Proxy Internal Send Connector",
        session_id=ids.session(),
        local=f"{OWN_IP[near]}:{port_out}",
        remote=f"{OWN_IP[far]}:{20_000 + int(port) % 40_000 if is_hub else 2525}",
        peer_ip=OWN_IP[far],
        peer_host=f"{far}.example.com",
        helo=f"{far}.example.com",
        start_ms=mails[0].at_ms - LEAD_MS,
        protocol="TLS1_2",
        handshake="ok",
        cut="",
        user="",
        internal=verb,
        origin=(
            f"SID={front.session_id} IP={address.strip('[]')} PORT={port} DOMAIN={front.helo.replace(' ', '+')} SEQNUM=1 PERMS=1073 {login}"
        ),
        mails=mails,
    )


def server_talk(moments: Sequence[int], seed: int) -> list[Session]:
    """Return sessions in which EX02 comes to EX01: plain X-ANONYMOUSTLS to the hub, or XPROXYTO to the front end."""
    rng, ids = Random(f"{seed}:talk"), Ids(3, "int")
    room, people = MailRoom(rng, ids), own_people()
    found: list[Session] = []
    for i, at_ms in enumerate(moments):
        is_proxy = i % 3 == 2
        found.append(
            Session(
                kind="receive",
                log="frontend" if is_proxy else "hub",
                server="EX01",
                connector=f"EX01\\{'Outbound Proxy Frontend' if is_proxy else 'Default'} EX01",
                session_id=ids.session(),
                local=f"{OWN_IP['EX01']}:{717 if is_proxy else 2525}",
                remote=f"{OWN_IP['EX02']}:{rng.randrange(20_000, 65_000)}",
                peer_ip=OWN_IP["EX02"],
                peer_host="EX02.example.com",
                helo="EX02.example.com",
                start_ms=at_ms - LEAD_MS,
                protocol="TLS1_2",
                handshake="ok",
                internal="XPROXYTO" if is_proxy else "X-ANONYMOUSTLS",
                origin="DESTINATIONS=mx1.litware.example SID=08DE200000000001 PORT=25" if is_proxy else "",
                mails=room.fill(at_ms, 1, people, people, "EX02.example.com", plain=True),
            )
        )
    return found
