"""Cisco Secure Email Gateway: the consolidated event log, a line a message when the appliance is done with it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from sample_data.generator.hops import NO_TLS, NOT_RECORDED, Hop
from sample_data.generator.mail_plan import Mail
from sample_data.generator.writers import Writer
from sample_data.generator.writers.cisco_esa import sender_group
from sample_data.generator.writers.gateway import Leg, hop_of, legs_of
from sample_data.generator.writers.tables import chance, clock, dealt, number_of, whole_second, write_text

FORMAT = "cisco_esa_cef"
_FORM = "%a %b %e %H:%M:%S %Y"


def _legs(mail: Mail) -> list[Leg]:
    """Return the way in and the last way out of a mail that the appliance is done with."""
    legs = list(legs_of(mail))
    if not legs or (legs[-1].status == "deferred" and not legs[-1].is_in):
        return []
    return [legs[0], *legs[-1:]] if len(legs) > 1 else legs


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace("=", "\\=").replace("\r", "\\r").replace("\n", "\\n")


def _line(mail: Mail) -> str | None:
    legs = _legs(mail)
    if not legs:
        return None
    came, gone = legs[0], legs[1] if len(legs) > 1 else None
    act = {"rejected": "REJECTED", "deferred": "ABORTED"}.get(
        came.status, "DELIVERED" if gone and gone.status == "delivered" else "BOUNCED"
    )
    fields = [
        f"deviceExternalId=4202A33F31B0-{number_of(mail, 2, 2)}", f"ESAMID={number_of(mail, 4, 9_000_000)}",
        f"ESAICID={number_of(mail, 8, 9_000_000)}",
        "ESAASVerdict=NEGATIVE", "ESAAVVerdict=NOT_EVALUATED", f"startTime={clock(came.at_ms, _FORM)}", "dvc=192.0.2.1",
        f"deviceDirection={0 if mail.way == 'in' else 1}", "ESAMailFlowPolicy=ACCEPT", f"suser={mail.sender}", "cs1Label=MailPolicy",
        "cs1=DEFAULT", f"act={act}", "cs4Label=ExternalMsgID", f"cs4='{mail.message_id}'", f"ESAMsgSize={mail.size_bytes}",
        f"duser={';'.join(mail.recipients)}", f"ESAHeloDomain={came.helo}", f"ESAFriendlyFrom={mail.sender}",
        "ESASDRDomainAge=30 days (or greater)", f"ESASenderGroup={sender_group(came)}", f"sourceHostName={came.host}",
        f"sourceAddress={came.ip}", f"msg='{_escaped(mail.subject)}'",
    ]  # fmt: skip
    if came.tls != NO_TLS:
        fields += [f"ESATLSInCipher={came.cipher}", "ESATLSInConnStatus=Success", f"ESATLSInProtocol={came.version}"]
    if gone:
        fields += [f"ESADCID={number_of(mail, 12, 9_000_000) + 1}", f"endTime={clock(gone.at_ms, _FORM)}"]
        if gone.tls != NO_TLS:
            fields += [f"ESATLSOutCipher={gone.cipher}", "ESATLSOutConnStatus=Success", f"ESATLSOutProtocol={gone.version}"]
    else:
        fields += ["ESADCID=0"] if chance(mail, 16, 0.5) else []
    head = f"<134>{clock(came.at_ms, '%b %e %H:%M:%S')} esa1 " if chance(mail, 0, 0.5) else ""
    device = "C300V Email Security Virtual Appliance"
    return f"{head}CEF:0|Cisco|{device}|13.0.0-392|ESA_CONSOLIDATED_LOG_EVENT|Consolidated Log Event|5|{' '.join(fields)}\n"


def write_cisco_cef(mails: Sequence[Mail], folder: Path) -> list[Path]:
    """Write two files with lines of other programs between theirs; a few lines stand in both."""
    lines = [line for mail in mails if (line := _line(mail))]
    other = "<13>Nov 10 10:00:00 esa1 CEF:0|Cisco|C300V|13.0|ESA_SYSTEM|System|3|msg=Version: 13\n"
    first, second = dealt(lines, 2)
    return [
        write_text(folder / "cef-1.log", other.join("".join(part) for part in dealt([*first, *second[:30]], 9))),
        write_text(folder / "cef-2.log", "".join(second)),
    ]


def cisco_cef_hops(mails: Sequence[Mail]) -> Iterator[Hop]:
    """Yield both hops; no word for clear text is known, so that a line without TLS tells nothing."""
    for mail in mails:
        for leg in _legs(mail):
            hop = hop_of(leg, FORMAT, "Cisco ESA", whole_second(leg.at_ms))
            hop = hop._replace(
                connector=sender_group(leg) if leg.is_in else None, status="rejected" if hop.status == "deferred" else hop.status
            )
            yield hop._replace(tls=NOT_RECORDED) if leg.tls == NO_TLS else hop


CISCO_ESA_CEF = Writer(FORMAT, write_cisco_cef, cisco_cef_hops)
