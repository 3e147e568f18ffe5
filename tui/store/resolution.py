"""Resolution: the counted messages, derived again from the observations that a change affects.

The steps are the files of `queries/resolution/`; this module runs them in order. `message` is a pure function of the
observations, the settings and a small context (own domains, own addresses, own servers, since when services log TLS lines),
so neither the order nor the splitting of loads affects it. Only observations that share a hop or an identifier with a changed
one are read, within the longest queue time.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

import duckdb

from tui.store.format_rules import Rules, stage_rules
from tui.store.query_files import load_query
from tui.store.rollup import Run, Span

_CONTEXT_KINDS = ("own address", "own domain", "own server")


class Resolution:
    """One change of a trace file that is attached as `trace`, inside its transaction.

    The caller creates the temp view `incoming` (rows that formats returned), `removed_source` and `removed_row`, calls `begin`, changes
    the small tables of the context, and calls `resolve`.
    """

    def __init__(self, run: Run, rules: Rules, own_servers: Sequence[str]) -> None:
        self._run, self._rules = run, rules
        self._own_servers = sorted({server.lower() for server in own_servers})

    def begin(self) -> None:
        """Save the context before the change, and find the stored observations that are removed."""
        run = self._run
        if self._rules:
            stage_rules(run, self._rules)
            self._ask("changed_formats")
            run(load_query("load/source_formats_clear").sql)
            run(load_query("load/source_formats_fill").sql)
        self._ask("source_rules")
        self._ask("linked_systems")
        self._is_linked, self._has_plain_lists = self._ask("has_lists").fetchall()[0]
        run("SET VARIABLE own_servers = CAST($servers AS VARCHAR[])", {"servers": self._own_servers})
        run(f"CREATE OR REPLACE TEMP TABLE context_before AS {load_query('resolution/context').sql}")
        for table in ("affected_message", "affected_observation"):
            run(f"CREATE OR REPLACE TEMP TABLE {table} (row_no BIGINT)")
        run("CREATE OR REPLACE TEMP TABLE changed_hop (hop_key UBIGINT); CREATE OR REPLACE TEMP TABLE changed_link (link UBIGINT)")
        if self._rules and self._has_rows("changed_format"):
            self._ask("affected_by_formats")
            self._ask("affected_observations_by_formats")
        self._ask("removed_messages")
        self._ask("removed_observations")

    def note_context(self, formats: Collection[str]) -> None:
        """Write the context from new observations of these formats: since when servers log TLS lines, and own addresses."""
        rules = [rule for rule in self._rules if rule.format in formats]
        if any(rule.infers_clear_text for rule in rules):
            self._ask("tls_evidence")
        if any(rule.finds_own_addresses for rule in rules):
            self._ask("own_addresses")

    def resolve(self) -> list[Span]:
        """Write the messages that are affected by the changes; return the spans of days whose messages changed."""
        self._ask("own_servers_removed")
        self._ask("own_servers", {"names": self._own_servers})
        self._ask("new_keys")
        if self._is_linked:
            self._ask("new_links")
        self._find_affected()
        self._ask("contended_hops")
        if self._is_linked:
            self._ask("contended_links")
            self._ask("contended_linked_hops")
        self._ask("subtracted_counts")
        last_message, last_observation = self._ask("last_rows").fetchall()[0]
        if self._has_rows("contended_hop"):
            self._write_pool()
        if self._has_rows("new_key"):
            self._ask("single_messages")
        self._ask("added_counts", {"last_message": last_message, "last_observation": last_observation})
        self._ask("source_counts")
        return [(since, until) for since, until in self._ask("touched_days").fetchall()]

    def _find_affected(self) -> None:
        """Find the stored rows that must be resolved again: by changes of the context, then by keys shared with changed rows."""
        self._run(f"CREATE OR REPLACE TEMP TABLE context AS {load_query('resolution/context').sql}")
        self._ask("context_changes")
        changed: dict[str, tuple[datetime, datetime]] = {
            kind: (since, until) for kind, since, until in self._ask("changed_context").fetchall()
        }
        if span := changed.get("tls since"):
            self._ask("affected_by_tls_lines", {"since": span[0], "until": span[1]})
        for kind in _CONTEXT_KINDS:
            if kind in changed:
                self._ask(f"affected_by_{kind.replace(' ', '_')}s" if kind != "own address" else "affected_by_own_addresses")
        with_new = True
        while True:
            self._ask("changed_hops", {"with_new": with_new})
            if self._is_linked:
                self._ask("changed_links", {"with_new": with_new})
            span = self._ask("changed_span").fetchone()
            if span is None or not self._add_affected(span[0], span[1]):
                return
            with_new = False

    def _add_affected(self, since: datetime, until: datetime) -> int:
        """Add the stored rows that share a key with changed rows, within a span; return how many were added."""
        steps = ["affected_messages", "affected_observations", *(["linked_messages", "linked_observations"] if self._is_linked else [])]
        added = 0
        for step in steps:
            row = self._ask(step, {"since": since, "until": until}).fetchone()
            added += int(row[0]) if row else 0
        return added

    def _write_pool(self) -> None:
        """Write the messages of hops with several observations, and of hops that a list may record too."""
        for step in ("pool", "delete_messages", "delete_observations", "merge", "resolved", "superseded_table"):
            self._ask(step)
        for level in ((2, 1) if self._has_plain_lists else (1,)) if self._is_linked else ():
            self._ask("pairs", {"level": level})
            while self._has_rows("pair"):
                self._ask("best_pairs")
                self._ask("drop_paired")
        for step in ("supersessions", "complete", "pooled_messages", "replaced_observations"):
            self._ask(step)

    def _has_rows(self, table: str) -> bool:
        return self._run(f"FROM {table} LIMIT 1").fetchone() is not None

    def _ask(self, name: str, params: dict[str, object] | None = None) -> duckdb.DuckDBPyConnection:
        return self._run(load_query(f"resolution/{name}").sql, params)
