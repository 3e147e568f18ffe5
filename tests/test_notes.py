"""Notes on peers are checked against later mail; known findings are snoozed until their day."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path

import pytest

from tests.support.asked import asking_files
from tests.support.reports import hops, write_rows, write_table
from tui.cli import run
from tui.config import Config
from tui.intake.load import Progress
from tui.intake.opening import open_paths
from tui.rows import Acknowledged, Note
from tui.store.engine import start_engine
from tui.store.lists import ask_work
from tui.store.notes import read_acknowledged, read_notes, write_note
from tui.store.query_runner import QueryRunner
from tui.store.questions import ask_window
from tui.view.work_list import work_item

pytestmark = pytest.mark.share(0.25)

MADE = datetime(2026, 11, 12, 12)


def mail(tls: str, day: int, host: str = "a.example") -> dict[str, object]:
    return {"time_utc": f"2026-11-{day:02}T10:00:00", "direction": "inbound", "tls": tls, "peer_host": host, "sender": f"x@{host}"}


def noted(folder: Path, kind: str = "asked", due: date | None = None, name: str = "a.example") -> None:
    line = {"facet": "host", "name": name, "kind": kind, "text": "mail to postmaster", "due": due, "made_at_utc": MADE}
    folder.mkdir(exist_ok=True)
    (folder / "notes.jsonl").write_text(json.dumps(line, default=str) + "\nnot json\n", encoding="utf-8")


@pytest.mark.share(2)
@pytest.mark.parametrize(
    ("later", "kind", "due", "state", "closed"),
    [
        ([mail("TLS 1.0", 14)], "asked", None, "still on 1.0", False),
        ([mail("TLS 1.0", 14)], "promised", date(2026, 11, 13), "overdue", False),
        ([mail("TLS 1.0", 14)], "promised", date(2026, 11, 20), "still on 1.0", False),
        ([mail("TLS 1.0", 14)], "fixed", None, "not fixed", False),
        ([mail("TLS 1.2", 14)], "fixed", None, "done", True),
        ([mail("TLS 1.0", 13), mail("TLS 1.3", 14)], "asked", None, "upgraded", True),
        ([mail("TLS 1.3", 13), mail("TLS 1.0", 14)], "asked", None, "still on 1.0", False),
        ([], "asked", None, "no mail since", False),
    ],
)
def test_a_note_is_checked_against_later_mail(
    tmp_path: Path, later: list[dict[str, object]], kind: str, due: date | None, state: str, closed: bool
) -> None:
    noted(tmp_path / "config", kind, due)
    rows = [mail("TLS 1.0", 10), *later, mail("TLS 1.2", 15, "other.example")]
    with asking_files([write_rows(tmp_path / "t.csv", rows)]) as runner:
        notes, _ = ask_work(runner, tmp_path / "config")
        item = work_item(*notes[0], ask_window(runner))
    assert (item.state, item.is_closed) == (state, closed)


def test_a_peer_without_mail_has_a_line_about_it(tmp_path: Path) -> None:
    noted(tmp_path / "config", name="gone.example")
    with asking_files([write_rows(tmp_path / "t.csv", [mail("TLS 1.0", 10)])]) as runner:
        notes, _ = ask_work(runner, tmp_path / "config")
        assert work_item(*notes[0], ask_window(runner)).state == "no mail"


def test_notes_live_beside_the_trace_file_and_questions_go_on(tmp_path: Path) -> None:
    table = write_rows(tmp_path / "t.csv", [mail("TLS 1.0", 10)])
    trace = tmp_path / "t.duckdb"
    assert run(["load", str(table), "--into", str(trace)]) == 0
    engine = start_engine(Config().engine)
    try:
        open_paths(engine, Config(), [str(trace)], Progress())
        runner = QueryRunner(engine)
        assert read_notes(runner, None) == []
        first = Note("host", "A.example", "asked", "once", None, MADE)
        newer = Note("host", "a.example", "fixed", "twice", date(2026, 12, 1), datetime(2026, 11, 13))
        assert write_note(trace, tmp_path / "config", first) == f"noted in {trace}.notes.jsonl"
        write_note(trace, tmp_path / "config", newer)
        assert read_notes(runner, tmp_path / "config") == [newer]  # of a peer the newest counts
        assert not (tmp_path / "config").exists()
    finally:
        engine.close()
    with asking_files([trace]) as again:
        assert read_notes(again, None) == [newer]
    # The next load takes them into the trace file.
    assert run(["load", str(write_rows(tmp_path / "u.csv", [mail("TLS 1.0", 11)])), "--into", str(trace)]) == 0
    assert not list(tmp_path.glob("*notes*"))
    with asking_files([trace]) as again:
        assert again.ask(Note, "sources/notes") == [first, newer]


def test_a_trace_file_that_others_read_is_left_alone_and_the_note_is_kept_beside_the_config(tmp_path: Path) -> None:
    trace = tmp_path / "t.duckdb"
    assert run(["load", str(write_rows(tmp_path / "t.csv", [mail("TLS 1.0", 10)])), "--into", str(trace)]) == 0
    trace.chmod(0o444)
    tmp_path.chmod(0o555)
    result = Note("host", "a.example", "asked", "", None, MADE)
    engine = start_engine(Config().engine)
    try:
        open_paths(engine, Config(), [str(trace)], Progress())
        folder = Path(engine.temp_folder) / "config"
        where = write_note(None, folder, result)
        assert where == f"noted in {folder / 'notes.jsonl'}"
        assert read_notes(QueryRunner(engine), folder) == [result]
    finally:
        tmp_path.chmod(0o755)
        engine.close()


def known(folder: Path, until: date, connector: str | None = "C") -> None:
    result = Acknowledged("tls10_partner_inbound", "inbound", connector, None, "they move in spring", until, MADE)
    folder.mkdir(exist_ok=True)
    (folder / "acknowledged.jsonl").write_text(json.dumps(result.__dict__, default=str) + "\n", encoding="utf-8")


@pytest.mark.share(2)
@pytest.mark.parametrize(
    ("until", "connector", "code"),
    [(date(2026, 11, 12), "C", 0), (date(2026, 11, 11), "C", 1), (date(2026, 12, 31), "Other", 1)],
)
def test_a_known_finding_is_quiet_until_its_day_has_passed(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    until: date,
    connector: str,
    code: int,
) -> None:
    monkeypatch.setenv("MAILFLOW_CONFIG_HOME", str(tmp_path / "config"))
    known(tmp_path / "config", until, connector)
    rows = hops(40, "TLS 1.0", connector="C", connector_type="Partner")
    table = write_table(tmp_path / "t.csv", rows)
    assert run(["check", str(table)]) == code
    capsys.readouterr()
    assert run(["report", str(table)]) == 0
    shown = capsys.readouterr().out
    assert ("they move in spring" in shown) == (code == 0)  # shown when quiet
    assert "Inbound Partner connector seeing significant TLS1.0 mail flow" in shown


def test_what_was_acknowledged_in_a_trace_file_is_read_again(tmp_path: Path) -> None:
    trace = tmp_path / "t.duckdb"
    assert run(["load", str(write_rows(tmp_path / "t.csv", [mail("TLS 1.0", 10)])), "--into", str(trace)]) == 0
    result = Acknowledged("tls10_seen", None, None, None, "known", date(2026, 12, 1), MADE)
    engine = start_engine(Config().engine)
    try:
        open_paths(engine, Config(), [str(trace)], Progress())
        write_note(trace, None, result)
        assert read_acknowledged(QueryRunner(engine), None) == [result]
    finally:
        engine.close()
