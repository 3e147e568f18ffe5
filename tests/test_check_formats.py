"""`mailflow check --format`: lines, JSON, CSV and a monitoring plugin, each with its exit codes."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import datetime
from pathlib import Path

import pytest

from tests.support.reports import hops, json_of, write_table
from tui.cli import run

pytestmark = pytest.mark.share(0.25)

Capture = pytest.CaptureFixture[str]
PERFORMANCE = re.compile(r"^\w+=(U|\d+(\.\d+)?%?);[\d.]*;[\d.]*;[\d.]*(;[\d.]*)?$")


def check(capsys: Capture, *arguments: object) -> tuple[int, str, str]:
    capsys.readouterr()
    code = run(["check", *map(str, arguments)])
    result = capsys.readouterr()
    return code, result.out, result.err


def plugin(capsys: Capture, *arguments: object) -> tuple[int, str, dict[str, str]]:
    """Return exit code, the status line before the bar, and performance data."""
    code, out, err = check(capsys, "--format", "nagios", *arguments)
    assert err == ""
    first, bar, data = out.splitlines()[0].partition(" | ")
    assert out.count("|") == (1 if bar else 0)
    assert all(PERFORMANCE.match(one) for one in data.split())
    return code, first, dict(one.split(";")[0].split("=") for one in data.split())


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make it 20 hours after the newest message."""
    monkeypatch.setattr("tui.commands.utc_now", lambda: datetime(2026, 11, 13, 6))


def bad(folder: Path, name: str = "Fabrikam") -> Path:
    rows = [*hops(40, "TLS 1.0", connector=name, connector_type="Partner"), *hops(10, "No TLS"), *hops(50, "TLS 1.3")]
    return write_table(folder / "bad.csv", [*rows, *hops(8, "TLS 1.3", direction="outbound")])


def good(folder: Path) -> Path:
    return write_table(folder / "good.csv", hops(50, "TLS 1.3"))


def test_text_is_as_before(tmp_path: Path, capsys: Capture) -> None:
    code, out, _ = check(capsys, bad(tmp_path))
    assert code == 1
    assert out.splitlines()[0] == "1 finding (1 more for information) in 6–12 Nov 2026 UTC (12 Nov until 10:00), Table, 1 day"
    assert out.splitlines()[1].startswith("! tls10_partner_inbound · From partner - Fabrikam · 100% of 40")
    assert check(capsys, good(tmp_path))[0] == 0


def test_json_has_the_findings_of_the_report(tmp_path: Path, capsys: Capture) -> None:
    code, out, _ = check(capsys, bad(tmp_path), "--format", "json")
    result, report = json.loads(out), json_of(capsys, bad(tmp_path))
    assert code == 1
    assert result["findings"] == report["findings"]
    assert (result["window"], result["data"]) == (report["window"], report["data"])
    assert result["too_few_to_judge"] == report["too_few_to_judge"]
    assert result["summary"]["failed"] == ["tls10_partner_inbound"]
    assert (result["summary"]["warnings"], result["summary"]["information"], result["summary"]["judged"]) == (1, 1, True)


def test_csv_has_a_row_a_finding(tmp_path: Path, capsys: Capture) -> None:
    code, out, _ = check(capsys, bad(tmp_path, "=cmd()"), "--format", "csv", "--fail-on", "tls10_seen")
    assert code == 1
    rows = list(csv.DictReader(io.StringIO(out)))
    assert [(row["id"], row["severity"], row["fails"]) for row in rows] == [
        ("tls10_partner_inbound", "warning", "false"),
        ("tls10_seen", "information", "true"),
    ]
    assert (rows[0]["percent"], rows[0]["messages"], rows[0]["recorded"], rows[0]["limit_percent"]) == ("100.0", "40", "40", "50.0")
    assert rows[0]["connector"] == "'=cmd()"


def test_a_plugin_is_ok_warning_or_critical(tmp_path: Path, capsys: Capture) -> None:
    code, line, data = plugin(capsys, good(tmp_path))
    assert (code, line[:26]) == (0, "MAILFLOW OK - 0 findings i")
    assert data == {"protected_inbound": "100.0%", "protected_outbound": "U", "findings": "0", "messages": "50"}
    code, line, data = plugin(capsys, bad(tmp_path))
    assert code == 1
    assert line.startswith("MAILFLOW WARNING - 1 finding (tls10_partner_inbound) in 6–12 Nov 2026 UTC")
    assert data == {"protected_inbound": "90.0%", "protected_outbound": "100.0%", "findings": "1", "messages": "108"}
    code, line, data = plugin(capsys, bad(tmp_path), "--fail-on", "tls10_seen")
    assert (code, data["findings"]) == (2, "2")
    assert line.startswith("MAILFLOW CRITICAL - 2 findings (tls10_seen, tls10_partner_inbound) in ")
    code, line, _ = plugin(capsys, bad(tmp_path), "--fail-on", "no_tls_none_inbound")
    assert code == 1, "another warning holds, not the one that is critical"
    assert plugin(capsys, good(tmp_path), "--fail-on", "no_tls_none_inbound")[0] == 0


