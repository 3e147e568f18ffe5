"""Loading: a file is its content, a hop counts once, and paths mean what people expect."""

from __future__ import annotations

import gzip
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.support.traces import (
    House,
    exo_in,
    exo_out,
    mail,
    opening,
    smtp_header,
    talk,
    tls_context,
    write_csv,
    write_eac,
    write_exo,
    write_lines,
    write_log,
)
from tui.errors import NoSuchPathError
from tui.intake.discovery import find_files

pytestmark = pytest.mark.share(0.25)

SECURE = opening("SP_PROT_TLS1_2_SERVER")


def session(number: int, *parts: str, day: int = 10) -> list[str]:
    return talk(
        "receive",
        *(parts or (SECURE, mail(f"{number}@a.example"))),
        session=f"08DE{number:012X}",
        at=f"2026-11-{day:02d}T10:00:00",
    )


def closed(*numbers: int) -> list[list[str]]:
    """Return sessions that wait for nothing: their end is there."""
    return [session(number, SECURE, mail(f"{number}@a.example"), "-") for number in numbers]


def senders(house: House) -> list[str]:
    return [row[0] for row in house.message("sender")]


def test_a_file_that_is_loaded_twice_changes_nothing(house: House) -> None:
    file = write_log(house.folder / "r.log", "receive", session(1), session(2))
    assert house.load(file).sources == 1
    before = house.ask("FROM trace.message"), house.ask("FROM trace.source"), house.ask("FROM trace.flow_quarter")
    again = house.load(file)
    assert (again.sources, again.already_loaded, again.problems) == (0, [str(file)], [])
    assert (
        house.ask("FROM trace.message"),
        house.ask("FROM trace.source"),
        house.ask("FROM trace.flow_quarter"),
    ) == before


def test_the_same_content_under_other_names_and_packed_changes_nothing(house: House) -> None:
    file = write_log(house.folder / "in" / "r.log", "receive", session(1))
    (house.folder / "in" / "copy.txt").write_bytes(file.read_bytes())
    (house.folder / "in" / "r.log.gz").write_bytes(gzip.compress(file.read_bytes()))
    with zipfile.ZipFile(house.folder / "in" / "logs.zip", "w") as archive:
        archive.write(file, "deep/r.log")
    loaded = house.load(house.folder / "in")
    assert (loaded.sources, len(loaded.already_loaded), loaded.problems) == (1, 3, [])
    later = house.folder / "later.gz"
    later.write_bytes(gzip.compress(file.read_bytes(), 1))
    assert house.load(later).already_loaded == [str(later)]
    assert senders(house) == ["1@a.example"]
    assert house.ask("SELECT count(*) FROM trace.source") == [(1,)]


@pytest.mark.parametrize("name", ["r.log", "renamed.log"])
def test_a_grown_file_replaces_its_former_rows(house: House, name: str) -> None:
    rows = [*session(1), *session(2, SECURE, mail("2@a.example"), mail("3@a.example"))]
    house.load(write_lines(house.folder / "r.log", [*smtp_header("receive"), *rows[:30]]))
    assert house.message("sender, status") == [("1@a.example", "accepted"), ("2@a.example", "incomplete")]
    file = write_lines(house.folder / name, [*smtp_header("receive"), *rows])
    loaded = house.load(file)
    assert (loaded.sources, loaded.already_loaded) == (1, [])
    assert sorted(house.message("sender, status")) == [(f"{number}@a.example", "accepted") for number in (1, 2, 3)]
    assert house.ask("SELECT path, message_count FROM trace.source") == [(str(file), 3)]
    assert sum(house.flow().values()) == 3
    assert house.rejects() == []


def test_a_file_that_another_of_the_same_load_has_outgrown_is_left_out(house: House) -> None:
    rows = [*session(1), *session(2)]
    write_lines(house.folder / "in" / "a.log", [*smtp_header("receive"), *rows[:16]])
    write_lines(house.folder / "in" / "b.log", [*smtp_header("receive"), *rows])
    loaded = house.load(house.folder / "in")
    assert (loaded.sources, loaded.already_loaded) == (1, [str(house.folder / "in" / "a.log")])
    assert sorted(senders(house)) == ["1@a.example", "2@a.example"]
    shrunk = house.load(house.folder / "in" / "a.log")
    assert shrunk.sources in (0, 1)
    assert sorted(senders(house)) == ["1@a.example", "2@a.example"]


