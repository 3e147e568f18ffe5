"""TLS versions, directions and delivery statuses: what follows from each is the same in Python and in SQL."""

from __future__ import annotations

import re
from itertools import product
from pathlib import Path

import pytest

import tui
from tests.support.reports import write_rows
from tests.support.traces import House
from tui.domain import FLOW, PROTECTED, RANKED, TLS_1_0_OR_SSL, TRANSFERRED, DeliveryStatus, Direction, TlsVersion
from tui.store.query_files import schema_text
from tui.store.trace_file import attach_trace, detach_trace


@pytest.mark.parametrize(("enum", "words"), [("TLS_VERSION", TlsVersion), ("DIRECTION", Direction), ("DELIVERY_STATUS", DeliveryStatus)])
def test_the_words_are_those_of_the_trace_file(enum: str, words: type[TlsVersion] | type[Direction] | type[DeliveryStatus]) -> None:
    found = re.search(rf"CREATE TYPE {enum} AS ENUM\((.*?)\);", schema_text("tables"), re.S)
    assert found
    assert re.findall(r"'([^']*)'", found[1]) == list(words)


def test_the_views_agree_with_the_domain(house: House) -> None:
    every = list(product(TlsVersion, Direction, DeliveryStatus))
    rows = [
        {
            "time_utc": f"2026-11-10T10:00:{place % 60:02}",
            "tls": tls,
            "direction": direction,
            "status": status,
            "peer_host": f"mx{place}.example",
        }
        for place, (tls, direction, status) in enumerate(every)
    ]
    house.load(write_rows(house.folder / "a.csv", rows))
    attach_trace(house.engine, house.target, "read")
    asked = "SELECT tls, direction, status, is_transferred, in_flow, is_tls10, is_protected, is_recorded, tls_rank(tls) FROM every_message"
    found = house.engine.connection.execute(asked).fetchall()
    detach_trace(house.engine)
    assert len(found) == len(every)
    for tls, direction, status, is_transferred, in_flow, is_tls10, is_protected, is_recorded, rank in found:
        assert is_transferred == (status in TRANSFERRED)
        assert in_flow == (status in TRANSFERRED and direction in FLOW)
        assert is_tls10 == (tls in TLS_1_0_OR_SSL)
        assert is_protected == (tls in PROTECTED)
        assert is_recorded == (tls != TlsVersion.NOT_RECORDED)
        assert rank == TlsVersion(tls).rank


def test_nothing_is_better_or_worse_than_what_is_not_known() -> None:
    for one, other in product(TlsVersion, TlsVersion):
        known = one in RANKED and other in RANKED
        assert one.is_better_than(other) == (known and RANKED.index(one) > RANKED.index(other))


# Lists of statuses or versions, and places in their enums.
SPELT = re.compile(
    r"'accepted', 'delivered'|'delivered', 'accepted'|'SSL', 'TLS 1\.0'|'TLS 1\.0', 'SSL'|\"SSL\", \"TLS 1\.0\"|\"TLS 1\.0\", \"SSL\""
    r"|\bIN \('inbound', 'outbound'\)|'No TLS', 'SSL'\)|'No TLS', 'Not recorded'\)|tls (?:<>|!=) 'Not recorded'"
    r"|\"TLS 1\.2\", \"TLS 1\.3\"|enum_code\([\w.]+\)(?! AS tls_code)|tls_code = "
)
ONCE = {"queries/schema/domain.sql", "queries/schema/tables.sql", "tui/domain.py"}
SOURCES = ("queries/formats/", "queries/failures/", "queries/stages/", "queries/migrations/")


def test_no_other_file_spells_these_rules() -> None:
    root = Path(tui.__file__).parent.parent
    paths = [*(root / "queries").rglob("*.sql"), *(root / "tui").rglob("*.py")]
    names = {str(path.relative_to(root)): path for path in paths}
    found = [name for name, path in names.items() if name not in ONCE and not name.startswith(SOURCES) and SPELT.search(path.read_text())]
    assert found == []
