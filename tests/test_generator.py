"""The generator's files hold exactly what its truth says; both are read here by a second, simple reader."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from sample_data.generator import boolean_of, build_world, estimate_counts, write_big_receive_log, write_world
from sample_data.generator.every_format import write_every_format
from sample_data.generator.hops import EAC, EXO, NOT_RECORDED, RECEIVE, SEND, SETTINGS, to_ms
from sample_data.generator.second_reader import read_failures, read_logs, read_report, texts
from sample_data.generator.smtp_rows import lines_of
from sample_data.generator.smtp_session import Mail, Session, hops_of_session
from sample_data.generator.world import DEFAULT_LAST, World

pytestmark = pytest.mark.share(0.25)

SAMPLE = Path(__file__).parent.parent / "sample_data"
RESERVED = r"10\.|127\.0\.0\.1$|192\.0\.2\.|198\.51\.100\.|203\.0\.113\.|0\.0\.0\.0$|255\.255\.255\.255$"
# Their edge servers are known by these names in Received lines.
SERVICES = {"outlook.com", "google.com"}


@pytest.fixture(scope="module")
def world() -> World:
    return build_world(600, 3, formats=(RECEIVE, SEND, EXO, EAC, SETTINGS))


@pytest.fixture(scope="module")
def folder(world: World, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("world")
    write_world(world, out)
    return out


def digest(folder: Path) -> dict[str, str]:
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}


@pytest.mark.parametrize(("name", "form"), [("RECV", RECEIVE), ("SEND", SEND)])
def test_protocol_logs_contain_the_generated_hops(world: World, folder: Path, name: str, form: str) -> None:
    read = read_logs(folder / "exchange-server", name)
    true = Counter((str(hop.day), hop.direction, hop.connector, hop.tls, hop.status) for hop in world.hops if hop.format == form)
    assert read == true
    assert {key[4] for key in read} >= {"deferred", "incomplete", "accepted" if name == "RECV" else "bounced"}
    assert {key[3] for key in read} >= {"No TLS", "TLS 1.0", "TLS 1.2", "TLS 1.3", NOT_RECORDED}


@pytest.mark.parametrize(("name", "form"), [("RECV", RECEIVE), ("SEND", SEND)])
def test_protocol_logs_contain_the_sessions_that_failed(world: World, folder: Path, name: str, form: str) -> None:
    true: Counter[tuple[str, str]] = Counter()
    for row in boolean_of(world, formats={form})["failed_sessions"]:
        true[row["kind"], row["error"]] += row["sessions"]
    assert read_failures(folder / "exchange-server", name) == true
    assert {kind for kind, _ in true} == ({"handshake failed", "no mail"} if name == "RECV" else {"handshake failed"})


def test_extended_report_contains_the_generated_hops(world: World, folder: Path) -> None:
    read = read_report(folder)
    hops = [hop for hop in world.hops if hop.format == EXO and hop.is_counted]
    assert read == Counter((str(hop.day), hop.direction, hop.connector, hop.tls, hop.status) for hop in hops)
    assert "Zentrale; Standort=Köln, Büro 2" in {key[2] for key in read}


def test_admin_centre_rows_sum_to_their_volume_or_are_percentages(world: World, folder: Path) -> None:
    sums: set[int] = set()
    volume = 0
    for path, text in texts(folder / "admin-centre"):
        for row in csv.DictReader(io.StringIO(text, newline="")):
            cells = [row[name] for name in ("No TLS", "TLS 1.0", "TLS 1.1", "TLS 1.2", "TLS 1.3")]
            volume += int(row["Volume"])
            if "percent" in path.name:
                sums.add(sum(int(cell.removesuffix("%")) for cell in cells))
            else:
                assert sum(map(int, cells)) == int(row["Volume"])
    assert 97 in sums
    assert sums <= {97, 99, 100, 101}
    assert volume == sum(hop.messages for hop in world.hops if hop.format == EAC)


# --- counted by hand -------------------------------------------------------------------------------------------------

OK = "250 2.1.5 Recipient OK"
NOON = to_ms(DEFAULT_LAST) - 86_400_000 + 10_076_000


def mail(second: int, outcome: str = "accepted", answers: tuple[str, ...] = (OK,)) -> Mail:
    asked = tuple((f"r{i}@example.com", answer) for i, answer in enumerate(answers))
    return Mail(NOON + second * 1000, "a@litware.example", asked, outcome, f"{second}@litware.example", 1000)


def session(
    number: int, connector: str, *mails: Mail, protocol: str = "", cut: str = "", internal: str = "", handshake: str = ""
) -> Session:
    return Session(
        kind="receive",
        log="frontend",
        server="EX01",
        connector=f"EX01\\{connector}",
        session_id=f"08DE0000000000{number:02X}",
        local="10.0.0.11:25",
        remote="192.0.2.7:4000",
        peer_ip="192.0.2.7",
        peer_host="",
        helo="mx.litware.example",
        start_ms=NOON - 3000,
        protocol=protocol,
        handshake=handshake or ("ok" if protocol else "none"),
        cut=cut,
        internal=internal,
        mails=list(mails),
    )


def tiny_world() -> World:
    no = "550 5.1.1 no"
    sessions = [
        session(1, "From HQ relay", mail(0), mail(5, answers=(OK, no)), mail(9, "rcpt_refused", (no,)), protocol="TLS1_0"),
        session(2, "From HQ relay", mail(0), mail(5, "body_deferred"), mail(9, "dropped")),
        session(3, "Default Frontend EX01", mail(0), protocol="TLS1_2", cut="greeting"),
        session(4, "Default Frontend EX01", mail(0), cut="greeting"),
        session(5, "Default Frontend EX01", mail(0), protocol="TLS1_2", cut="tls"),
        session(6, "Default EX01", mail(0), protocol="TLS1_2", internal="XPROXYFROM"),
        session(7, "Default Frontend EX01"),
        session(8, "Default Frontend EX01", protocol="TLS1_2"),
        session(10, "From Devices", handshake="failed"),
    ]
    hops = [hop for one in sessions for hop in hops_of_session(one)]
    return World(0, NOON, frozenset({RECEIVE, SETTINGS}), sessions=sessions, hops=hops)


def test_truth_of_a_tiny_world_is_what_a_hand_counts() -> None:
    day = {"date": "2026-11-14", "direction": "inbound", "is_estimate": False}
    probe = {"direction": "inbound"}
    assert boolean_of(tiny_world()) == {
        "flow": {
            "inbound": {
                "messages": 6,
                "recorded": 4,
                "tls": {"No TLS": 1, "TLS 1.0": 2, "TLS 1.2": 1, "Not recorded": 2},
                "is_estimate": False,
            }
        },
        "connectors": [
            {
                **day,
                "connector": "Default Frontend EX01",
                "connector_type": None,
                "forced_tls": None,
                "tls": {"TLS 1.2": 1, "Not recorded": 2},
                "messages": 3,
                "recorded": 1,
            },
            {
                **day,
                "connector": "From HQ relay",
                "connector_type": "OnPremises",
                "forced_tls": False,
                "tls": {"No TLS": 1, "TLS 1.0": 2},
                "messages": 3,
                "recorded": 3,
            },
        ],
        "counts": {"submission": 0, "internal": 1, "rejected": 1, "deferred": 1, "bounced": 0, "incomplete": 1},
        "failed_sessions": [
            {**probe, "connector": "Default Frontend EX01", "kind": "no mail", "error": "Remote", "sessions": 2},
            {**probe, "connector": "From Devices", "kind": "handshake failed", "error": "SocketError", "sessions": 1},
        ],
    }


def test_expected_counts_without_settings_have_no_type() -> None:
    rows = boolean_of(tiny_world(), formats={RECEIVE})["connectors"]
    assert {(row["connector_type"], row["forced_tls"]) for row in rows} == {(None, None)}


def test_truth_of_days_without_mail_is_zero_for_a_covered_direction() -> None:
    truth = boolean_of(tiny_world(), first_day=date(2026, 11, 15))
    assert truth["flow"] == {"inbound": {"messages": 0, "recorded": 0, "tls": {}, "is_estimate": False}}
    assert truth["connectors"] == truth["failed_sessions"] == []


def test_a_cut_session_has_neither_connect_row_nor_greeting() -> None:
    rows = [line.split(",")[6:] for _, line in lines_of(tiny_world().sessions[3])]
    assert rows[0][:2] == ["<", "EHLO mx.litware.example"]
    assert not any(row[0] == "+" for row in rows)


@pytest.mark.parametrize(
    ("percents", "volume", "expected"),
    [
        ({"TLS 1.0": 61, "TLS 1.2": 39}, 1204, {"TLS 1.0": 734, "TLS 1.2": 470}),
        ({"No TLS": 50, "TLS 1.2": 50}, 3, {"No TLS": 2, "TLS 1.2": 1}),
        ({"No TLS": 33, "TLS 1.2": 33, "TLS 1.3": 33}, 10, {"No TLS": 4, "TLS 1.2": 3, "TLS 1.3": 3}),
        ({"TLS 1.2": 57, "TLS 1.3": 40}, 200, {"TLS 1.2": 114, "TLS 1.3": 80, "Not recorded": 6}),
    ],
)
def test_percentages_become_counts_by_largest_remainder(percents: dict[str, int], volume: int, expected: dict[str, int]) -> None:
    assert estimate_counts(percents, volume) == expected


# --- the whole -------------------------------------------------------------------------------------------------------


def test_same_seed_gives_the_same_bytes_and_another_seed_does_not(tmp_path: Path) -> None:
    for name, seed in (("a", 7), ("b", 7), ("c", 8)):
        write_world(build_world(120, seed), tmp_path / name)
    assert digest(tmp_path / "a") == digest(tmp_path / "b")
    assert digest(tmp_path / "a") != digest(tmp_path / "c")


def test_newest_message_is_at_the_end_and_sizes_are_as_asked(world: World) -> None:
    for form in (RECEIVE, SEND, EXO):
        counted = [hop for hop in world.hops if hop.format == form and hop.is_counted]
        assert max(hop.time_utc for hop in counted) == DEFAULT_LAST
        assert abs(len(counted) - 600) <= 36


def test_only_reserved_names_and_addresses_are_written(folder: Path) -> None:
    for root in (folder, SAMPLE / "example-corp", SAMPLE / "every-format"):
        for path, text in texts(root):
            text = text.replace("#Version: 15.0.0.0", "")
            addresses = set(re.findall(r"(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.])", text))
            assert not {ip for ip in addresses if not re.match(RESERVED, ip)}, path
            own = set(re.findall(r"2001:db8:[0-9a-f:]+|fe80::[0-9a-f]+", text))
            assert set(re.findall(r"\[([0-9a-f]{4}:[0-9a-f:]+)\]", text)) <= own
            hosts = {host.lower() for host in re.findall(r"@((?:[\w-]+\.)+[A-Za-z]+)", text)}
            hosts |= set(re.findall(r"\b[\w-]+\.(?:com|net|org|de|test|local|ms)\b", text.lower()))
            assert not {host for host in hosts if not host.endswith((".example", "example.com"))} - SERVICES, path


def test_bundled_truth_is_that_of_the_bundled_sample() -> None:
    truth = json.loads((SAMPLE / "example-corp-truth.json").read_text())
    world = build_world(3000, 7)
    assert truth["whole"] == boolean_of(world)
    assert truth["last_7_days"] == boolean_of(world, first_day=date(2026, 11, 9), last_day=date(2026, 11, 15))
    shares: dict[str, tuple[int, int]] = {}
    for row in truth["last_7_days"]["connectors"]:
        if row["direction"] == "inbound" and row["connector"] in ("Fabrikam", "From Devices"):
            bad = row["tls"].get("TLS 1.0" if row["connector"] == "Fabrikam" else "No TLS", 0)
            old_bad, old_all = shares.get(row["connector"], (0, 0))
            shares[row["connector"]] = old_bad + bad, old_all + row["recorded"]
    assert shares["Fabrikam"][0] / shares["Fabrikam"][1] > 0.5
    assert shares["From Devices"][0] / shares["From Devices"][1] > 0.25
    assert min(recorded for _, recorded in shares.values()) >= 30


def test_bundled_files_of_every_format_are_what_the_generator_writes(tmp_path: Path) -> None:
    truth = write_every_format(tmp_path, 30, 7, DEFAULT_LAST)
    assert json.loads((SAMPLE / "every-format-truth.json").read_text()) == truth
    assert digest(tmp_path) == digest(SAMPLE / "every-format")


def test_big_receive_log_contains_the_count_that_it_returns(tmp_path: Path) -> None:
    log = write_big_receive_log(tmp_path / "RECV20261115-1.LOG", 1)
    assert log.size_bytes >= 1_000_000
    counted: Counter[str] = Counter()
    for key, count in read_logs(tmp_path, "RECV").items():
        if key[1] == "inbound" and key[4] == "accepted":
            counted[key[3]] += count
    assert counted == log.tls
    assert counted.total() == log.messages
