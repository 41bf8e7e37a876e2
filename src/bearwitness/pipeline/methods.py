"""How it was done: the methods appendix of a report, written from the run."""

from __future__ import annotations

from collections.abc import Iterator

from bearwitness.estimation import Estimate
from bearwitness.pipeline.analyse import Answers, Linked
from bearwitness.pipeline.study import Study
from bearwitness.provenance import software_version
from bearwitness.release import Part, Rules
from bearwitness.release.words import mark


def methods_of(study: Study, linked: Linked, answers: Answers | None) -> tuple[Part, ...]:
    """Lists, linkage, estimators with settings and verdicts, rules, seed and version."""
    lists = list(_lists(study))
    parts = [Part(heading=mark("Lists"), sentences=lists)] if lists else []
    if linked.links is not None:
        parts.append(Part(heading=mark("Who is who"), sentences=list(_linkage(study, linked))))
    parts += [
        Part(heading=estimate.method, sentences=list(_estimator(estimate)))
        for estimate in (answers.estimates if answers else ())
    ]
    parts.append(Part(heading=mark("Rules of disclosure"), sentences=list(_rules(study.rules))))
    parts.append(Part(heading=mark("Made with"), sentences=list(_made_with(study))))
    return tuple(parts)


def _lists(study: Study) -> Iterator[str]:
    for entry in study.lists:
        compared = sorted(set(entry["columns"]) - {"record"})
        yield f"{entry.get('title', entry['name'])}: columns used are {', '.join(compared)}."
    if study.histories is not None:
        titles = study.histories.get("titles", {})
        yield mark(
            "The study starts from a table of overlaps that others made; nothing was linked."
        )
        yield from (f"{name}: {title}" for name, title in titles.items())


def _linkage(study: Study, linked: Linked) -> Iterator[str]:
    threshold = study.linkage.get("threshold")
    if threshold is not None:
        yield f"Two records are one person where their probability is at least {threshold:g}."
    yield mark("Pairs are weighed by the model of Fellegi and Sunter, as Splink fits it.")
    yield from linked.notes


def _estimator(estimate: Estimate) -> Iterator[str]:
    yield f"What it assumes: {estimate.assumption}"
    if estimate.model:
        yield f"Dependence that the model allows: {', '.join(estimate.model)}."
    settings = {"level": estimate.level, **estimate.settings}
    told = ", ".join(
        f"{key} {_told(value)}" for key, value in sorted(settings.items()) if value is not None
    )
    yield f"Settings as they were: {told}."
    yield f"Verdict of the method: {estimate.verdict}."
    yield from (f"Because {reason.rstrip('.')}." for reason in estimate.reasons)


def _rules(rules: Rules) -> Iterator[str]:
    reason = rules.threshold_reason.rstrip(".")
    if rules.is_waived:
        yield f"No count is withheld. {reason}."
        return
    yield f"Counts below {rules.threshold} are withheld: {reason}."
    if rules.rounding > 1:
        yield f"Counts that are printed are rounded to multiples of {rules.rounding}."
    yield mark("Further counts are withheld until linear programming finds no narrow range for any "
               "small one, given all that is printed.")  # fmt: skip


def _made_with(study: Study) -> Iterator[str]:
    yield f"Made with bearwitness {software_version()}, random seed {study.seed}."
    yield mark("The same inputs and settings give the same bytes on every machine.")


def _told(value: object) -> str:
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, list | tuple):
        return " ".join(":".join(v) if isinstance(v, list | tuple) else str(v) for v in value)
    return str(value)
