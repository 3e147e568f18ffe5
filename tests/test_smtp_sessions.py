"""Sessions of Exchange protocol logs become one row a MAIL FROM: which messages there are, and what became of each."""

from __future__ import annotations

import pytest

from tests.support.traces import House, Kind, mail, opening, queued, smtp_header, talk, write_lines, write_log

pytestmark = pytest.mark.share(0.33)

SECURE = {"receive": opening("SP_PROT_TLS1_2_SERVER"), "send": opening("SP_PROT_TLS1_2_CLIENT")}
KINDS: tuple[Kind, ...] = ("receive", "send")
DONE = {"receive": "accepted", "send": "delivered"}
FAILED = {"receive": "rejected", "send": "bounced"}


def load(house: House, kind: Kind, *talks: list[str]) -> None:
    loaded = house.load(write_log(house.folder / f"{kind}.LOG", kind, *talks))
    assert (loaded.sources, loaded.problems) == (1, [])


@pytest.mark.parametrize("kind", KINDS)
def test_one_session_carries_several_messages(house: House, kind: Kind) -> None:
    parts = [mail(f"{name}@a.example", f"to{name}@b.example") for name in "xyz"]
    load(house, kind, talk(kind, SECURE[kind], *parts, "-"))
    assert house.message("sender, recipients, status, tls, messages") == [
        (f"{name}@a.example", [f"to{name}@b.example"], DONE[kind], "TLS 1.2", 1) for name in "xyz"
    ]


@pytest.mark.parametrize("kind", KINDS)
def test_interleaved_sessions_do_not_mix(house: House, kind: Kind) -> None:
    talks = [
        talk(
            kind,
            opening(protocol),
            mail(f"{name}@a.example", f"{name}@b.example"),
            "-",
            session=f"08DE00000000000{name}",
        )
        for name, protocol in (("1", "SP_PROT_TLS1_0_{kind}"), ("2", None), ("3", "SP_PROT_TLS1_3_{kind}"))
    ]
    load(house, kind, *talks)
    assert sorted(house.message("sender, recipients, tls, session_id")) == [
        ("1@a.example", ["1@b.example"], "TLS 1.0", "08DE000000000001"),
        ("2@a.example", ["2@b.example"], "No TLS", "08DE000000000002"),
        ("3@a.example", ["3@b.example"], "TLS 1.3", "08DE000000000003"),
    ]


def test_the_same_session_id_on_another_connector_is_another_session(house: House) -> None:
    one = talk("receive", SECURE["receive"], mail("1@a.example"), connector="EX01\\Default Frontend EX01")
    two = talk("receive", opening(), mail("2@a.example"), connector="EX02\\Default Frontend EX02")
    load(house, "receive", one, two)
    assert sorted(house.message("sender, server, tls")) == [
        ("1@a.example", "EX01", "TLS 1.2"),
        ("2@a.example", "EX02", "No TLS"),
    ]


def test_rows_of_the_same_millisecond_keep_their_order(house: House) -> None:
    load(house, "receive", talk("receive", SECURE["receive"], mail("1@a.example"), mail("2@a.example"), step_ms=0))
    assert house.message("sender, status, tls, reply") == [(f"{number}@a.example", "accepted", "TLS 1.2", queued()) for number in (1, 2)]


@pytest.mark.parametrize(("cut", "counts"), [(1, (0, 2)), (4, (0, 2)), (6, (0, 2)), (9, (0, 2)), (10, (1, 1)), (15, (1, 1)), (20, (2, 0))])
def test_a_session_that_crosses_two_files_and_midnight_is_one(house: House, cut: int, counts: tuple[int, int]) -> None:
    whole = talk("receive", SECURE["receive"], mail("1@a.example"), mail("2@a.example"), "-", at="2026-11-10T23:59:59.900")
    write_log(house.folder / "logs" / "RECV20261110-1.LOG", "receive", whole[:cut])
    write_log(house.folder / "logs" / "RECV20261111-1.LOG", "receive", whole[cut:])
    house.load(house.folder / "logs")
    assert house.message("sender, status, tls, recipients") == [
        (f"{number}@a.example", "accepted", "TLS 1.2", ["b@example.com"]) for number in (1, 2)
    ]
    assert house.ask("SELECT message_count FROM trace.source ORDER BY path") == [(count,) for count in counts]
    days = house.ask("SELECT DISTINCT CAST(CAST(quarter_utc AS DATE) AS VARCHAR) FROM trace.flow_quarter ORDER BY ALL")
    assert days == [("2026-11-10",), ("2026-11-11",)]


