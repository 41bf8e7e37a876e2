"""The languages of a study's report: a text for each in hand/, and the study's own words in it."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path

from bearwitness.errors import FigureUnknown, WordsMissing
from bearwitness.pipeline.study import Study
from bearwitness.release import ENGLISH, LANGUAGES, Words, figures_placed


def languages_of(study: Study) -> tuple[str, ...]:
    """Those that hand/ has a report text for, English first; English where it has none."""
    found = tuple(code for code in LANGUAGES if text_path(study, code).is_file())
    return found or ("en",)


def text_path(study: Study, language: str) -> Path:
    return study.hand / ("report.md" if language == "en" else f"report.{language}.md")


def read_texts(study: Study) -> dict[str, str]:
    """The report's text in each language. Raises FigureUnknown where one states other figures."""
    texts = {}
    for language in languages_of(study):
        path = text_path(study, language)
        texts[language] = path.read_text(encoding="utf-8") if path.is_file() else ""
    first, *others = texts
    stated = set(figures_placed(texts[first]))
    for language in others:
        differ = sorted(stated ^ set(figures_placed(texts[language])))
        if differ:
            raise FigureUnknown(
                f"not the same figures as in {text_path(study, first).name}: {', '.join(differ)}",
                where=f"hand/{text_path(study, language).name}",
                hint="Every language of a report states the same figures: bring them into step.",
            )
    return texts


def read_words(study: Study, language: str) -> Words:
    """The language, with what hand/words.LANGUAGE.toml says of the study's own words in it.

    Raises WordsMissing while title, population or place are not in it.
    """
    if language == "en":
        return ENGLISH
    path = study.hand / f"words.{language}.toml"
    where = f"hand/{path.name}"
    try:
        own = tomllib.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise WordsMissing(f"this is not TOML: {error}", where=where) from error
    if not all(isinstance(text, str) for text in own.values()):
        raise WordsMissing('every line should be "English" = "translation"', where=where)
    missing = [text for text in (study.title, study.population, study.place) if text not in own]
    if missing:
        raise WordsMissing(
            f"a report in {LANGUAGES[language]} lacks {len(missing)} words of study.toml",
            where=where,
            hint="Write these lines: " + "  ".join(f'"{text}" = "..."' for text in missing),
        )
    return Words(language=language, own=own)


def file_names(languages: tuple[str, ...], form: str) -> Mapping[str, str]:
    """Where each language's report lies: the first as report.FORM, the others with their code."""
    first, *others = languages
    return {first: f"report.{form}", **{code: f"report.{code}.{form}" for code in others}}
