"""The documentation has every command, option, key, setting, exit code, format, finding and topic, each once, as the code has them."""

from __future__ import annotations

import dataclasses
import re
import subprocess
import sys
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import typer

from tests.support.reports import json_of
from tui.app import MailflowApp
from tui.cli import COMMANDS, app, run
from tui.cli_answers import FACETS
from tui.cli_help import topics
from tui.config import Config, ConnectorLimits, EngineConfig, FindingsConfig
from tui.errors import Remedy
from tui.exit_codes import EXIT_CODES
from tui.output.remedies import OPTIONS
from tui.resources import bundled, help_folder
from tui.store.header_keys import ALLOWED_VALUES, FINDING_KEYS, FINDING_PARAMS, FORMAT_KEYS, QUERY_KEYS
from tui.store.macros import public_macros
from tui.view.help_pages import KEYS, PAGES, help_page

Capture = pytest.CaptureFixture[str]
ROOT = Path(__file__).parent.parent
# Keys and words of files in backticks that look like classes.
NOT_CODE = {"Enter", "Esc", "Tab"}
DOCUMENTS = [*ROOT.glob("*.md"), *(ROOT / folder / "README.md" for folder in ("tui", "queries", "sample_data", "tests"))]


def printed(capsys: Capture, *arguments: str) -> str:
    capsys.readouterr()
    assert run(arguments) == 0
    return capsys.readouterr().out


def test_the_list_of_topics_is_what_help_prints(capsys: Capture) -> None:
    listed = re.findall(r"^mailflow help ([a-z-]+) +\S", printed(capsys, "help"), re.M)
    assert listed == sorted({path.stem for path in help_folder().glob("*.md")} | {"json-schema"})


@pytest.mark.parametrize("topic", sorted(topics()))
def test_each_topic_is_printed_without_its_marks(topic: str, capsys: Capture) -> None:
    text = printed(capsys, "help", topic)
    assert len(text) > 300
    assert "<!--" not in text


def test_an_unknown_topic_is_one_line(capsys: Capture) -> None:
    assert run(["help", "weather"]) == 2
    assert capsys.readouterr().err.startswith("mailflow: unknown topic 'weather'; choose audit, ")


def test_each_format_and_finding_is_printed_once(capsys: Capture) -> None:
    formats = [path.stem for path in (bundled("queries") / "formats").glob("*.sql")]
    heads = Counter(line.split(" ")[0] for line in printed(capsys, "help", "formats").splitlines())
    assert [name for name in formats if heads[name] != 1] == []
    assert "tls10_partner_inbound" in printed(capsys, "help", "findings")


def test_each_exit_code_has_its_meaning(capsys: Capture) -> None:
    codes = re.findall(r"^(\d+) +\S", printed(capsys, "help", "exit-codes"), re.M)
    assert [int(code) for code in codes] == list(EXIT_CODES)


def test_each_option_has_help_and_no_python_type(capsys: Capture) -> None:
    for name in COMMANDS:
        text = printed(capsys, name, "--help")
        assert "Examples:" in text, name
        assert "Exit codes: 0 " in text, name
        assert re.search(r"<(list|str|int|float|Path|bool)|\bTEXT\b|INTEGER|FLOAT", text) is None, name
    commands: Any = typer.main.get_command(app)
    lacking = [(name, parameter.name) for name, command in commands.commands.items() for parameter in command.params if not parameter.help]
    assert lacking == []


def test_the_help_of_commands_has_each_of_them_once(capsys: Capture) -> None:
    usages = re.findall(r"^Usage: mailflow ([a-z]+) ", printed(capsys, "help", "commands"), re.M)
    assert usages == list(COMMANDS)


def test_each_setting_has_its_default() -> None:
    text = (help_folder() / "config.md").read_text(encoding="utf-8")
    toml = text.split("```toml\n")[1].split("```")[0]
    result = tomllib.loads(toml)
    every = tomllib.loads(re.sub(r"^# (?=\w+ =|\[)", "", toml, flags=re.M))

    def keys(kind: Any, *but: str) -> set[str]:
        return {one.name for one in dataclasses.fields(kind)} - set(but)

    findings, engine = every.pop("findings"), every.pop("engine")
    assert every.keys() == keys(Config, "findings", "engine", "folder")
    assert findings.keys() == keys(FindingsConfig)
    assert findings["connectors"]["Fabrikam"].keys() == keys(ConnectorLimits)
    assert engine.keys() == keys(EngineConfig)
    defaults: dict[str, Any] = {**dataclasses.asdict(Config()), "threads": 4}
    for section, values in ((None, result), ("findings", result["findings"]), ("engine", result["engine"])):
        base = defaults[section] if section else defaults
        for key, value in values.items():
            if not isinstance(value, dict) and key != "threads":
                assert value == (list(base[key]) if isinstance(base[key], tuple) else base[key]), key


