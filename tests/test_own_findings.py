"""Findings of the user: run like the others; broken ones are named and skipped."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.pages import page_of
from tests.support.reports import hops, write_table
from tui.cli import run
from tui.errors import UsageError

pytestmark = pytest.mark.share(0.25)

Capture = pytest.CaptureFixture[str]

HEAD = """-- title: Mail to one server
-- help: A server got any mail.
-- severity: warning
-- advice: Look at it.
-- params: since timestamp, until timestamp
-- result: FindingRow
"""
SOUND = HEAD + "SELECT 7 AS messages, 'seven of ' || $since || $until AS evidence"
BROKEN = [
    (HEAD + "SELECT no_such_column AS messages, $since, $until FROM message", 'Referenced column "no_such_column"'),
    (
        HEAD + "SELECT $since AS since_when, $until AS until_when",
        "a column since_when, which FindingRow does not have; choose direction, connector",
    ),
    (
        HEAD + "SELECT 1 AS messages, 'x' AS evidance, $since, $until",
        "a column evidance, which FindingRow does not have; did you mean evidence?",
    ),
    (HEAD + "SELECT 1 AS messages, 2 AS messages WHERE $since < $until", "returns the column messages twice"),
    (HEAD.replace("-- result: FindingRow\n", "") + "SELECT $since, $until", "has no '-- result: FindingRow' line"),
    (HEAD.replace("warning", "grave") + "SELECT $since, $until", "severity: invalid value 'grave'; choose warning or information"),
    (HEAD.replace("until timestamp", "limit number") + "SELECT $since, $limit", "params: unknown parameter limit"),
    (HEAD.replace("FindingRow", "SourceRow") + "SELECT $since, $until", "a finding must return FindingRow"),
    (HEAD + "SELECT $since, $until; SELECT 1", "contains more than one statement"),
    ("SELECT 1", "has no '-- title:' line"),
    (HEAD + "SELECT 'eight' AS finding, $since, $until", "FindingRow does not have; choose direction, connector"),
    (HEAD + "SELECT 'eight' AS finding, 1 AS messages WHERE $since < $until", "returns the finding eight, which has no finding: line"),
    (HEAD.replace("-- params", "-- finding: eight | No TLS\n-- params") + "SELECT $since, $until", "finding: write id | TLS version"),
    (HEAD.replace("FindingRow", "Finding") + "SELECT $since, $until", "its result Finding is not a dataclass"),
    (HEAD + "SELECT NULL AS messages WHERE $since < $until", "returns a value of messages that is not whole number"),
    (HEAD + "SELECT 1.5 AS messages WHERE $since < $until", "returns a value of messages that is not whole number"),
    (HEAD + "SELECT 'x' AS percent WHERE $since < $until", "returns a value of percent that is not number or"),
    (HEAD + "SELECT 'never' AS last_utc WHERE $since < $until", "returns a value of last_utc that is not timestamp or NULL"),
    (HEAD + "SELECT cast($since AS DATE) AS last_utc WHERE $since < $until", "returns a value of last_utc that is not timestamp or NULL"),
    (HEAD + "SELECT 5 AS what WHERE $since < $until", "returns a value of what that is not text or NULL"),
    (HEAD + "SELECT 'sideways' AS direction WHERE $since < $until", "returns a direction that is not one of inbound, outbound"),
    (HEAD + "SELECT cast('x' || $since || $until AS INTEGER) AS messages", "failed with ConversionException"),
]

COMMANDS = [("report", "--format", "json"), ("report",), ("report", "--format", "html"), ("check", "--format", "json")]


@pytest.fixture
def finding(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return where a finding of the user's own is."""
    monkeypatch.setenv("MAILFLOW_CONFIG_HOME", str(tmp_path / "config"))
    finding = tmp_path / "config" / "findings" / "seven.sql"
    finding.parent.mkdir(parents=True)
    return finding


def table(tmp_path: Path) -> Path:
    return write_table(tmp_path / "t.csv", hops(40, "TLS 1.0", connector="C", connector_type="Partner"))


def test_a_finding_about_a_server_is_about_all_mail_of_its_direction(finding: Path, tmp_path: Path, capsys: Capture) -> None:
    """It has a TLS version and a subject and no connector: its hosts and its mark are not those of the mail without connector."""
    body = "SELECT 'inbound' AS direction, 'mx1' AS what, 40 AS messages, 40 AS recorded WHERE $since < $until"
    finding.write_text(HEAD.replace("-- params", "-- tls: TLS 1.2\n-- params") + body, encoding="utf-8")
    rows = hops(40, "TLS 1.2", connector="C", peer_host="a.partner.example") + hops(5, "TLS 1.2", peer_host="b.partner.example")
    page = page_of(capsys, write_table(tmp_path / "t.csv", rows))
    assert [row[:2] for row in page.table("Hosts, in the window")[1:]] == [["a.partner.example", "40"], ["b.partner.example", "5"]]
    assert "!" not in str(page.table("6–12 Nov 2026, whole window"))


