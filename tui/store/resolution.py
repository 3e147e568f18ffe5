"""Resolution: the messages that count, derived again from the observations that a change touches.

The steps are the files of `queries/resolution/`; this module runs them in order. `message` is a pure function of the
observations, the settings and a small context (own domains, own addresses, own servers, since when services show TLS lines),
so neither the order nor the splitting of loads can matter. Only observations that share a hop or an identifier with a changed
one are read, within the longest queue time.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

import duckdb

from tui.store.query_files import QueryFile, load_query
from tui.store.rollup import Run, Span

_CONTEXT_KINDS = ("own address", "own domain", "own server")


@dataclass(frozen=True)
class Rules:
    """What the headers of formats say about resolution, as lists of format ids.

    `by_detail`: from the least to the most detailed format. `clear_text`: a missing TLS line may show clear text. `by_domain`:
    own domains decide directions. `own_addresses`: logs that name their server's addresses. `lists`: give way to logs of
    sessions. `earliest`: of several receipts of a message the first is its hop, or (`recorded_first`) the first with a TLS
    version or a connector. `deliveries`: a delivery without a record of a hop is internal mail. `systems`: pairs of a format
    of `lists` or `deliveries` and its system.
    """

    by_detail: Sequence[str] = ()
    clear_text: Sequence[str] = ()
    by_domain: Sequence[str] = ()
    own_addresses: Sequence[str] = ()
    lists: Sequence[str] = ()
    earliest: Sequence[str] = ()
    recorded_first: Sequence[str] = ()
    deliveries: Sequence[str] = ()
    systems: tuple[tuple[str, str], ...] = ()


def rules_of(formats: Collection[QueryFile]) -> Rules:
    """Return what formats say about resolution, by their `settle:` and `detail:` lines."""

    def having(word: str) -> list[str]:
        return [one.path.stem for one in formats if word in one.listed("settle")]

    detailed = sorted((int(one.one("detail")), one.path.stem) for one in formats if one.one("detail").isdigit())
    lists, deliveries = having("steps back"), having("deliveries")
    return Rules(
        by_detail=[name for _, name in detailed],
        clear_text=having("no TLS line"),
        by_domain=having("direction by domain"),
        own_addresses=having("own addresses"),
        lists=lists,
        earliest=having("earliest receipt"),
        recorded_first=having("recorded receipt first"),
        deliveries=deliveries,
        systems=tuple((one.path.stem, one.one("system")) for one in formats if one.path.stem in {*lists, *deliveries}),
    )


class Resolution:
    """One change of a trace file that is attached as `trace`, inside its transaction.

    The caller makes the temp view `incoming` (rows that formats returned), `removed_source` and `removed_row`, calls `begin`, changes the
    small tables of the context, and calls `resolve`.
    """

    def __init__(self, run: Run, rules: Rules, own_servers: Sequence[str]) -> None:
        self._run, self._rules = run, rules
        self._own_servers = sorted({server.lower() for server in own_servers})

    def begin(self) -> None:
        """Note the context as it was, and which stored observations are removed."""
        run, rules = self._run, self._rules
        params: dict[str, object] = {
            "by_detail": list(rules.by_detail), "clear_text": list(rules.clear_text), "by_domain": list(rules.by_domain),
            "own_addresses": list(rules.own_addresses), "lists": list(rules.lists),
            "plain_lists": [name for name in rules.lists if name in rules.by_domain],
            "earliest": list(rules.earliest), "recorded_first": list(rules.recorded_first), "deliveries": list(rules.deliveries),
        }  # fmt: skip
        self._ask("source_rules", params)
        loaded = {str(row[0]) for row in self._ask("loaded_formats").fetchall()}
        run(
            "SET VARIABLE linked_systems = CAST($systems AS VARCHAR[])",
            {"systems": sorted({system for name, system in rules.systems if name in loaded})},
        )
        run("SET VARIABLE own_servers = CAST($servers AS VARCHAR[])", {"servers": self._own_servers})
        self._is_linked = any(name in loaded for name, _ in rules.systems)
        self._has_plain_lists = any(name in loaded and name in rules.by_domain for name in rules.lists)
        run(f"CREATE OR REPLACE TEMP TABLE context_before AS {load_query('resolution/context').sql}")
        for table in ("affected_message", "affected_observation"):
            run(f"CREATE OR REPLACE TEMP TABLE {table} (row_no BIGINT)")
        run("CREATE OR REPLACE TEMP TABLE changed_hop (hop_key UBIGINT); CREATE OR REPLACE TEMP TABLE changed_link (link UBIGINT)")
        self._ask("removed_messages")
        self._ask("removed_observations")

    def note_context(self, formats: Collection[str]) -> None:
        """Write what new observations, of these formats, show of servers: since when they log TLS lines, and their own addresses."""
        if not {*formats}.isdisjoint(self._rules.clear_text):
            self._ask("tls_evidence")
        if not {*formats}.isdisjoint(self._rules.own_addresses):
            self._ask("own_addresses")

    def resolve(self) -> list[Span]:
        """Write the messages of all that changed; return the runs of days whose messages are others now."""
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
        self._ask("changes_by_removal")
        last_message, last_observation = self._ask("last_rows").fetchall()[0]
        if self._has_rows("contended_hop"):
            self._write_pool()
        if self._has_rows("new_key"):
            self._ask("single_messages")
        self._ask("changes_by_writing", {"last_message": last_message, "last_observation": last_observation})
        self._ask("source_counts")
        return [(since, until) for since, until in self._ask("touched_days").fetchall()]

    def _find_affected(self) -> None:
        """Find the stored rows that must be resolved again: by the context, then by what they share with what changed."""
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
        """Add the stored rows that share a key with what changed, within a span; return how many there were."""
        steps = ["affected_messages", "affected_observations", *(["linked_messages", "linked_observations"] if self._is_linked else [])]
        added = 0
        for step in steps:
            row = self._ask(step, {"since": since, "until": until}).fetchone()
            added += int(row[0]) if row else 0
        return added

    def _write_pool(self) -> None:
        """Write the messages of hops with several observations, or that a list may show too."""
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
