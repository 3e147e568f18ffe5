"""Every rule treats a format of the user's own, one file, as it treats a built-in one: by its header, also in a trace file without it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.support.reports import finding_of, json_of, run_command
from tests.support.traces import write_csv, write_eac
from tests.test_settings import IN_COLUMNS, inbound
from tui.cli import run
from tui.resources import bundled
from tui.store.format_check import faults_of

pytestmark = pytest.mark.share(0.25)

Capture = pytest.CaptureFixture[str]
HEAD = """-- title: Gateway {name}
-- help: What the gateway writes.
-- provides: direction, TLS version
-- lacks: the rest
-- recognise: header when_{name} way tls_seen
-- reader: csv
-- system: Gateway
-- columns: when_{name}, way, tls_seen, connector_name, host, address, domain, id, session
{keys}-- into: message
"""
SELECT = """SELECT
    source_id,
    line_no,
    time_of("when_{name}") AS time_utc,
    direction_of(way) AS direction,
    tls_grade(tls_seen, NULL) AS tls,
    'accepted' AS status,
    'Gateway' AS system,
    connector_name AS connector,
    host AS peer_host,
    address AS peer_ip,
    domain AS peer_domain,
    id AS message_id,
    session AS session_id,
    md5_number_lower(concat_ws('|', '{name}', "when_{name}", host, id)) AS hop_key