def test_the_same_path_with_other_bytes_is_a_new_source_and_both_stay(house: House) -> None:
    house.load(write_log(house.folder / "r.log", "receive", session(1)))
    house.load(write_log(house.folder / "r.log", "receive", session(2)))
    assert sorted(senders(house)) == ["1@a.example", "2@a.example"]
    assert house.ask("SELECT count(*), count(DISTINCT sha256) FROM trace.source") == [(2, 2)]


@pytest.mark.parametrize("together", [True, False])
def test_the_same_session_in_two_logs_counts_once(house: House, together: bool) -> None:
    one = write_log(house.folder / "a.log", "receive", session(1), session(2))
    two = write_log(house.folder / "b.log", "receive", session(2), session(3))
    for paths in [(one, two)] if together else [(one,), (two,)]:
        house.load(*paths)
    assert sorted(senders(house)) == ["1@a.example", "2@a.example", "3@a.example"]
    assert house.flow() == {("inbound", "Default Frontend EX01", "TLS 1.2"): 3}


@pytest.mark.parametrize("together", [True, False])
def test_the_same_message_in_two_reports_counts_once(house: House, together: bool) -> None:
    one, two = (write_exo(house.folder / f"{number}.csv", exo_in(1), exo_in(number), exo_out(9)) for number in (2, 3))
    for paths in [(one, two)] if together else [(one,), (two,)]:
        house.load(*paths)
    assert house.flow() == {("inbound", None, "TLS 1.2"): 3, ("outbound", None, "TLS 1.3"): 1}


def test_sources_show_how_many_hops_another_source_had(house: House) -> None:
    house.load(write_log(house.folder / "a.log", "receive", *closed(1, 2)))
    house.load(write_log(house.folder / "b.log", "receive", *closed(2, 3)))
    assert house.ask("SELECT message_count, already_counted FROM trace.source ORDER BY source_id") == [(2, 0), (1, 1)]


def test_messages_of_the_future_are_rejected(house: House) -> None:
    now = datetime.now(UTC)
    times = [now + timedelta(hours=hours) for hours in (-1, 23, 25)]
    house.load(
        write_exo(
            house.folder / "a.csv",
            *(exo_in(n, date_time_utc=f"{time:%Y-%m-%dT%H:%M:%S}Z") for n, time in enumerate(times, 1)),
        )
    )
    assert [row[0] for row in house.message("message_id")] == ["<1@a.example>", "<2@a.example>"]
    assert [row[:2] for row in house.rejects()] == [(4, "in the future")]
    assert house.ask("SELECT message_count, reject_count FROM trace.source") == [(2, 1)]


def test_sources_show_what_each_file_is(house: House) -> None:
    log = write_log(
        house.folder / "r.log",
        "receive",
        session(1),
        session(2, SECURE, "C MAIL FROM:<x@a.example>", day=12),
        ["broken"],
    )
    eac = write_eac(house.folder / "eac.csv", ("2026-11-09", "From partner - F", 1, 0, 0, 4, 0, 5))
    house.load(log, eac)
    counts = "message_count, other_count, already_counted, reject_count, size_bytes"
    columns = f"format, encoding, note, grain, {counts}, CAST(first_utc AS VARCHAR), CAST(last_utc AS VARCHAR)"
    first = ("eac_connector_details", "utf-8", None, "day", 5, 0, 0, 0, eac.stat().st_size)
    second = ("exchange_smtp_receive", "utf-8", None, "message", 1, 1, 0, 1, log.stat().st_size)
    assert house.ask(f"SELECT {columns} FROM trace.source ORDER BY format") == [
        (*first, "2026-11-09 00:00:00", "2026-11-09 00:00:00"),
        (*second, "2026-11-10 10:00:00.09", "2026-11-12 10:00:00.09"),
    ]
    [(reason, age)] = house.ask("SELECT recognised_by, loaded_at_utc FROM trace.source WHERE format LIKE 'exchange%'")
    assert reason == "line 3 reads #Log-type: SMTP Receive Protocol Log"
    assert abs(datetime.now(UTC).replace(tzinfo=None) - age) < timedelta(minutes=5)