def test_each_key_is_listed_once() -> None:
    listed = Counter(key for keys, _ in KEYS for key in re.split(r"[ ,]+", keys) if key not in ("arrows",))
    assert [key for key, count in listed.items() if count > 1] == []
    assert [words for _, words in KEYS if len(words) > 58] == [], "cut at 80 columns"
    bound = {key for binding in MailflowApp.BINDINGS for key in binding_keys(binding)}
    names = {"colon": ":", "question_mark": "?", "slash": "/", "ctrl+p": "Ctrl+P", "f1": "F1", "exclamation_mark": "!"}
    assert [key for key in sorted(bound) if len(names.get(key, key)) == 1 and names.get(key, key) not in listed] == []


def binding_keys(binding: Any) -> list[str]:
    return str(binding.key if hasattr(binding, "key") else binding[0]).split(",")


def test_each_parameter_of_a_finding_is_documented() -> None:
    assert FINDING_PARAMS.keys() == {"since", "until", "now", *FindingsConfig().params("any_finding")}


def test_help_pages_have_a_title_and_paragraphs_of_one_line() -> None:
    for page in PAGES:
        title, paragraphs = help_page(page)
        assert title
        assert len(paragraphs) > 4
        assert not [one for one in paragraphs if "\n" in one or "*" in one]


def test_the_guide_has_each_header_key_and_each_macro_with_its_comment(capsys: Capture) -> None:
    text = printed(capsys, "formats", "--guide")
    heads = Counter(line.split(" ")[0] for line in text.partition("Values of resolve")[0].splitlines())
    assert [key for key in ("title", "help", *FORMAT_KEYS) if heads[key] != 1] == []
    assert set(ALLOWED_VALUES) <= FORMAT_KEYS.keys()
    assert not (FORMAT_KEYS.keys() & FINDING_KEYS.keys() | FORMAT_KEYS.keys() & QUERY_KEYS.keys())
    macros = [(call, comment) for file in public_macros() for call, comment in file.macros]
    assert len(macros) > 40
    assert [call for call, comment in macros if len(comment) < 20] == []
    assert {"time_of(text)", "tls_grade(version, cipher)", "direction_of(word)", "trimmed(word)"} <= {call for call, _ in macros}
    assert [call for call, _ in macros if f"\n  {call}\n" not in text] == []


def test_the_examples_of_own_files_are_sound(tmp_path: Path, capsys: Capture) -> None:
    for topic, command, name in (("own-format", "formats", "office_relay"), ("own-finding", "findings", "weekend_mail")):
        sql = (help_folder() / f"{topic}.md").read_text(encoding="utf-8").split("```sql\n")[1].split("```")[0]
        (tmp_path / f"{name}.sql").write_text(sql, encoding="utf-8")
        assert "is sound" in printed(capsys, command, "--check", str(tmp_path / f"{name}.sql"))


def test_each_remedy_has_words_for_the_command_line() -> None:
    assert OPTIONS.keys() == set(Remedy)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_documents_name_topics_and_files_that_exist(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    assert [topic for topic in re.findall(r"mailflow help ([a-z]+(?:-[a-z]+)*)", text) if topic not in topics()] == []
    links = re.findall(r"\]\(([^)#:]+)\)", text)
    assert [link for link in links if not (document.parent / link).exists()] == []
    modules = [name.replace(".", "/") for name in re.findall(r"python3? -m ((?:tests|sample_data|tui)[\w.]*)", text)]
    assert [name for name in modules if not any((ROOT / end).is_file() for end in (f"{name}.py", f"{name}/__main__.py"))] == []
    code = "\n".join(path.read_text(encoding="utf-8") for folder in ("tui", "tests") for path in (ROOT / folder).rglob("*.py"))
    classes = re.findall(r"`([A-Z][a-z]+(?:[A-Z][a-z]+)*)`s?", text)
    assert [name for name in classes if name not in NOT_CODE and not re.search(rf"\bclass {name}\b", code)] == []


def test_the_key_of_the_json_documentation_are_those_of_a_report(capsys: Capture) -> None:
    text = (help_folder() / "json.md").read_text(encoding="utf-8")
    report = json_of(capsys, bundled("sample_data") / "example-corp")
    assert [key for key in report if f'"{key}"' not in text] == []
    assert "host" in FACETS


@pytest.mark.share(2)
@pytest.mark.parametrize("arguments", [["--version"], ["formats"], ["help", "keys"]])
def test_lists_do_not_import_the_screens(arguments: list[str]) -> None:
    code = f"import sys; from tui.cli import run; run({arguments!r}); assert 'textual' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, cwd=ROOT)


def test_the_modules_of_the_architecture_exist() -> None:
    text = (ROOT / "tui" / "README.md").read_text(encoding="utf-8")
    modules = re.findall(r"`((?!tests/)[a-z_/]+\.py)`", text)
    assert len(modules) > 15
    assert [module for module in modules if not (ROOT / "tui" / module).is_file()] == []
    folders = re.findall(r"`([a-z_]+/)`", (ROOT / "queries" / "README.md").read_text(encoding="utf-8"))
    assert len(folders) > 15
    lacking = {f"{path.name}/" for path in (ROOT / "queries").iterdir() if path.is_dir()} - set(folders)
    assert lacking == set()
