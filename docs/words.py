"""The words of screens and reports in Korean and Chinese: `make words` keeps the catalogues.

GNU gettext is not needed. Django turns a template into what an extractor of Python can read,
Babel extracts, merges and compiles.
"""

from __future__ import annotations

import ast
import io
import json
import re
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
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


# Rooms whose sentences of three words and more can come to stand in a report. What is left out
# of them is drawings, pages and answers of their own.
REPORTED = (
    "estimation", "linkage/__init__.py", "linkage/matcher.py", "pipeline/analyse.py",
    "pipeline/methods.py", "pipeline/obey.py", "pipeline/publish.py", "pipeline/strata.py",
    "pipeline/recheck.py", "pipeline/study.py",
    "pipeline/claims.py", "release/charts.py", "release/disclosure/histories.py",
    "release/disclosure/rules.py", "pipeline/tabulated.py",
)  # fmt: skip
NOT_REPORTED = (
    "estimation/pictures", "estimation/page.py", "estimation/contract.py", "estimation/drawing.py",
    "estimation/notebook.py", "estimation/covariates",
    "estimation/checks/calibration.py", "estimation/checks/influence.py",
    "estimation/checks/populations.py", "estimation/checks/worlds.py", "estimation/estimate.py",
    "estimation/histories.py", "estimation/pooling/agreement.py", "estimation/pooling/answer.py",
    "estimation/registry.py", "estimation/counting.py",
)  # fmt: skip
MARKS = ("mark", "say")
FOR_MACHINES = re.compile(r"\w_[lr]\b|_[lr], |SET | = |Did you mean|sounds|years|UTC|--")


@dataclass(frozen=True)
class Domain:
    """One catalogue: what is in it, and where it lies."""

    name: str
    folder: Path
    messages: Callable[[], Catalog]

    def path(self, language: str, kind: str = "po") -> Path:
        return self.folder / language / "LC_MESSAGES" / f"{self.name}.{kind}"


def report_messages() -> Catalog:
    """Everything that a report can say in our words."""
    found = Catalog(charset="utf-8")
    for path in sorted((CODE / "release").rglob("*.py")) + sorted((CODE / "pipeline").glob("*.py")):
        for sentence in marked_in(ast.parse(path.read_text(encoding="utf-8"))):
            found.add(sentence, locations=[(_place(path), 0)])
    for path in sorted((CODE / "release").glob("*.html")):
        for sentence in re.findall(r'say\("([^"]+)"', path.read_text(encoding="utf-8")):
            found.add(sentence, locations=[(_place(path), 0)])
    for path in sorted(CODE.rglob("*.py")):
        place = _place(path)
        if place.startswith(REPORTED) and not place.startswith(NOT_REPORTED):
            for sentence in sentences_in(ast.parse(path.read_text(encoding="utf-8"))):
                found.add(sentence, locations=[(place, 0)])
    return found


def marked_in(tree: ast.AST) -> Iterator[str]:
    """What is handed to mark(...) or words.say(...)."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node.args:
            name = ast.unparse(node.func)
            if name in MARKS or name.endswith("words.say"):
                yield from filter(None, [_sentence(node.args[0])])


def sentences_in(tree: ast.AST) -> Iterator[str]:
    """Texts of three words and more; no docstrings, no errors, nothing for a machine."""
    passed = set(_not_said(tree))
    for node in ast.walk(tree):
        text = "" if id(node) in passed else _sentence(node)
        bare = re.sub(r"\{\w*\}", "", text)
        is_sentence = len(re.findall(r"[A-Za-z]{2,}", bare)) >= 3 and bare.count(" ") >= 2
        if is_sentence and not FOR_MACHINES.search(bare):
            yield text


def _not_said(tree: ast.AST) -> Iterator[int]:
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            yield from map(id, node.values)
        if isinstance(node, ast.Raise):
            yield from map(id, ast.walk(node))
        if isinstance(node, ast.Call):
            unsaid = ("hint", "why", "name", "description")
            hints = [key.value for key in node.keywords if key.arg in unsaid]
            told = node.args if getattr(node.func, "id", "") == "tell" else []
            yield from (id(part) for top in (*hints, *told) for part in ast.walk(top))
        body = getattr(node, "body", None)
        if isinstance(body, list) and body and isinstance(body[0], ast.Expr):
            yield id(body[0].value)


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


def open_sentences(said: Catalog | None = None) -> str:
    """Those into which something is put, to be known again where they are shown."""
    every = messages() if said is None else said
    hole = "{0}" if said is None else "{"
    known = {str(m.id) for m in every if hole in str(m.id) and len(str(m.id)) > len("{0}.")}
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


SCREENS = Domain("django", LOCALE, messages)
REPORTS = Domain("report", CODE / "release" / "locale", report_messages)


def catalogue(language: str, domain: Domain = SCREENS) -> Catalog:
    with domain.path(language).open("rb") as stream:
        return read_po(stream, locale=language)


class _Still(Catalog):
    """Babel's header holds the time and its version: the same words would give other bytes."""

    def __iter__(self) -> Iterator[Message]:
        yield Message("", _facts(self))
        yield from (message for message in super().__iter__() if message.id)


def compiled(language: str, domain: Domain = SCREENS) -> bytes:
    still = _Still(locale=language, charset="utf-8")
    for message in catalogue(language, domain):
        if message.id:
            still[message.id] = message
    stream = io.BytesIO()
    write_mo(stream, still)
    return stream.getvalue()


def update(language: str, domain: Domain) -> None:
    """New messages in, old ones out, and the compiled form beside it. Guesses nothing."""
    path = domain.path(language)
    path.parent.mkdir(parents=True, exist_ok=True)
    current = catalogue(language, domain) if path.exists() else Catalog(locale=language)
    current.update(domain.messages(), no_fuzzy_matching=True)
    current.obsolete.clear()
    current.header_comment = HEADER
    stream = io.BytesIO()
    write_po(stream, current, sort_output=True, include_lineno=False, width=100, omit_header=True)
    body = stream.getvalue().decode("utf-8")
    path.write_text(f"{HEADER}\n{_header(current)}\n{body}", encoding="utf-8")
    domain.path(language, "mo").write_bytes(compiled(language, domain))


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


def missing(language: str, domain: Domain = SCREENS) -> list[str]:
    """What has no translation yet."""
    return [str(m.id) for m in catalogue(language, domain) if m.id and not all(_strings(m.string))]


def _strings(said) -> tuple[str, ...]:
    return (said,) if isinstance(said, str) else tuple(said)


def main() -> None:
    PAGE.write_text(page(), encoding="utf-8")
    for domain in (SCREENS, REPORTS):
        opened = open_sentences() if domain is SCREENS else open_sentences(domain.messages())
        (domain.folder / "sentences.json").write_text(opened, encoding="utf-8")
        for language in LANGUAGES:
            update(language, domain)
            for said in missing(language, domain):
                print(f"{language}: not translated: {said}")


if __name__ == "__main__":
    main()