def test_a_finding_returns_the_columns_that_it_has(finding: Path, tmp_path: Path, capsys: Capture) -> None:
    finding.write_text(SOUND, encoding="utf-8")
    assert run(["report", "--format", "json", str(table(tmp_path))]) == 0
    result = capsys.readouterr()
    (found,) = [one for one in json.loads(result.out)["findings"] if one["id"] == "seven"]
    assert (found["messages"], found["connector"]) == (7, None)
    assert run(["findings", "--check", str(finding)]) == 0
    assert capsys.readouterr().out == f"{finding}: is sound\n"


@pytest.mark.parametrize(("text", "complaint"), BROKEN)
def test_a_broken_finding_is_named_with_its_reason(text: str, complaint: str, finding: Path, tmp_path: Path, capsys: Capture) -> None:
    finding.write_text(text, encoding="utf-8")
    assert run(["findings", "--check", str(finding)]) == UsageError.exit_code
    checked = capsys.readouterr().out
    assert checked.startswith(f"{finding}:")
    assert complaint in checked


@pytest.mark.share(3)
@pytest.mark.parametrize(("text", "complaint"), BROKEN)
@pytest.mark.parametrize(
    "command", [("report", "--format", "json"), ("report",), ("report", "--format", "html"), ("check", "--format", "json")]
)
def test_a_broken_finding_is_left_out(
    command: tuple[str, ...], text: str, complaint: str, finding: Path, tmp_path: Path, capsys: Capture
) -> None:
    finding.write_text(text, encoding="utf-8")
    code = run([*command, str(table(tmp_path))])
    result = capsys.readouterr()
    assert code == (1 if command[0] == "check" else 0), result.err
    assert "tls10_partner_inbound" in result.out or "significant TLS1.0 mail flow" in result.out
    (line,) = [line for line in result.err.splitlines() if str(finding) in line]
    assert complaint in line
    assert line.endswith(f"this finding is skipped; run mailflow findings --check {finding}")
    assert run(["findings"]) == 0
    assert "seven                       broken\n" in capsys.readouterr().out


def test_findings_lists_what_is_warned_of_and_what_is_broken(finding: Path, tmp_path: Path, capsys: Capture) -> None:
    finding.write_text("SELECT 1", encoding="utf-8")
    assert run(["findings"]) == 0
    result = capsys.readouterr().out
    assert "tls10_partner_inbound       Inbound Partner connector seeing significant TLS1.0 mail flow" in result
    assert "Limit: 50%." in result
    assert "seven                       broken" in result
    assert str(finding)[-20:] in result.replace("\n    ", "")


def test_a_broken_finding_cannot_be_what_check_fails_on(finding: Path, tmp_path: Path, capsys: Capture) -> None:
    finding.write_text("SELECT 1", encoding="utf-8")
    assert run(["check", "--fail-on", "seven", str(table(tmp_path))]) == UsageError.exit_code
    assert "--fail-on seven: " in capsys.readouterr().err


def test_one_file_may_have_several_findings(finding: Path, tmp_path: Path, capsys: Capture) -> None:
    lines = "-- finding: seven | | Seven | Do it.\n-- finding: eight | TLS 1.0 | Eight | Do that.\n"
    body = "SELECT 'eight' AS finding, 9 AS messages WHERE $since < $until"
    finding.write_text(HEAD.replace("-- advice: Look at it.\n", lines) + body, encoding="utf-8")
    assert run(["findings"]) == 0
    assert "eight                       Eight\n    warning: A server got any mail.\n    Do that.\n" in capsys.readouterr().out
    assert run(["check", "--fail-on", "seven", str(table(tmp_path))]) == 0
    capsys.readouterr()
    assert run(["check", "--format", "json", "--fail-on", "eight", str(table(tmp_path))]) == 1
    found = [one for one in json.loads(capsys.readouterr().out)["findings"] if one["id"] == "eight"]
    assert [(one["title"], one["messages"]) for one in found] == [("Eight", 9)]


def test_a_file_of_the_users_own_replaces_one_of_several(finding: Path, tmp_path: Path, capsys: Capture) -> None:
    own = finding.with_name("tls10_partner_inbound.sql")
    own.write_text(SOUND, encoding="utf-8")
    assert run(["report", "--format", "json", str(table(tmp_path))]) == 0
    found = [one for one in json.loads(capsys.readouterr().out)["findings"] if one["id"] == "tls10_partner_inbound"]
    assert [(one["title"], one["messages"]) for one in found] == [("Mail to one server", 7)]
