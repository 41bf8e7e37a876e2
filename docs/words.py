"""The words of the web app in Korean and Chinese: `make words` brings the catalogues up to date.

GNU gettext is not needed. Django turns a template into what an extractor of Python can read,
Babel extracts, merges and compiles.
"""

from __future__ import annotations

import ast
import io
import json
import tomllib
from collections.abc import Iterator
from pathlib import Path

from babel.messages import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).parents[1]
CODE = ROOT / "src" / "bearwitness"
LOCALE = CODE / "web" / "locale"
PAGE = ROOT / "docs" / "reference" / "words.md"
LANGUAGES = ("ko", "zh_Hans")
KEYWORDS = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop")),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (1, 2)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), ((1, "c"), 2)),
    "npgettext": ((1, "c"), 2, 3),
}
# Rooms whose errors can reach a page, as sentences with hints.
SENTENCES = ("casebook", "records", "coding", "intake", "web")
ERRORS = (
    "InputError",
    "NotPermitted",
    "ConsentMissing",
    "RecordsError",
    "StudyBusy",
    "EditConflict",
)
HEADER = "# The words of bearwitness. `make words` keeps this file; the msgstr lines are ours.\n#"


def messages() -> Catalog:
    """Everything that a page can say, from the templates, the Python code and the errors."""
    found = Catalog(charset="utf-8")
    for path in sorted((CODE / "web").rglob("*.html")):
        _add(found, path, _template(path))
    for room in ("web", "records"):
        for path in sorted((CODE / room).rglob("*.py")):
            _add(found, path, path.read_text(encoding="utf-8"))
    for room in SENTENCES:
        for path in sorted((CODE / room).rglob("*.py")):
            for sentence in said_in(ast.parse(path.read_text(encoding="utf-8"))):
                found.add(sentence, locations=[(_place(path), 0)])
    return found


def _place(path: Path) -> str:
    return path.relative_to(CODE).as_posix()


def _template(path: Path) -> str:
    # Text becomes rows of X; an extractor of Python stumbles over how they are indented.
    text = templatize(path.read_text(encoding="utf-8"), origin=str(path))
    return "\n".join(line.strip() for line in text.splitlines())


def _add(catalog: Catalog, path: Path, text: str) -> None:
    stream = io.BytesIO(text.encode("utf-8"))
    for _, said, _, context in extract("python", stream, keywords=KEYWORDS):
        # No line numbers: they would change with every edit.
        catalog.add(said, locations=[(_place(path), 0)], context=context)


def said_in(tree: ast.AST) -> Iterator[str]:
    """The sentences and hints of our errors; what is put into one stands there as {0}, {1}."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ERRORS:
            hints = [key.value for key in node.keywords if key.arg in ("message", "hint")]
            yield from filter(None, map(_sentence, [*node.args[:1], *hints]))


def open_sentences() -> str:
    """Those into which something is put, for the web app to know them again."""
    known = {str(m.id) for m in messages() if "{0}" in str(m.id) and len(str(m.id)) > len("{0}.")}
    return json.dumps(sorted(known), indent=1) + "\n"


def _sentence(node: ast.AST) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    parts, number = [], 0
    for part in node.values if isinstance(node, ast.JoinedStr) else ():
        is_text = isinstance(part, ast.Constant)
        parts.append(part.value if is_text else f"{{{number}}}")
        number += not is_text
    return "".join(parts)


def catalogue(language: str) -> Catalog:
    with (LOCALE / language / "LC_MESSAGES" / "django.po").open("rb") as stream:
        return read_po(stream, locale=language)


class _Still(Catalog):
    """Babel's header holds the time and its version: the same words would give other bytes."""

    def __iter__(self) -> Iterator[Message]:
        yield Message("", _facts(self))
        yield from (message for message in super().__iter__() if message.id)


def compiled(language: str) -> bytes:
    still = _Still(locale=language, charset="utf-8")
    for message in catalogue(language):
        if message.id:
            still[message.id] = message
    stream = io.BytesIO()
    write_mo(stream, still)
    return stream.getvalue()


def update(language: str) -> None:
    """New messages in, old ones out, and the compiled form beside it. Guesses nothing."""
    folder = LOCALE / language / "LC_MESSAGES"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "django.po"
    current = catalogue(language) if path.exists() else Catalog(locale=language)
    current.update(messages(), no_fuzzy_matching=True)
    current.obsolete.clear()
    current.header_comment = HEADER
    stream = io.BytesIO()
    write_po(stream, current, sort_output=True, include_lineno=False, width=100, omit_header=True)
    body = stream.getvalue().decode("utf-8")
    path.write_text(f"{HEADER}\n{_header(current)}\n{body}", encoding="utf-8")
    (folder / "django.mo").write_bytes(compiled(language))


def _header(current: Catalog) -> str:
    lines = _facts(current).splitlines()
    return 'msgid ""\nmsgstr ""\n' + "".join(f'"{line}\\n"\n' for line in lines)


def _facts(current: Catalog) -> str:
    """What a reader of the file needs, without dates: the same words give the same file."""
    facts = {
        "Language": str(current.locale),
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=utf-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": "nplurals=1; plural=0;",
    }
    return "".join(f"{key}: {value}\n" for key, value in facts.items())


def terms() -> dict[str, dict[str, str]]:
    """Terms of the glossary, and how each is said in Korean and Chinese on every screen."""
    return tomllib.loads((ROOT / "docs" / "words.toml").read_text(encoding="utf-8"))


def page() -> str:
    lines = ["<!-- Generated by `make words`. Edit docs/words.toml instead. -->\n"]
    lines += ["# The words in three languages\n"]
    lines += ["Every screen says them so; a test compares the catalogues with this table.\n"]
    lines += ["| English | 한국어 | 简体中文 |", "|---|---|---|"]
    lines += [f"| {term} | {said['ko']} | {said['zh_Hans']} |" for term, said in terms().items()]
    return "\n".join(lines) + "\n"


def missing(language: str) -> list[str]:
    """What has no translation yet."""
    return [str(m.id) for m in catalogue(language) if m.id and not all(_strings(m.string))]


def _strings(said) -> tuple[str, ...]:
    return (said,) if isinstance(said, str) else tuple(said)


def main() -> None:
    PAGE.write_text(page(), encoding="utf-8")
    (LOCALE / "sentences.json").write_text(open_sentences(), encoding="utf-8")
    for language in LANGUAGES:
        update(language)
        for said in missing(language):
            print(f"{language}: not translated: {said}")


if __name__ == "__main__":
    main()
