"""Every way in which the sources spell TLS versions, and what each means."""

from __future__ import annotations

import pytest

from tui.store.engine import Engine

WORDS = ("No TLS", "SSL", "TLS 1.0", "TLS 1.1", "TLS 1.2", "TLS 1.3", "TLS (version unknown)", "Not recorded")
UNKNOWN = "TLS (version unknown)"

SPELLINGS: dict[str, tuple[str, ...]] = {
    "TLS 1.0": (
        "SP_PROT_TLS1_0_SERVER", "SP_PROT_TLS1_0_CLIENT", "SP_PROT_TLS1_SERVER", "SP_PROT_TLS1_CLIENT", "TLS1_0", "TLSv1",
        "TLSv1.0", "TLS1.0", "TLS 1.0", "Tls", "Tls10", "64", "128", "192", "tlsv1", "TLS1", "TLSV1.0", "TLS v1.0",
    ),
    "TLS 1.1": (
        "SP_PROT_TLS1_1_SERVER", "SP_PROT_TLS1_1_CLIENT", "TLS1_1", "TLSv1.1", "TLS1.1", "TLS 1.1", "Tls11", "256", "512",
        "768",
    ),
    "TLS 1.2": (
        "SP_PROT_TLS1_2_SERVER", "SP_PROT_TLS1_2_CLIENT", "TLS1_2", "TLSv1.2", "TLS1.2", "TLS 1.2", "Tls12", "1024", "2048",
        "3072", "tlsv1.2", "sp_prot_tls1_2_server", "TLS_v1.2",
    ),
    "TLS 1.3": (
        "SP_PROT_TLS1_3_SERVER", "SP_PROT_TLS1_3_CLIENT", "TLS1_3", "TLSv1.3", "TLS1.3", "TLS 1.3", "Tls13", "4096", "8192",
        "12288",
    ),
    "SSL": (
        "SP_PROT_SSL3_SERVER", "SP_PROT_SSL3_CLIENT", "SP_PROT_SSL2_SERVER", "SP_PROT_SSL2_CLIENT", "SSLv3", "SSLv2",
        "SSL 3", "SSL3", "Ssl2", "SSL", "16", "32", "48", "4", "8", "12",
    ),
    "No TLS": ("No Tls", "No TLS", "NONE", "none", "No", "no", "false", "NO TLS"),
    UNKNOWN: (
        "TLS1.x", "yes", "true", "True", "TLS", "TLS (version unknown)", "tls", "TLS 2.0", "1", "999999999999999999999999",
        "TLS 1.25", "TLS1.4", "SP_PROT_DTLS", "TLS10.2", "Tls14",
    ),
    "Not recorded": ("", " ", "\t", "null", "NULL", "Not recorded", "n/a", "-", "?", "0", "unknown", "Not available"),
}  # fmt: skip


def grade(macros: Engine, version: object, cipher: object = None) -> str:
    row = macros.connection.execute("SELECT tls_grade($v, $c)", {"v": version, "c": cipher}).fetchone()
    assert row is not None
    return row[0]


@pytest.mark.parametrize(("spelling", "meant"), [(text, meant) for meant, texts in SPELLINGS.items() for text in texts])
def test_a_spelling_means_its_version(macros: Engine, spelling: str, meant: str) -> None:
    assert grade(macros, spelling) == meant


@pytest.mark.parametrize("word", WORDS)
def test_our_own_words_mean_themselves(macros: Engine, word: str) -> None:
    assert grade(macros, word) == word
    assert grade(macros, word.upper() if "unknown" not in word else word) == word


@pytest.mark.parametrize("meant", WORDS)
def test_blanks_around_a_version_do_not_matter(macros: Engine, meant: str) -> None:
    for spelling in SPELLINGS[meant]:
        for around in ("  {} ", "\t{}", "{}\r\n"):
            assert grade(macros, around.format(spelling)) == meant, repr(around.format(spelling))


@pytest.mark.parametrize(
    ("cipher", "meant"),
    [
        ("ECDHE-RSA-AES256-GCM-SHA384", "TLS 1.2"),
        ("AES128-GCM-SHA256", "TLS 1.2"),
        ("ECDHE-ECDSA-AES256-CCM8", "TLS 1.2"),
        ("ECDHE-RSA-CHACHA20-POLY1305", "TLS 1.2"),
        ("ecdhe-rsa-aes128-gcm-sha256", "TLS 1.2"),
        ("ECDHE-RSA-AES256-SHA384", "TLS 1.2"),
        ("AES256-SHA256", "TLS 1.2"),
        ("TLS_RSA_WITH_AES_128_CBC_SHA256", "TLS 1.2"),
        ("DHE-RSA-AES256-SHA", UNKNOWN),
        ("DES-CBC3-SHA", UNKNOWN),
        ("RC4-MD5", UNKNOWN),
        ("", UNKNOWN),
        (None, UNKNOWN),
    ],
)
def test_the_name_of_a_cipher_family_is_no_version_but_a_new_cipher_proves_one(macros: Engine, cipher: str | None, meant: str) -> None:
    assert grade(macros, "TLSv1/SSLv3", cipher) == meant
    assert grade(macros, " tlsv1/sslv3 ", cipher) == meant


def test_a_cipher_does_not_change_a_recorded_version(macros: Engine) -> None:
    assert grade(macros, "TLSv1", "ECDHE-RSA-AES256-GCM-SHA384") == "TLS 1.0"
    assert grade(macros, None, "TLS_AES_256_GCM_SHA384") == "Not recorded"


@pytest.mark.parametrize(
    ("number", "meant"),
    [(192, "TLS 1.0"), (768, "TLS 1.1"), (3072, "TLS 1.2"), (12288, "TLS 1.3"), (48, "SSL"), (12, "SSL"), (7, UNKNOWN)],
)
def test_masks_that_come_as_numbers_mean_the_same(macros: Engine, number: int, meant: str) -> None:
    assert grade(macros, number) == meant


def test_nothing_is_not_recorded(macros: Engine) -> None:
    assert grade(macros, None) == "Not recorded"


def test_a_foreign_enum_is_graded_as_its_text(macros: Engine) -> None:
    found = macros.connection.execute("SELECT tls_grade(CAST('Tls12' AS ENUM ('Tls12', 'none')), NULL)").fetchone()
    assert found == ("TLS 1.2",)


@pytest.mark.parametrize(
    ("word", "meant"), [("in", "inbound"), ("Incoming", "inbound"), ("OUT", "outbound"), ("outgoing", "outbound"), ("sideways", "unknown")]
)
def test_words_for_a_direction(macros: Engine, word: str, meant: str) -> None:
    assert macros.connection.execute("SELECT direction_of($word)", {"word": word}).fetchone() == (meant,)