def test_a_header_that_is_repeated_in_the_middle_is_no_row(house: House) -> None:
    rows = talk("receive", SECURE["receive"], mail("1@a.example"), mail("2@a.example"), "-")
    file = write_lines(house.folder / "r.log", [*smtp_header("receive"), *rows[:7], *smtp_header("receive"), *rows[7:]])
    house.load(file)
    assert house.message("sender, tls, line_no") == [("1@a.example", "TLS 1.2", 20), ("2@a.example", "TLS 1.2", 27)]
    assert house.rejects() == []


def test_a_slice_without_header_is_known_by_its_rows(house: House) -> None:
    receive = write_log(house.folder / "1.log", "receive", talk("receive", SECURE["receive"], mail("1@a.example")), header=False)
    send = write_log(house.folder / "2.log", "send", talk("send", SECURE["send"], mail("2@a.example")), header=False)
    house.load(receive, send)
    assert sorted(house.message("sender, direction, line_no")) == [
        ("1@a.example", "inbound", 10),
        ("2@a.example", "outbound", 10),
    ]


RCPT = "C MAIL FROM:<a@a.example>\nS 250 2.1.0 Sender OK\n"
OK, NO, LATER = "S 250 2.1.5 Recipient OK", "S 550 5.1.10 No such user", "S 450 4.2.1 Try again later"
PIPELINED = (
    f"C MAIL FROM:<a@a.example>\nC RCPT TO:<1@b.example>\nC RCPT TO:<2@b.example>\nC RCPT TO:<3@b.example>\nC DATA\nS 250 2.1.0 OK\n{OK}\n"
)


Outcome = tuple[str, str, list[str]]

ONE = f"{RCPT}C RCPT TO:<1@b.example>\n"
BODY = f"{ONE}{OK}\nC DATA\nS 354 go"
CHUNK = f"{ONE}{OK}\nC BDAT 500\nS 250 2.6.0 CHUNK received OK, 500 octets\n"
TWO = "C RCPT TO:<2@b.example>"

OUTCOMES: dict[str, Outcome] = {
    "one of two refused": (f"{ONE}{NO}\n{TWO}\n{OK}\nC DATA\nS 354 go\nS {queued()}", "done", ["2@b.example"]),
    "pipelined": (f"{PIPELINED}{NO}\n{OK}\nS 354 go\nS {queued()}", "done", ["1@b.example", "3@b.example"]),
    "pipelined, one deferred": (
        f"{PIPELINED}{OK}\n{LATER}\nS 354 go\nS {queued()}",
        "done",
        ["1@b.example", "2@b.example"],
    ),
    "all refused": (f"{ONE}{NO}", "failed", []),
    "all refused, then DATA": (f"{ONE}{NO}\n{TWO}\n{NO}\nC DATA\nS 503 5.5.1 No recipients", "failed", []),
    "all deferred": (f"{ONE}{LATER}", "deferred", []),
    "deferred and refused": (f"{ONE}{LATER}\n{TWO}\n{NO}\nC RSET\nS 250 2.0.0 OK", "failed", []),
    "sender refused": ("C MAIL FROM:<a@a.example>\nS 550 5.7.1 Not you", "failed", []),
    "sender deferred": ("C MAIL FROM:<a@a.example>\nS 451 4.7.0 Not now", "deferred", []),
    "body refused": (f"{BODY}\nS 550 5.7.1 spam", "failed", ["1@b.example"]),
    "body deferred": (f"{BODY}\nS 452 4.3.1 full", "deferred", ["1@b.example"]),
    "cut in the body": (BODY, "incomplete", ["1@b.example"]),
    "hung up": (f"{BODY}\n-", "incomplete", ["1@b.example"]),
    "RSET": (f"{ONE}{OK}\nC RSET\nS 250 2.0.0 Resetting", "incomplete", ["1@b.example"]),
    "cut after MAIL FROM": ("C MAIL FROM:<a@a.example>", "incomplete", []),
    "cut after RCPT": (f"{ONE}", "incomplete", []),
    "two chunks": (f"{CHUNK}C BDAT 80 LAST\nS {queued()}", "done", ["1@b.example"]),
    "the last chunk never came": (f"{CHUNK}-", "incomplete", ["1@b.example"]),
    "the last chunk is refused": (f"{CHUNK}C BDAT 80 LAST\nS 550 5.7.1 spam", "failed", ["1@b.example"]),
    "a short 250": (f"{BODY}\nS 250 OK", "done", ["1@b.example"]),
    "251": (f"{ONE}S 251 2.1.5 forwarded\nC DATA\nS 354 go\nS 250 2.0.0 OK", "done", ["1@b.example"]),
    "a command between": (
        f"{RCPT}C NOOP\nS 250 2.0.0 OK\nC RCPT TO:<1@b.example>\n{NO}\nC DATA\nS 503 no",
        "failed",
        [],
    ),
    "answers of two rows": (
        f"{ONE}S 250-2.1.5 one\nS 250 2.1.5 of two lines\nC DATA\nS 354 go\nS 250-2.0.0 a\nS 250 2.0.0 b",
        "done",
        ["1@b.example"],
    ),
    "lower case": (
        f"C mail from:<a@a.example>\nS 250 2.1.0 OK\nC rcpt to:<1@b.example>\n{OK}\nC data\nS 354 go\nS 250 OK",
        "done",
        ["1@b.example"],
    ),
    "refused by 421": (f"{BODY}\nS 421 4.4.2 Connection dropped", "deferred", ["1@b.example"]),
    "empty answer text": (f"{ONE}{OK}\nC DATA\nS 354\nS 250", "done", ["1@b.example"]),
}