def test_folders_globs_and_zip_members_are_all_read(house: House) -> None:
    write_log(house.folder / "in" / "deep" / "er" / "1.log", "receive", session(1))
    write_log(house.folder / "in" / ".hidden.log", "receive", session(2))
    write_log(house.folder / "in" / ".git" / "3.log", "receive", session(3))
    with zipfile.ZipFile(house.folder / "in" / "z.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for number in (4, 5):
            archive.write(write_log(house.folder / "out" / f"{number}.log", "receive", session(number)), f"d/{number}.log")
        archive.writestr("d/", "")
    loaded = house.load(house.folder / "in")
    assert (loaded.sources, loaded.problems) == (3, [])
    assert sorted(senders(house)) == ["1@a.example", "4@a.example", "5@a.example"]
    paths = [row[0] for row in house.ask("SELECT path FROM trace.source ORDER BY path")]
    assert paths == [
        str(house.folder / "in" / "deep" / "er" / "1.log"),
        *(f"{house.folder / 'in' / 'z.zip'}!d/{n}.log" for n in (4, 5)),
    ]


def test_paths_mean_files(tmp_path: Path) -> None:
    for name in ("a.log", "b.log", "c.txt", "d/e.log", "d/.f.log", "[x].log"):
        write_lines(tmp_path / name, ["x"])

    def found(*patterns: str) -> list[str]:
        return [str(file.relative_to(tmp_path)) for file in find_files([str(tmp_path / pattern) for pattern in patterns])]

    assert found("*.log") == ["[x].log", "a.log", "b.log"]
    assert found("**/*.log") == ["[x].log", "a.log", "b.log", "d/e.log"]
    assert found("d") == ["d/e.log"]
    assert found("d/.f.log") == ["d/.f.log"]
    assert found("[x].log") == ["[x].log"]
    assert found("b.log", "*.log", "b.log") == ["b.log", "[x].log", "a.log"]
    for missing in ("none.log", "*.nothing", "none/"):
        with pytest.raises(NoSuchPathError, match="no such file or folder"):
            found(missing)


def test_front_end_and_hub_of_one_mail_count_once_at_the_hop_from_the_peer(house: House) -> None:
    proxied = "C XPROXYFROM SID=08DE000000000001 IP=203.0.113.9 PORT=1 DOMAIN=mx1.partner.example\nS 250 XProxyFrom accepted"
    hub = talk(
        "receive",
        "+\nS 220 hub\nC EHLO ex01\nS 250 hub",
        f"* |{tls_context()}",
        proxied,
        mail("1@a.example"),
        session="08DE0000000000FF",
        connector="EX01\\Default EX01",
    )
    write_log(house.folder / "in" / "front.log", "receive", session(1))
    write_log(house.folder / "in" / "hub.log", "receive", hub)
    house.load(house.folder / "in")
    assert sorted(house.message("direction, service")) == [("inbound", "frontend"), ("internal", "hub")]
    assert house.flow() == {("inbound", "Default Frontend EX01", "TLS 1.2"): 1}


def test_csv_with_the_columns_of_message_opens(house: House) -> None:
    rows = [{"time_utc": "2026-11-10T10:00:00Z", "direction": "inbound", "tls": "Tls12", "sender": "a@A.example"},
            {"time_utc": "nonsense", "direction": "inbound", "tls": "Tls12"},
            {"time_utc": "2026-11-10 11:00:00", "direction": "outbound", "tls": "", "messages": "5",
             "recipients": "x@b.example;y@c.example"},
            {"time_utc": "2026-11-10 12:00:00", "direction": "outbound", "tls": "none", "messages": "-5"}]  # fmt: skip
    house.load(write_csv(house.folder / "t.csv", rows, ("tls", "time_utc", "direction", "sender", "messages", "recipients")))
    assert house.message("direction, tls, tls_raw, status, messages, peer_domain, recipients") == [
        ("inbound", "TLS 1.2", "Tls12", "accepted", 1, "a.example", []),
        ("outbound", "Not recorded", None, "delivered", 5, "b.example", ["x@b.example", "y@c.example"]),
    ]
    assert [row[:2] for row in house.rejects()] == [(3, "time_utc is not a time"), (5, "messages is not a count")]
