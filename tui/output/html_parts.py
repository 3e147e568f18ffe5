"""The parts that an HTML page is made of: what is not HTML already is made visible and escaped, so nothing of a file is obeyed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from html import escape

from tui.view.text import visible


class Html(str):
    """Text that is HTML already."""

    __slots__ = ()


NOTHING = Html("")
_EMPTY_TAGS = frozenset({"meta", "br"})
_CLOSED_TAGS = frozenset({"line", "rect", "circle", "path"})


def markup(part: str) -> Html:
    """Return a part as HTML: text is sanitised and escaped, HTML is returned unchanged."""
    return part if isinstance(part, Html) else Html(escape(visible(part), quote=True))


def joined(parts: Iterable[str], between: str = "") -> Html:
    """Return parts one after the other."""
    return Html(markup(between).join(markup(part) for part in parts))


def tag(name: str, /, *parts: str, **attributes: str | float) -> Html:
    """Return an element; in the names of attributes `_` becomes `-`, and a final `_` is removed."""
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{markup(value if isinstance(value, str) else f"{value:g}")}"'
        for key, value in attributes.items()
    )
    if name in _CLOSED_TAGS:  # of SVG, where nothing but the slash ends an element
        return Html(f"<{name}{written}/>")
    return Html(f"<{name}{written}>" if name in _EMPTY_TAGS else f"<{name}{written}>{joined(parts)}</{name}>")


def paragraph(text: str, kind: str = "") -> Html:
    """Return a paragraph; nothing when it is empty."""
    if not text:
        return NOTHING
    return tag("p", text, class_=kind) if kind else tag("p", text)


def bullets(items: Sequence[str], kind: str = "plain") -> Html:
    """Return a list; nothing when it is empty."""
    return tag("ul", *(tag("li", item) for item in items), class_=kind) if items else NOTHING


def section(name: str, title: str, *parts: str) -> Html:
    """Return a section that the table of contents can point to."""
    return Html(f"\n{tag('section', tag('h2', title, id=name), *parts, aria_labelledby=name)}\n")


@dataclass(frozen=True)
class Head:
    """A column's heading; kind `num` is aligned to the right, `code` may break anywhere, `key` nowhere."""

    label: str
    kind: str = ""


@dataclass(frozen=True)
class Marked:
    """A highlighted cell: `alarm`, `warn` or `dim`."""

    text: str
    tone: str


@dataclass(frozen=True)
class Body:
    """Rows of a table, under a heading of their own when there is one."""

    rows: Sequence[Sequence[str | Marked]]
    title: str = ""
    total: bool = field(default=False, kw_only=True)


def table(name: str, heads: Sequence[Head], bodies: Sequence[Body]) -> Html:
    """Return a table that scrolls on its own where it is too wide; `name` is its label for screen readers."""
    first = tag("thead", tag("tr", *(_cell("th", head.label, head.kind, scope="col") for head in heads)))
    parts = [_body(body, heads) for body in bodies]
    content = tag("table", tag("caption", name), first, *parts)
    return Html("\n" + tag("div", content, class_="scroll", role="region", tabindex="0", aria_label=name))


def _body(body: Body, heads: Sequence[Head]) -> Html:
    lines: list[Html] = []
    if body.title:
        lines.append(tag("tr", tag("th", body.title, colspan=str(len(heads)), scope="rowgroup"), class_="part"))
    lines += [_row(row, heads) for row in body.rows]
    return tag("tbody", *(Html(f"\n{line}") for line in lines), **({"class_": "total"} if body.total else {}))


def _row(row: Sequence[str | Marked], heads: Sequence[Head]) -> Html:
    cells: list[Html] = []
    for place, (content, head) in enumerate(zip(row, heads, strict=True)):
        text, tone = (content.text, content.tone) if isinstance(content, Marked) else (content, "")
        kind = " ".join(word for word in (head.kind, tone) if word)
        cells.append(_cell("th", text, kind, scope="row") if place == 0 else _cell("td", text, kind))
    return tag("tr", *cells)


def _cell(name: str, text: str, kind: str, **attributes: str) -> Html:
    return tag(name, text, **attributes, **({"class_": kind} if kind else {}))


def page(title: str, style: str, *parts: str) -> str:
    """Return a whole page without external resources; characters beyond ASCII are references, so that no encoding harms them."""
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content="default-src 'none'; style-src 'unsafe-inline'"),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("title", title),
        tag("style", Html(style)),
    )
    document = f"<!DOCTYPE html>\n{tag('html', head, tag('body', *parts), lang='en')}\n"
    return document.encode("ascii", "xmlcharrefreplace").decode("ascii")