def outcomes_of(house: House, kind: Kind, cases: dict[str, Outcome]) -> dict[str, list[tuple[str, str, list[str]]]]:
    """Load each case as a session of its own, followed by a message that crosses, and return what was found."""
    talks = [
        talk(
            kind,
            SECURE[kind],
            script,
            *([] if outcome == "incomplete" else [mail("next@a.example", "n@b.example")]),
            session=f"08DE{number:012X}",
        )
        for number, (script, outcome, _) in enumerate(cases.values())
    ]
    load(house, kind, *talks)
    found: dict[str, list[tuple[str, str, list[str]]]] = {name: [] for name in cases}
    names = list(cases)
    for session, *rest in house.message("session_id, sender, status, recipients"):
        found[names[int(session[4:], 16)]].append((rest[0], rest[1], rest[2]))
    return found


def meant(kind: Kind, case: Outcome) -> list[tuple[str, str, list[str]]]:
    _, outcome, recipients = case
    status = {"done": DONE[kind], "failed": FAILED[kind]}.get(outcome, outcome)
    after = [] if outcome == "incomplete" else [("next@a.example", DONE[kind], ["n@b.example"])]
    return [("a@a.example", status, recipients), *after]


@pytest.mark.parametrize("kind", KINDS)
def test_what_became_of_a_message(house: House, kind: Kind) -> None:
    found = outcomes_of(house, kind, OUTCOMES)
    assert found == {name: meant(kind, case) for name, case in OUTCOMES.items()}


def test_a_message_whose_first_chunk_is_refused_is_refused(house: House) -> None:
    script = f"{RCPT}C RCPT TO:<1@b.example>\n{OK}\nC BDAT 500\nS 552 5.3.4 too big\nC RSET\nS 250 2.0.0 OK"
    case: Outcome = (script, "failed", ["1@b.example"])
    assert outcomes_of(house, "receive", {"chunk": case}) == {"chunk": meant("receive", case)}


def test_an_answer_of_a_session_that_lost_its_commands_belongs_to_no_message(house: House) -> None:
    cut = talk("receive", f"{OK}\nS 354 go\nS {queued()}", mail("1@a.example"), "-")
    load(house, "receive", cut)
    assert house.message("sender, status, tls") == [("1@a.example", "accepted", "Not recorded")]


def test_probes_and_sessions_without_mail_are_no_messages(house: House) -> None:
    probe = talk("receive", "+\nS 220 ex01.example.com ready\n-", session="08DE00000000000A")
    polite = talk("receive", SECURE["receive"], "C QUIT\nS 221 2.0.0 bye\n-", session="08DE00000000000B")
    load(house, "receive", probe, polite, talk("receive", SECURE["receive"], mail("1@a.example")))
    assert house.message("sender") == [("1@a.example",)]
    assert house.ask("SELECT row_count, message_count, other_count, reject_count FROM trace.source") == [(32, 1, 0, 0)]


def test_only_messages_that_crossed_are_in_the_flow(house: House) -> None:
    refused = f"{RCPT}C RCPT TO:<1@b.example>\n{NO}\nC RSET\nS 250 2.0.0 OK"
    load(house, "receive", talk("receive", SECURE["receive"], mail(), refused, mail(), "C MAIL FROM:<x@a.example>"))
    assert house.flow() == {("inbound", "Default Frontend EX01", "TLS 1.2"): 2}
    assert house.ask("SELECT message_count, other_count FROM trace.source") == [(2, 2)]
    statuses = "SELECT CAST(status AS VARCHAR), CAST(sum(messages) AS BIGINT) FROM trace.flow_quarter GROUP BY ALL ORDER BY ALL"
    assert house.ask(statuses) == [("accepted", 2), ("incomplete", 1), ("rejected", 1)]
