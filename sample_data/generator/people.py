"""Who writes to whom: invented people, companies and mail servers with reserved names and addresses only."""

from __future__ import annotations

from random import Random
from typing import NamedTuple

OWN_DOMAINS = ("example.com", "mail.example.com")

_FIRST = [
    "anna", "ben", "carla", "david", "elif", "frank", "greta", "hugo", "ines", "jan", "karin", "lars", "mona", "nils",
    "olga", "paul", "rosa", "sven", "tara", "uwe",
]  # fmt: skip
_LAST = [
    "acker", "brandt", "conrad", "dietz", "ernst", "fuchs", "gruber", "haas", "iversen", "jansen", "keller", "lorenz",
    "maier", "novak",
]  # fmt: skip
_COMPANIES = [
    "adventure-works", "alpine-ski", "baldwin", "bellows", "blue-yonder", "city-power", "coho", "fourth-coffee",
    "graphic-design", "humongous", "lamna", "lucerne", "margie", "munson", "nod", "northwind", "parnell",
    "phone-company", "relecloud", "school-art", "southridge", "tailspin", "tailwind", "trey", "vanarsdel",
    "wide-world", "woodgrove", "contoso-like", "best-for-you", "first-up", "liberty", "proelectron",
]  # fmt: skip
_SUBJECTS = (
    "Angebot 4711",
    "Re: Termin am Donnerstag",
    "Invoice 2026-1189, due 30 Nov",
    'Quote for "Project Nordwind"',
    "Grüße aus Köln – Änderungen im Büro",
    "Release notes \N{PARTY POPPER} version 7",
    "Order confirmation\r\n\tno. 88172",
    "AW: Prüfbericht, Teil 2; Anlage",
    "=SUM(A1) is not a formula",
    "Weekly report",
    "Newsletter \N{SNOWMAN}\N{VARIATION SELECTOR-16} November",
    'Lieferschein\nNr. 20, "eilig"',
    "",
)


class Host(NamedTuple):
    """Another's mail server, or a device: its name, address, what it says of itself, and whose mail it carries."""

    name: str
    ip: str
    helo: str
    domain: str
    senders: tuple[str, ...] = ()


def own_people() -> list[str]:
    """Addresses in the own domains; every seventh is in the second one."""
    people = [f"{first}.{last}" for first in _FIRST for last in _LAST[:4]]
    return [f"{name}@{OWN_DOMAINS[1] if i % 7 == 6 else OWN_DOMAINS[0]}" for i, name in enumerate(people)]


def people_of(domain: str, count: int, offset: int = 0) -> tuple[str, ...]:
    """Return `count` addresses in a domain."""
    return tuple(f"{_FIRST[(i * 7 + offset) % len(_FIRST)]}.{_LAST[(i * 5 + offset) % len(_LAST)]}@{domain}" for i in range(count))


def internet_hosts(count: int, block: int) -> list[Host]:
    """Return `count` unrelated mail servers; `block` tells pools apart so that no address is used twice."""
    hosts: list[Host] = []
    for i in range(count):
        company = _COMPANIES[(i + block * 11) % len(_COMPANIES)]
        domain = f"{company}{'' if i < len(_COMPANIES) else i // len(_COMPANIES)}.example"
        number = 60 * block + i
        ip = f"2001:db8:{block + 1:x}::{i + 1:x}" if i % 6 == 5 else _address(number)
        name = f"mx{i % 3 + 1}.{domain}" if i % 4 else f"mail.{domain}"
        hosts.append(Host(name, ip, name if i % 9 else f"[{ip}]", domain, people_of(domain, 5 + i % 6, i)))
    return hosts


def _address(number: int) -> str:
    net = ("192.0.2", "198.51.100", "203.0.113")[number // 200 % 3]
    return f"{net}.{number % 200 + 40}"


def endpoint(ip: str, port: int) -> str:
    """`192.0.2.7:25`, `[2001:db8::7]:25`."""
    return f"[{ip}]:{port}" if ":" in ip else f"{ip}:{port}"


def subject(rng: Random) -> str:
    """Return a subject: plain ones, but also quotes, commas, line breaks, umlauts and emoji."""
    return rng.choice(_SUBJECTS)


def domain_of(address: str) -> str | None:
    """Return the part after the @; none for the null sender."""
    return address.rpartition("@")[2] or None
