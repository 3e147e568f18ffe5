"""Migrations: the steps from one version of the trace file's schema to the next, run on a copy.

The name of each file of `queries/migrations/` begins with the version that it produces; a file may contain many statements.
"""

from __future__ import annotations

from pathlib import Path

from tui.resources import bundled
from tui.store.format_rules import rules_of, stage_rules
from tui.store.query_files import load_folder
from tui.store.rollup import Run

OLDEST_VERSION = 5


def migrate(run: Run, version: int, catalogue: str) -> None:
    """Migrate the trace file that is attached for writing as `catalogue` from a version of the schema to the newest one."""
    stage_rules(run, rules_of(load_folder("formats")))
    for path in _steps(version):
        run(f"USE {catalogue}; BEGIN")
        try:
            run(path.read_text(encoding="utf-8"))
        except BaseException:
            run("ROLLBACK; USE memory")
            raise
        run("COMMIT; USE memory")


def can_migrate(version: int) -> bool:
    """Return whether there are migrations from a version on."""
    return version >= OLDEST_VERSION


def _steps(version: int) -> list[Path]:
    found = sorted((bundled("queries") / "migrations").glob("[0-9]*.sql"))
    return [path for path in found if int(path.stem.partition("_")[0]) > version]