def test_performance_data_is_the_low_end_of_a_range(tmp_path: Path, capsys: Capture) -> None:
    table = write_table(tmp_path / "t.csv", [*hops(60, "TLS 1.3"), *hops(7, "No TLS"), *hops(13, "Not recorded")])
    assert plugin(capsys, table)[2]["protected_inbound"] == "75.0%"


def test_old_data_fails_when_an_age_is_given(tmp_path: Path, capsys: Capture) -> None:
    table = good(tmp_path)
    assert check(capsys, table, "--max-age", "24")[0] == 0
    assert check(capsys, table)[0] == 0
    code, out, _ = check(capsys, table, "--max-age", "19.5")
    assert code == 1
    assert "data_is_stale · no message in the last 20 hours" in out
    assert check(capsys, table, "--max-age", "19", "--fail-on", "tls11_seen")[0] == 1
    code, line, _ = plugin(capsys, table, "--max-age", "19")
    assert (code, line.startswith("MAILFLOW WARNING - 1 finding (data_is_stale)")) == (1, True)
    assert plugin(capsys, table, "--max-age", "19", "--fail-on", "data_is_stale")[0] == 2
    assert plugin(capsys, table, "--max-age", "21", "--fail-on", "data_is_stale")[0] == 0
    assert check(capsys, table, "--max-age", "-1")[0] == 2


def test_names_cannot_forge_performance_data_or_lines(tmp_path: Path, capsys: Capture) -> None:
    code, out, _ = check(capsys, bad(tmp_path, "Fab|x=1;2\nMAILFLOW OK\x1b[2J"), "--format", "nagios")
    assert code == 1
    assert "From partner - Fab/x=1;2^JMAILFLOW OK^[[2J" in out
    assert out.count("|") == 1
    assert sum(line.startswith("MAILFLOW") for line in out.splitlines()) == 1
    assert "\x1b" not in out


def test_nothing_to_judge_is_unknown(tmp_path: Path, capsys: Capture) -> None:
    code, line, data = plugin(capsys, write_table(tmp_path / "t.csv", hops(3, "TLS 1.3", status="rejected")))
    assert code == 3
    assert line.startswith("MAILFLOW UNKNOWN - 0 findings in ")
    assert line.endswith("nothing could be judged")
    assert data["messages"] == "0"
    assert plugin(capsys, good(tmp_path), "--from", "2026-12-01", "--to", "2026-12-02")[0] == 3


@pytest.mark.parametrize(
    "arguments",
    [
        ["nowhere|x.log"],
        [],
        ["{here}/empty.log"],
        ["{here}/shopping.txt"],
        ["{here}/good.csv", "--days", "many"],
        ["{here}/good.csv", "--bogus"],
        ["{here}/good.csv", "--fail-on", "nonsense"],
        ["{here}/good.csv", "--config", "{here}/shopping.txt"],
    ],
)
def test_an_error_of_a_plugin_is_unknown_on_stdout(tmp_path: Path, capsys: Capture, arguments: list[str]) -> None:
    good(tmp_path)
    (tmp_path / "empty.log").write_bytes(b"")
    (tmp_path / "shopping.txt").write_text("milk\nbread\n")
    code, line, data = plugin(capsys, *(one.replace("{here}", str(tmp_path)) for one in arguments))
    assert (code, data) == (3, {})
    assert line.startswith("MAILFLOW UNKNOWN - ")
    capsys.readouterr()
    assert run(["check", "--format=nagios", *(one.replace("{here}", str(tmp_path)) for one in arguments)]) == 3


def test_an_internal_error_of_a_plugin_is_unknown_without_content(capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    def burst(*_: object) -> str:
        secret = "ann@example.com"
        raise ValueError(secret)

    monkeypatch.setattr("tui.commands.check", burst)
    code, line, _ = plugin(capsys, "x")
    assert (code, line.startswith("MAILFLOW UNKNOWN - internal error ValueError")) == (3, True)
    assert "ann@" not in line


def test_other_formats_keep_their_exit_codes(tmp_path: Path, capsys: Capture) -> None:
    for form in ("text", "json", "csv"):
        code, out, err = check(capsys, tmp_path / "nowhere", "--format", form)
        assert (code, out, len(err.splitlines())) == (2, "", 1)
    assert check(capsys, good(tmp_path), "--format", "xml")[0] == 2
