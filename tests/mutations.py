"""Ten faults made by hand in the queries, each of which tests must catch: `python -m tests.mutations [NUMBER…]`. No test; it takes minutes.

The project is copied to a temporary folder; one fault at a time is written there and the tests that must catch it are run. The exit code is
1 when a fault survives, and when its text is not found once in its file: then the fault is to be brought up to date.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
COPIED = ("tui", "queries", "tests", "sample_data", "pyproject.toml", "README.md")


@dataclass(frozen=True)
class Fault:
    """A text of a query, what is written in its place, and the tests that must fail then."""

    title: str
    query: str
    text: str
    fault: str
    tests: str


WINDOWS = "tests/test_ten_minute_windows.py"
FAULTS = (
    Fault(
        "a session pairs with a tracked message within 15 minutes", "resolution/pairs.sql",
        "abs(date_diff('second', listed.time_utc, logged.time_utc)) <= 600\n    UNION ALL",
        "abs(date_diff('second', listed.time_utc, logged.time_utc)) <= 900\n    UNION ALL", WINDOWS,
    ),
    Fault(
        "a front end pairs with a tracked message within 15 minutes", "resolution/pairs.sql",
        "listed.time_utc, front.time_utc)) <= 600", "listed.time_utc, front.time_utc)) <= 900", WINDOWS,
    ),
    Fault(
        "a message id pairs within 5 minutes", "resolution/pairs.sql",
        "logged.time_utc)) <= 600\n        AND CASE", "logged.time_utc)) <= 300\n        AND CASE", WINDOWS,
    ),
    Fault(
        "a Postfix connection with TLS is used again for 20 minutes", "formats/lib/postfix_hops.sql",
        "line.time_utc <= opened.time_utc + INTERVAL 10 MINUTE", "line.time_utc <= opened.time_utc + INTERVAL 20 MINUTE", WINDOWS,
    ),
    Fault(
        "a Postfix connection in clear text is used again for 20 minutes", "formats/lib/postfix_hops.sql",
        "again.time_utc <= opened.time_utc + INTERVAL 10 MINUTE", "again.time_utc <= opened.time_utc + INTERVAL 20 MINUTE", WINDOWS,
    ),
    Fault(
        "a share at its limit is a finding", "findings/significant_share.sql",
        "messages * 100.0 > limit_percent * recorded", "messages * 100.0 >= limit_percent * recorded", "tests/test_findings.py",
    ),
    Fault(
        "one message less makes a candidate for forced TLS", "findings/could_force_tls.sql",
        "protected.messages >= $min_messages", "protected.messages >= $min_messages - 1", "tests/test_findings_of_settings.py",
    ),
    Fault(
        "a connector that does not log is silent", "findings/connector_without_traffic.sql",
        "    AND setting.logs IS DISTINCT FROM FALSE\n", "", "tests/test_findings_of_settings.py",
    ),
    Fault(
        "SSL is protected", "schema/domain.sql",
        "tls <> 'No TLS' AND tls <> 'SSL' AND", "tls <> 'No TLS' AND", "tests/test_domain.py tests/test_rollups.py",
    ),
    Fault(
        "a deferred message is transferred", "schema/domain.sql",
        "status = 'accepted' OR status = 'delivered'", "status <> 'rejected'", "tests/test_domain.py tests/test_rollups.py",
    ),
)  # fmt: skip


def survives(fault: Fault, folder: Path) -> bool:
    """Write a fault, run its tests, and take it back; return whether they pass."""
    path = folder / "queries" / fault.query
    sound = path.read_text(encoding="utf-8")
    if sound.count(fault.text) != 1:
        print(f"  {fault.query} has its text {sound.count(fault.text)} times, not once", file=sys.stderr)
        return True
    path.write_text(sound.replace(fault.text, fault.fault), encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-n", "0", *fault.tests.split()]
    done = subprocess.run(command, cwd=folder, env={**os.environ, "PYTHONPATH": str(folder)}, capture_output=True, text=True, check=False)
    path.write_text(sound, encoding="utf-8")
    if done.returncode not in (0, 1):
        print(done.stdout + done.stderr, file=sys.stderr)
    return done.returncode != 1


def main(numbers: Sequence[str]) -> int:
    """Try the faults with these numbers, or all; return the exit code."""
    survivors = 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for one in COPIED:
            source = ROOT / one
            if source.is_dir():
                shutil.copytree(source, folder / one, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(source, folder / one)
        for number, fault in enumerate(FAULTS, 1):
            if not numbers or str(number) in numbers:
                is_alive = survives(fault, folder)
                survivors += is_alive
                print(f"{number:2} {'SURVIVED' if is_alive else 'caught  '} {fault.title}", flush=True)
    return 1 if survivors else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
