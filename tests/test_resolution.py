"""Which messages follow from which observations: each rule on a small table of rows, and that order and splitting mean nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from random import Random
from typing import Any

import pytest

from tests.support.resolving import TIME, Resolving, Row, see
from tests.support.traces import House

pytestmark = pytest.mark.share(0.4)

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
LOG, LIST = "exchange_smtp_receive", "exchange_tracking"


@pytest.fixture
def trace(house: House) -> Iterator[Resolving]:
    yield Resolving(house.engine, house.folder)
    house.engine.connection.execute("USE memory; DETACH DATABASE IF EXISTS trace")


def test_a_recorded_version_beats_none_whichever_file_is_first(trace: Resolving) -> None:
    trace.add(("message_table", [see(1, tls="Not recorded", subject="Hello")]))
    trace.add(("message_table", [see(1, tls="TLS 1.3", cipher="A"), see(2, tls="TLS 1.2")]))
    assert trace.messages("hop_key, tls, cipher, subject") == [("1", "TLS 1.3", "A", "Hello"), ("2", "TLS 1.2", None, None)]
    assert trace.counts() == 2


def test_columns_come_from_the_most_detailed_format(trace: Resolving) -> None:
    trace.add(("exo_enhanced", [see(1, subject="From the summary", sender="s@a.example", peer_ip="192.0.2.1")]))
    trace.add(("exo_extended", [see(1, subject="From the trace")]))
    assert trace.messages("subject, sender, peer_ip") == [("From the trace", "s@a.example", "192.0.2.1")]


def test_recipients_of_one_format_add_up_and_the_best_status_counts(trace: Resolving) -> None:
    rows = [see(1, direction="outbound", status=status, reply=reply, recipients=[name]) for status, reply, name in
            [("deferred", "450 later", "z@b.example"), ("delivered", "250 ok", "a@b.example")]]  # fmt: skip
    for row in rows:
        trace.add(("message_table", [row]))
    assert trace.messages("status, reply, recipients") == [("delivered", "250 ok", "[a@b.example, z@b.example]")]


@pytest.mark.parametrize(("apart", "count"), [(5 * DAY, 1), (5 * DAY + MINUTE, 2)])
def test_records_further_apart_than_mail_lies_in_a_queue_are_two_messages(trace: Resolving, apart: timedelta, count: int) -> None:
    trace.add(("message_table", [see(1, tls="Not recorded")]))
    trace.add(("message_table", [see(1, time_utc=TIME + apart)]))
    assert len(trace.messages("time_utc, tls")) == count


def test_a_chain_of_records_within_the_queue_time_is_one_message(trace: Resolving) -> None:
    trace.add(("message_table", [see(1)]))
    trace.add(("message_table", [see(1, time_utc=TIME + 8 * DAY)]))
    assert len(trace.messages("time_utc")) == 2
    trace.add(("message_table", [see(1, time_utc=TIME + 4 * DAY)]))
    assert trace.messages("time_utc") == [(str(TIME),)]


def test_of_several_receipts_in_exchange_online_the_first_is_the_hop(trace: Resolving) -> None:
    trace.add(("exo_extended", [see(1, time_utc=TIME + MINUTE, tls="TLS 1.3", server="hub")]))
    trace.add(("exo_extended", [see(1, tls="Not recorded", server="edge")]))
    assert trace.messages("server, tls, time_utc") == [("edge", "Not recorded", str(TIME))]


def test_of_receipts_in_details_the_first_with_a_version_or_connector_is_the_hop(trace: Resolving) -> None:
    trace.add(("exo_trace_detail", [see(1, time_utc=TIME + MINUTE, tls="TLS 1.3", server="edge")]))
    trace.add(("exo_trace_detail", [see(1, tls="Not recorded", server="first")]))
    assert trace.messages("server, tls") == [("edge", "TLS 1.3")]


def test_a_record_that_a_message_was_submitted_takes_its_receipt_away(trace: Resolving) -> None:
    (receipt,) = trace.add(("exo_trace_detail", [see(1)]))
    (denial,) = trace.add(("exo_trace_detail", [see(1, direction="internal", messages=0)]))
    assert trace.messages("hop_key") == []
    trace.forget(denial)
    assert trace.messages("hop_key") == [("1",)]
    trace.forget(receipt)
    assert trace.messages("hop_key") == []


@pytest.mark.parametrize("hop_first", [True, False])
def test_a_delivery_is_internal_mail_only_without_a_record_of_a_hop(trace: Resolving, *, hop_first: bool) -> None:
    known = {"system": "Exchange Online", "network_message_id": "n1"}
    hop = ("exo_extended", [see(1, **known)])
    delivery = ("exo_extended", [see(2, direction="internal", time_utc=TIME + MINUTE, tls="Not recorded", **known)])
    for source in (hop, delivery) if hop_first else (delivery, hop):
        trace.add(source)
    assert trace.messages("hop_key, direction") == [("1", "inbound")]


def test_a_list_gives_way_to_a_log_and_completes_it(trace: Resolving) -> None:
    shared = {"system": "Exchange Server", "message_id": "<1@a>", "session_id": "08DE"}
    (listed,) = trace.add((LIST, [see(1, tls="Not recorded", subject="Hello", network_message_id="n1", **shared)]))
    (logged,) = trace.add((LOG, [see(2, tls="TLS 1.2", **shared)]))
    assert trace.messages("hop_key, tls, subject, network_message_id") == [("2", "TLS 1.2", "Hello", "n1")]
    trace.forget(logged)
    assert trace.messages("hop_key, tls") == [("1", "Not recorded")]
    trace.forget(listed)
    assert trace.messages("hop_key") == []


@pytest.mark.parametrize(("seconds", "count"), [(600, 1), (601, 2)])
def test_a_message_id_pairs_within_ten_minutes(trace: Resolving, seconds: int, count: int) -> None:
    shared = {"system": "Exchange Server", "message_id": "<1@a>", "peer_ip": "192.0.2.9"}
    trace.add((LIST, [see(1, tls="Not recorded", **shared)]))
    trace.add((LOG, [see(2, time_utc=TIME + timedelta(seconds=seconds), **shared)]))
    assert len(trace.messages("hop_key")) == count


def test_a_log_of_a_session_replaces_one_message_of_a_tracking_log_only(trace: Resolving) -> None:
    shared = {"system": "Exchange Server", "message_id": "<1@a>"}
    trace.add((LIST, [see(1, tls="Not recorded", **shared), see(2, time_utc=TIME + MINUTE, tls="Not recorded", **shared)]))
    trace.add((LOG, [see(3, time_utc=TIME + MINUTE, **shared)]))
    assert trace.messages("hop_key, tls") == [("1", "Not recorded"), ("3", "TLS 1.2")]


def test_a_front_end_is_found_through_the_session_behind_it(trace: Resolving) -> None:
    trace.add((LIST, [see(1, system="Exchange Server", message_id="<1@a>", session_id="HUB", tls="Not recorded")]))
    trace.add((LOG, [
        see(2, system="Exchange Server", message_id="<1@a>", session_id="HUB", front_session_id="FRONT", direction="internal"),
        see(3, system="Exchange Server", message_id="<1@a>", session_id="FRONT", tls="TLS 1.3"),
    ]))  # fmt: skip
    assert trace.messages("hop_key, tls") == [("2", "TLS 1.2"), ("3", "TLS 1.3")]


def test_a_plain_list_gives_way_to_a_list_that_gives_way_to_a_trace(trace: Resolving) -> None:
    shared = {"system": "Exchange Online", "network_message_id": "n1"}
    trace.add(("exo_message_trace", [see(1, direction="inbound", tls="Not recorded", subject="Hello", **shared)]))
    trace.add(("exo_enhanced", [see(2, tls="Not recorded", **shared)]))
    (trace_id,) = trace.add(("exo_extended", [see(3, **shared)]))
    assert trace.messages("hop_key") == [("3",)]
    trace.forget(trace_id)
    assert trace.messages("hop_key") == [("2",)]


@pytest.mark.share(3)
@pytest.mark.parametrize(
    ("sender", "recipient", "direction", "status", "domain"),
    [
        ("me@example.com", "you@b.example", "outbound", "bounced", "b.example"),
        ("you@b.example", "me@example.com", "inbound", "accepted", "b.example"),
        ("me@example.com", "i@example.com", "internal", "accepted", None),
        ("a@a.example", "b@b.example", "unknown", "accepted", None),
    ],
)
def test_own_domains_decide_the_direction_of_a_plain_list(
    trace: Resolving, sender: str, recipient: str, direction: str, status: str, domain: str | None
) -> None:
    row = see(1, direction="unknown", sender=sender, recipients=[recipient], status="bounced", tls="Not recorded")
    trace.add(("exo_message_trace", [row]))
    assert trace.messages("direction, status") == [("unknown", "accepted")]
    (domains,) = trace.add(("accepted_domains", []), domains=["example.com"])
    assert trace.messages("direction, status, peer_domain") == [(direction, status, domain)]
    trace.forget(domains)
    assert trace.messages("direction, status, peer_domain") == [("unknown", "accepted", None)]


def test_an_address_that_a_tracking_log_names_makes_older_hops_internal(trace: Resolving) -> None:
    trace.add((LIST, [see(1, direction="outbound", peer_ip="192.0.2.5", system="Exchange Server")]))
    (second,) = trace.add((LIST, [see(2, time_utc=TIME + 9 * DAY, own_ip="192.0.2.5", system="Exchange Server")]))
    assert trace.messages("hop_key, direction") == [("1", "internal"), ("2", "inbound")]
    trace.forget(second)
    assert trace.messages("hop_key, direction") == [("1", "outbound")]


def test_own_servers_of_the_configuration_take_effect_on_what_is_loaded(trace: Resolving) -> None:
    trace.add(("message_table", [see(1, peer_host="EX01.example.com"), see(2, peer_host="mx.a.example")]))
    trace.own_servers = ["ex01.example.com"]
    trace.add(("message_table", [see(3, direction="submission", peer_host="ex01.example.com")]))
    assert trace.messages("hop_key, direction") == [("1", "internal"), ("2", "inbound"), ("3", "submission")]
    trace.own_servers = []
    trace.add(("message_table", []))
    assert trace.messages("hop_key, direction") == [("1", "inbound"), ("2", "inbound"), ("3", "submission")]


def test_a_missing_tls_line_is_clear_text_only_since_the_service_shows_tls(trace: Resolving) -> None:
    here = {"system": "Postfix", "server": "mx1", "service": "smtpd"}
    silent = [see(n, time_utc=TIME + n * DAY, tls="Not recorded", tls_raw="no TLS line", **here) for n in (1, 3, 20)]
    trace.add(("postfix", silent))
    assert trace.messages("tls") == [("Not recorded",)] * 3
    (proof,) = trace.add(("postfix", [see(9, time_utc=TIME + 10 * DAY, **here)]))
    assert trace.messages("hop_key, tls") == [("1", "Not recorded"), ("20", "No TLS"), ("3", "Not recorded"), ("9", "TLS 1.2")]
    trace.add(("postfix", [see(8, time_utc=TIME + 2 * DAY, **here), see(7, time_utc=TIME, **here | {"service": "smtp"})]))
    assert ("3", "No TLS") in trace.messages("hop_key, tls")
    assert ("1", "Not recorded") in trace.messages("hop_key, tls")
    trace.forget(proof)
    assert ("20", "No TLS") in trace.messages("hop_key, tls")


def test_what_is_inferred_is_not_what_was_recorded(trace: Resolving) -> None:
    here = {"system": "Postfix", "server": "mx1", "service": "smtpd"}
    trace.add(("postfix", [see(1, tls="Not recorded", tls_raw="no TLS line", **here), see(2, time_utc=TIME - MINUTE, **here)]))
    assert trace.messages("hop_key, tls") == [("1", "No TLS"), ("2", "TLS 1.2")]
    assert trace.run("SELECT CAST(tls AS VARCHAR) FROM trace.observation WHERE hop_key = 1").fetchall() == [("Not recorded",)]


def invented(rng: Random) -> list[tuple[str, list[Row]]]:
    """Return sources with records of few messages, so that they meet in every way: hops, identifiers, sessions, peers, edges of time."""
    formats = ["exo_extended", "exo_enhanced", "exo_message_trace", "exo_trace_detail", LIST, LOG, "postfix", "message_table"]
    system = {LIST: "Exchange Server", LOG: "Exchange Server", "postfix": "Postfix", "message_table": "Table"}
    sources: list[tuple[str, list[Row]]] = []
    for _ in range(rng.randint(3, 6)):
        name = rng.choice(formats)
        rows: list[Row] = []
        for _ in range(rng.randint(1, 6)):
            number = rng.randint(1, 4)
            values: dict[str, Any] = {
                "time_utc": TIME + rng.choice([0, 0, 1, 5, 11, 60 * 24 * 4, 60 * 24 * 6]) * MINUTE + number * timedelta(seconds=1),
                "direction": rng.choice(["inbound", "outbound", "internal"] if name != "exo_message_trace" else ["unknown", "inbound"]),
                "tls": rng.choice(["TLS 1.2", "TLS 1.0", "Not recorded"]),
                "system": system.get(name, "Exchange Online"),
                "status": rng.choice(["accepted", "delivered", "deferred"]),
                "message_id": f"<{number}@a>", "network_message_id": f"n{number}", "session_id": f"S{rng.randint(1, 2)}",
                "front_session_id": rng.choice([None, None, "S1"]), "peer_ip": rng.choice([None, "192.0.2.1"]),
                "sender": rng.choice(["me@example.com", "a@a.example"]), "recipients": [rng.choice(["b@example.com", "c@c.example"])],
                "subject": rng.choice([None, "Hello"]), "server": "mx1", "service": "smtpd",
                "own_ip": rng.choice([None, None, None, "192.0.2.1"]) if name == LIST else None,
                "messages": 0 if name == "exo_trace_detail" and rng.random() < 0.2 else 1,
            }  # fmt: skip
            if name == "postfix":
                values |= {"tls_raw": "no TLS line", "tls": "Not recorded"} if rng.random() < 0.6 else {}
            rows.append(see(rng.randint(1, 5) + 10 * formats.index(name) * (rng.random() < 0.7), **values))
        sources.append((name, rows))
    return sources


@pytest.mark.share(2)
@pytest.mark.parametrize("seed", range(30))
def test_neither_order_nor_splitting_nor_forgetting_changes_what_counts(seed: int, house: House) -> None:
    rng = Random(seed)
    sources = invented(rng)
    whole = Resolving(house.engine, house.folder)
    whole.add(*sources, domains=["example.com"])
    expected = whole.everything(), whole.counts()
    house.engine.connection.execute("USE memory; DETACH DATABASE trace")
    (house.folder / "resolving.duckdb").unlink()
    parted = Resolving(house.engine, house.folder)
    extra = parted.add(("message_table", [row for _, rows in invented(Random(seed + 1000)) for row in rows]))
    for name, rows in rng.sample(sources, len(sources)):
        parted.add((name, rows), domains=["example.com"])
    parted.forget(extra[0])
    assert (parted.everything(), parted.counts()) == expected
    house.engine.connection.execute("USE memory; DETACH DATABASE trace")
