"""The sanitiser: hostile text is shown, never obeyed, and every measure is exact in cells."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tui.view.text import ascii_only, cell_width, clip, csv_safe, fit, visible, wrap

BIDI_CONTROLS = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
ASTRAL_AND_ODD = st.characters(categories=["Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Mn", "Me", "Mc", "Zs", "So", "Sk", "Lo"])
HOSTILE = st.text(st.one_of(st.characters(), ASTRAL_AND_ODD, st.sampled_from(BIDI_CONTROLS + "\x1b\x9b\u0301a한ก[")))


@pytest.mark.parametrize(
    ("outside", "shown"),
    [
        ("Re: invoice 12", "Re: invoice 12"),
        ("", ""),
        ("\x1b]0;pwned\x07", "^[]0;pwned^G"),
        ("\x1b[31mred", "^[[31mred"),
        ("a\tb\r\nc", "a^Ib^M^Jc"),
        ("nul\x00 del\x7f", "nul^@ del^?"),
        ("\x9b31m \x85", "<U+009B>31m <U+0085>"),
        ("invoice\u202egpj.exe", "invoice<U+202E>gpj.exe"),
        ("\u2066a\u2069", "<U+2066>a<U+2069>"),
        ("pay\u200bpal", "pay<U+200B>pal"),
        ("\ufeffstart", "<U+FEFF>start"),
        ("soft\u00adhyphen", "soft<U+00AD>hyphen"),
        ("a\u2028b\u2029c", "a<U+2028>b<U+2029>c"),
        ("bad\udc80byte", "bad<U+DC80>byte"),
        ("\ue000 \U000f0000", "<U+E000> <U+F0000>"),
        ("\uffff", "<U+FFFF>"),
        ("tag\U000e0041", "tag<U+E0041>"),
        ("blank\u3164\u115f\u2800", "blank<U+3164><U+115F><U+2800>"),
        ("hidden\ufe01\U000e0100", "hidden<U+FE01><U+E0100>"),
        ("👩\u200d💻", "👩<U+200D>💻"),
        ("Grüße aus Köln – “quoted” … 50 €", "Grüße aus Köln – “quoted” … 50 €"),
        ("請求書 한국어 Ελλάδα Привет שלום 😀", "請求書 한국어 Ελλάδα Привет שלום 😀"),
        ("e\u0301", "e\u0301"),
        ("\u1112\u1161\u11ab", "\u1112\u1161\u11ab"),
        ("\u0301 alone", "<U+0301> alone"),
        ("z\u0301\u0302\u0303\u0304a\u0301", "z\u0301\u0302<U+0303><U+0304>a\u0301"),
        ("\x1b\u0301", "^[<U+0301>"),
        ("ज\u093c\u094b\u0902", "ज\u093c\u094b\u0902"),
    ],
)
def test_hidden_codes_are_shown(outside: str, shown: str) -> None:
    assert visible(outside) == shown


@pytest.mark.parametrize("text", ["[/]", "[/foo]", "[/", "[link=x]", "[b]bold[/b]", "$v", r"\[b]", "[@click=quit]x[/]"])
def test_text_that_looks_like_markup_passes_unchanged(text: str) -> None:
    assert visible(text) == text


@given(HOSTILE)
def test_no_control_format_or_bidi_code_survives(text: str) -> None:
    shown = visible(text)
    assert not {unicodedata.category(char) for char in shown} & {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
    assert not set(shown) & set(BIDI_CONTROLS)
    shown.encode("utf-8")


@given(HOSTILE)
def test_passing_the_door_twice_changes_nothing(text: str) -> None:
    assert visible(visible(text)) == visible(text)


@given(st.text(st.sampled_from("a\u0301\u0302\u093e\u20dd\u1161 \x1b")))
def test_no_character_carries_a_tower_of_marks(text: str) -> None:
    run = 0
    for char in visible(text):
        run = run + 1 if unicodedata.category(char) in ("Mn", "Me") else 0 if cell_width(char) else run
        assert run <= 2


@given(HOSTILE)
def test_width_is_what_textual_counts(text: str) -> None:
    shown = visible(text)
    assert cell_width(shown) == cell_len(shown)


def test_every_character_that_passes_is_as_wide_as_textual_draws_it() -> None:
    passing = (chr(point) for point in range(0x20, 0x110000) if visible("a" + chr(point)) == "a" + chr(point))
    assert [hex(ord(char)) for char in passing if cell_width(char) != cell_len(char)] == []


@pytest.mark.parametrize(
    ("text", "width"),
    [
        ("", 0),
        ("abc", 3),
        ("é", 1),
        ("e\u0301", 1),
        ("請求", 4),
        ("한", 2),
        ("\u1112\u1161\u11ab", 2),
        ("😀", 2),
        ("█▌░…", 4),
    ],
)
def test_cells(text: str, width: int) -> None:
    assert cell_width(text) == width


@pytest.mark.parametrize(
    ("text", "width", "shown"),
    [
        ("mx1.example", 20, "mx1.example"),
        ("mx1.example", 11, "mx1.example"),
        ("mx1.example", 5, "mx1.…"),
        ("mx1.example", 1, "…"),
        ("mx1.example", 0, ""),
        ("mx1.example", -3, ""),
        ("請求書", 5, "請求…"),
        ("請求書", 4, "請…"),
        ("請", 1, "…"),
        ("e\u0301tude", 2, "e\u0301…"),
    ],
)
def test_clip_never_cuts_through_a_character(text: str, width: int, shown: str) -> None:
    assert clip(text, width) == shown


def test_clip_takes_another_ellipsis() -> None:
    assert clip("abcdef", 4, "..") == "ab.."
    assert clip("abcdef", 1, "..") == "."
    assert clip("abcdef", 3, "") == "abc"


def test_fit_aligns() -> None:
    assert fit("ab", 4) == "ab  "
    assert fit("ab", 4, "right") == "  ab"
    assert fit("請求", 3) == "請…"
    assert fit("請求書", 4, "right") == " 請…"


@given(HOSTILE, st.integers(-2, 40), st.sampled_from(["left", "right"]))
def test_clip_and_fit_keep_their_width(text: str, width: int, align: str) -> None:
    shown = visible(text)
    assert cell_width(clip(shown, width)) <= max(width, 0)
    assert cell_width(fit(shown, width, "left" if align == "left" else "right")) == max(width, 0)
    if cell_width(shown) <= width:
        assert clip(shown, width) == shown


@given(HOSTILE)
def test_ascii_is_ascii_of_the_same_width(text: str) -> None:
    shown = visible(text)
    assert ascii_only(shown).isascii()
    assert cell_width(ascii_only(shown)) == cell_width(shown)


@pytest.mark.parametrize(
    ("text", "spelling"),
    [
        ("┌─ Findings · 3 ─┐", "+- Findings . 3 -+"),
        ("│███▌░░ 81%", "|###=.. 81%"),
        ("►View◄ ▲1.0 ▼", ">View< ^1.0 v"),
        ("9–15 Nov › ≥ 3 × 4 ← →", "9-15 Nov > > 3 x 4 < >"),
        ("Köln 請", "K?ln ??"),
    ],
)
def test_ascii_look_alikes(text: str, spelling: str) -> None:
    assert ascii_only(text) == spelling


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("", 10, [""]),
        ("one two three", 7, ["one two", "three"]),
        ("one two three", 13, ["one two three"]),
        ("abcdefgh ij", 3, ["abc", "def", "gh", "ij"]),
        ("請求書 です", 4, ["請求", "書", "です"]),
        ("請", 1, ["…"]),
        ("a  b", 9, ["a b"]),
    ],
)
def test_wrap(text: str, width: int, lines: list[str]) -> None:
    assert wrap(text, width) == lines


@given(HOSTILE, st.integers(2, 40))
def test_wrapped_lines_fit_and_lose_no_letter(text: str, width: int) -> None:
    shown = visible(text)
    lines = wrap(shown, width)
    assert all(cell_width(line) <= width for line in lines)
    assert "".join(lines).replace(" ", "") == shown.replace(" ", "")


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1"])
def test_a_spreadsheet_formula_is_disarmed(text: str) -> None:
    assert csv_safe(text) == "'" + text


@pytest.mark.parametrize("value", ["", "a=1", "mx1", -5, 4.2, None, True])
def test_other_values_reach_the_csv_as_they_are(value: object) -> None:
    assert csv_safe(value) is value