FROM raw
"""
ROW = {"way": "received", "tls_seen": "TLSv1.2", "connector_name": "", "host": "a.example", "address": "192.0.2.7", "domain": "a.example"}


@pytest.fixture
def formats(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MAILFLOW_CONFIG_HOME", str(tmp_path / "config"))
    folder = tmp_path / "config" / "formats"
    folder.mkdir(parents=True)
    return folder


def add(formats: Path, name: str, *keys: str) -> None:
    lines = "".join(f"-- {key}\n" for key in keys)
    (formats / f"gateway_{name}.sql").write_text(HEAD.format(name=name, keys=lines) + SELECT.format(name=name))


def change(file: Path, found: str, better: str) -> None:
    text = file.read_text()
    assert found in text
    file.write_text(text.replace(found, better))


def rows(path: Path, name: str, *changes: dict[str, str], count: int = 1) -> Path:
    lines = [
        ROW
        | {"id": f"<{number}@x>", "session": f"S{number}", f"when_{name}": f"2026-11-12 10:{number // 60:02d}:{number % 60:02d}"}
        | change
        for change in changes or ({},)
        for number in range(count)
    ]
    return write_csv(path, lines, (f"when_{name}", *ROW, "id", "session"))


def settings(path: Path, *lines: dict[str, str]) -> Path:
    return write_csv(path, lines, IN_COLUMNS)


def opened_elsewhere(tmp_path: Path, formats: Path, capsys: Capture, *files: Path) -> dict[str, Any]:
    """Load files, then ask the trace file where the format is not known; both answer the same."""
    trace = tmp_path / "t.duckdb"
    assert run(["load", *map(str, files), "--into", str(trace)]) == 0
    here = json_of(capsys, trace)
    for one in formats.glob("*.sql"):
        one.unlink()
    assert json_of(capsys, trace) == here
    return here


@pytest.mark.parametrize(("keys", "connector"), [(("connectors_from_settings: yes",), "Fabrikam"), ((), None)])
def test_settings_give_the_connector(keys: tuple[str, ...], connector: str | None, tmp_path: Path, formats: Path, capsys: Capture) -> None:
    add(formats, "own", *keys)
    files = settings(tmp_path / "in.csv", inbound("Fabrikam", SenderIPAddresses="{192.0.2.0/24}")), rows(tmp_path / "own.csv", "own")
    report = opened_elsewhere(tmp_path, formats, capsys, *files)
    assert [one["connector"] for one in report["connectors"]] == [connector]


def test_what_records_its_connector_keeps_none_beside_what_does_not(tmp_path: Path, formats: Path, capsys: Capture) -> None:
    add(formats, "own", "connectors_from_settings: yes")
    add(formats, "full")
    files = (
        settings(tmp_path / "in.csv", inbound("Fabrikam", SenderIPAddresses="{192.0.2.0/24}")),
        rows(tmp_path / "own.csv", "own"),
        rows(tmp_path / "full.csv", "full", {"tls_seen": "TLSv1.3", "session": "", "id": "<other@x>"}),
    )
    report = opened_elsewhere(tmp_path, formats, capsys, *files)
    assert {(one["connector"], *one["tls"]) for one in report["connectors"]} == {("Fabrikam", "TLS 1.2"), (None, "TLS 1.3")}


@pytest.mark.share(2)
@pytest.mark.parametrize(
    ("keys", "listed", "messages"),
    [
        (("superseded_by: logs",), {}, 1),
        (("superseded_by: logs, reports",), {}, 1),
        (("superseded_by: logs by session",), {}, 1),
        ((), {}, 2),
        (("superseded_by: logs",), {"id": "<another@x>"}, 2),
        (("superseded_by: logs by session",), {"session": "another", "id": "<another@x>"}, 2),
    ],
)
def test_a_log_supersedes_a_list(
    keys: tuple[str, ...], listed: dict[str, str], messages: int, tmp_path: Path, formats: Path, capsys: Capture
) -> None:
    add(formats, "list", *keys)
    add(formats, "log")
    files = rows(tmp_path / "list.csv", "list", {"tls_seen": "", **listed}), rows(tmp_path / "log.csv", "log")
    flow = opened_elsewhere(tmp_path, formats, capsys, *files)["flow"]["inbound"]
    assert (flow["messages"], flow["tls"]["TLS 1.2"]) == (messages, 1)


def test_a_report_supersedes_a_plain_list(tmp_path: Path, formats: Path, capsys: Capture) -> None:
    add(formats, "plain", "superseded_by: logs, reports")
    add(formats, "report", "superseded_by: logs")
    files = rows(tmp_path / "plain.csv", "plain", {"tls_seen": ""}), rows(tmp_path / "report.csv", "report")
    assert opened_elsewhere(tmp_path, formats, capsys, *files)["flow"]["inbound"]["tls"] == {"TLS 1.2": 1}


@pytest.mark.parametrize(("keys", "tls"), [(("resolve: infer clear text",), "No TLS"), ((), "Not recorded")])
def test_a_missing_tls_line_shows_clear_text(keys: tuple[str, ...], tls: str, tmp_path: Path, formats: Path, capsys: Capture) -> None:
    add(formats, "own", *keys)
    file = formats / "gateway_own.sql"
    file.write_text(
        file.read_text().replace(
            "    'accepted' AS status",
            "    CASE WHEN nullif(tls_seen, '') IS NULL THEN 'no TLS line' END AS tls_raw,\n    'accepted' AS status",
        )
    )
    seen = rows(tmp_path / "own.csv", "own", {}, {"tls_seen": "", "when_own": "2026-11-12 11:00:00", "id": "<9@x>"})
    flow = opened_elsewhere(tmp_path, formats, capsys, seen)["flow"]["inbound"]["tls"]
    assert flow == {tls: 1, "TLS 1.2": 1}


@pytest.mark.share(2)
@pytest.mark.parametrize(("keys", "fires"), [(("shows_clear_text: no",), False), (("shows_clear_text: yes",), True), ((), True)])
def test_tls_is_asked_for_where_clear_text_would_be_seen(
    keys: tuple[str, ...], fires: bool, tmp_path: Path, formats: Path, capsys: Capture
) -> None:
    add(formats, "own", *keys)
    files = (
        settings(tmp_path / "in.csv", inbound("Fabrikam", SenderDomains="{a.example}", RequireTls="False")),
        rows(
            tmp_path / "own.csv",
            "own",
            *({"connector_name": "Fabrikam", "when_own": f"2026-11-{day} 10:00:00"} for day in range(10, 15)),
            count=20,
        ),
    )
    report = opened_elsewhere(tmp_path, formats, capsys, *files)
    assert (finding_of(report, "could_force_tls") is not None) is fires


@pytest.mark.share(2)
@pytest.mark.parametrize(
    ("limit", "count", "fires"),
    [("40 rows", 40, True), ("40 rows", 41, False), ("10, 40 messages", 40, True), ("10, 40 messages", 30, False), (None, 40, False)],
)
def test_an_export_at_its_limit(limit: str | None, count: int, fires: bool, tmp_path: Path, formats: Path, capsys: Capture) -> None:
    add(formats, "own", *([f"row_limit: {limit}"] if limit else []))
    report = opened_elsewhere(tmp_path, formats, capsys, rows(tmp_path / "own.csv", "own", count=count))
    assert (finding_of(report, "export_at_limit") is not None) is fires


@pytest.mark.parametrize(("keys", "fires"), [((), True), (("hosted_service: yes",), False)])
def test_a_server_that_never_exceeds_tls_1_0(keys: tuple[str, ...], fires: bool, tmp_path: Path, formats: Path, capsys: Capture) -> None:
    add(formats, "own", *keys)
    file = formats / "gateway_own.sql"
    change(file, "'Gateway' AS system", "'Gateway' AS system,\n    'mx1' AS server")
    old = rows(tmp_path / "own.csv", "own", *({"tls_seen": "TLSv1", "host": f"{name}.example"} for name in "abcdef"), count=20)
    report = opened_elsewhere(tmp_path, formats, capsys, old)
    assert (finding_of(report, "server_ceiling") is not None) is fires


def test_where_tls_is_recorded_is_named(tmp_path: Path, formats: Path, capsys: Capture) -> None:
    add(formats, "own", "tls_from: the other log")
    seen = rows(tmp_path / "own.csv", "own", {"tls_seen": ""})
    assert run(["report", str(seen)]) == 0
    assert "Gateway: TLS is in the other log" in capsys.readouterr().out.replace("\n", " ")


@pytest.mark.share(1)
@pytest.mark.parametrize(
    ("before", "after"),
    [
        (("superseded_by: logs", "shows_clear_text: no", "row_limit: 1 rows"), ("detail: 3",)),
        (("detail: 3",), ("superseded_by: logs", "shows_clear_text: no", "row_limit: 1 rows")),
        (("connectors_from_settings: yes",), ()),
        ((), ("connectors_from_settings: yes",)),
    ],
)
def test_a_changed_header_applies_to_what_was_loaded_before(
    before: tuple[str, ...], after: tuple[str, ...], tmp_path: Path, formats: Path, capsys: Capture
) -> None:
    add(formats, "list", *before)
    add(formats, "log")
    first = rows(tmp_path / "list.csv", "list", {"tls_seen": "TLSv1.3", "host": "b.example"}), rows(tmp_path / "log.csv", "log")
    first = (*first, settings(tmp_path / "in.csv", inbound("Fabrikam", SenderIPAddresses="{192.0.2.0/24}")))
    second = rows(tmp_path / "more.csv", "log", {"id": "<9@x>", "when_log": "2026-11-14 10:00:00"})
    grown = tmp_path / "grown.duckdb"
    assert run(["load", *map(str, first), "--into", str(grown)]) == 0
    add(formats, "list", *after)
    assert run(["load", str(second), "--into", str(grown)]) == 0
    fresh = tmp_path / "fresh.duckdb"
    assert run(["load", *map(str, (*first, second)), "--into", str(fresh)]) == 0
    assert json_of(capsys, grown) == json_of(capsys, fresh)


OLD = """-- tells: direction, TLS version
-- cannot tell: the rest
-- tls is in: the other log
-- needs: way
-- once: id
-- joins: as written
-- tls line: TLS (\\S+)
-- session in line: S(\\d+)
-- settle: no TLS line, steps back, earliest receipt
"""
NEW = {
    "tells": "provides: direction, TLS version",
    "cannot tell": "lacks: the rest",
    "tls is in": "tls_from: the other log",
    "needs": "required_columns: way",
    "once": "dedup_key: id",
    "joins": "join_order: as_written",
    "tls line": r"tls_line: TLS (\S+)",
    "session in line": r"session_in_line: S(\d+)",
}


def with_old_keys(formats: Path) -> Path:
    add(formats, "own")
    file = formats / "gateway_own.sql"
    change(file, "-- provides: direction, TLS version\n-- lacks: the rest\n", OLD)
    return file


def test_old_names_of_keys_are_read_and_reported_with_the_new_ones(tmp_path: Path, formats: Path, capsys: Capture) -> None:
    file = with_old_keys(formats)
    code, out, errors = run_command(capsys, "report", rows(tmp_path / "own.csv", "own"), "--format", "json")
    assert (code, json.loads(out)["flow"]["inbound"]["messages"]) == (0, 1)
    text = file.read_text().splitlines()
    wanted = [
        f"mailflow: {file}:{number}: '{key}:' was renamed; write '{NEW[key]}'"
        for number, line in enumerate(text, 1)
        if (key := line.removeprefix("-- ").partition(":")[0]) in NEW
    ]
    at = next(number for number, line in enumerate(text, 1) if line.startswith("-- settle"))
    settled = f"mailflow: {file}:{at}: 'settle:' was renamed; write 'resolve: infer clear text, earliest receipt' and 'superseded_by: logs'"
    assert errors == [*wanted, settled]
    code, out, _ = run_command(capsys, "formats", "--check", file)
    assert code == 0
    assert out.splitlines()[:-1] == [line.removeprefix("mailflow: ") for line in errors]
    assert out.splitlines()[-1].startswith(f"{file}: is sound; it fills ")


def test_an_old_name_means_what_it_meant(tmp_path: Path, formats: Path, capsys: Capture) -> None:
    add(formats, "list", "settle: steps back")
    add(formats, "log")
    files = rows(tmp_path / "list.csv", "list", {"tls_seen": ""}), rows(tmp_path / "log.csv", "log")
    assert json_of(capsys, *files)["flow"]["inbound"]["tls"] == {"TLS 1.2": 1}


@pytest.mark.parametrize(
    ("key", "complaint"),
    [
        ("resolve: magic", "resolve: invalid value 'magic'; choose infer clear text, direction by domain"),
        ("superseded_by: everything", "superseded_by: invalid value 'everything'; choose logs, reports, logs by session"),
        ("row_limit: many", "row_limit: 'many' is not a limit; write numbers and their unit, such as 1000, 5000 rows"),
        ("shows_clear_text: perhaps", "shows_clear_text: invalid value 'perhaps'; choose yes, no"),
        ("detail: much", "detail: 'much' is not a number"),
        ("settle: magic", "resolve: invalid value 'magic'"),
        ("shows_clear_text: yes, no", "shows_clear_text: has several values; write one"),
        ("locale_dates: nowhere", "locale_dates: there is no column nowhere in the columns line"),
        ("dedup_key: id, nowhere", "dedup_key: there is no column nowhere in the columns line"),
        ("required_columns: nowhere", "required_columns: there is no column nowhere in the columns line"),
        ("naive_timestamps: (", "naive_timestamps: ( is not a regular expression: "),
        ("tls_line: TLS", "tls_line: has no group in parentheses for the value"),
        ("session_in_line: [", "session_in_line: [ is not a regular expression: "),
    ],
)
def test_a_value_that_means_nothing_is_a_fault(key: str, complaint: str, formats: Path, capsys: Capture) -> None:
    add(formats, "own", key)
    code, out, _ = run_command(capsys, "formats", "--check", formats / "gateway_own.sql")
    assert code == 2
    assert complaint in out


def test_a_list_without_a_system_is_a_fault(formats: Path, capsys: Capture) -> None:
    add(formats, "own", "superseded_by: logs")
    file = formats / "gateway_own.sql"
    change(file, "-- system: Gateway\n", "")
    code, out, _ = run_command(capsys, "formats", "--check", file)
    assert (code, "superseded_by: needs a '-- system:' line" in out) == (2, True)


def test_a_broken_header_stops_nothing(tmp_path: Path, formats: Path, capsys: Capture) -> None:
    add(formats, "own", "naive_timestamps: (")
    add(formats, "log")
    code, out, errors = run_command(capsys, "report", rows(tmp_path / "log.csv", "log"), "--format", "json")
    assert (code, json.loads(out)["flow"]["inbound"]["messages"]) == (0, 1)
    assert len(errors) == 1
    assert "this format is skipped; run mailflow formats --check" in errors[0]


@pytest.mark.parametrize("path", sorted((bundled("queries") / "formats").glob("*.sql")), ids=lambda path: path.stem)
def test_the_bundled_formats_keep_the_rules_of_headers(path: Path) -> None:
    assert faults_of(path)[1] == []


def test_totals_of_one_system_stay_beside_messages_of_another(tmp_path: Path, formats: Path, capsys: Capture) -> None:
    add(formats, "log")
    total = write_eac(tmp_path / "eac.csv", ("2026-11-12", "From the internet without a connector", 0, 0, 0, 0, 100, 100))
    report = json_of(capsys, total, rows(tmp_path / "log.csv", "log"))
    assert report["flow"]["inbound"]["tls"] == {"TLS 1.2": 1, "TLS 1.3": 100}
