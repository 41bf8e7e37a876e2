"""From answers to what may be given away: safe tables, figures, the report, the payload."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import pyarrow as pa

from bearwitness.estimation import Estimate
from bearwitness.pipeline.analyse import Answers, Linked
from bearwitness.pipeline.claims import claims_charts, claims_files, claims_tables
from bearwitness.pipeline.declared import place_words
from bearwitness.pipeline.figures import Given, make_figures
from bearwitness.pipeline.languages import file_names, read_texts, read_words, text_path
from bearwitness.pipeline.maps import draw_maps
from bearwitness.pipeline.methods import methods_of
from bearwitness.pipeline.obey import (
    bound_without,
    comparison_table,
    if_wrong,
    rounded,
    rounded_bound,
    show,
    state,
    what_may_be_said,
)
from bearwitness.pipeline.released import check_against_ledger, entry_of
from bearwitness.pipeline.strata import printable_strata, strata_notes
from bearwitness.pipeline.study import Study
from bearwitness.provenance import canonical_json, software_version
from bearwitness.release import (
    Chart,
    Described,
    Figure,
    ReportContent,
    Row,
    Rules,
    SafeHistories,
    Table,
    Words,
    build_report,
    check_safe,
    describe,
    draw_forest,
    draw_lists,
    in_words,
    protect_histories,
    tell_release,
    write_csv,
)
from bearwitness.release.disclosure import Entry
from bearwitness.tables import FIGURES, check

HEADLINES = ("estimate", "composed")  # kinds of figures that can stand in large letters


@dataclass(frozen=True, kw_only=True)
class Release:
    """What a run gives: reports by file name, the package's payload, and rows that were left out.

    `rows` are the frozen rows that each figure counted, by table: they stay inside.
    """

    reports: Mapping[str, bytes]
    payload: Mapping[str, bytes]
    info: Mapping[str, str]
    rejected: pa.Table
    rows: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    entry: Entry | None = None


def make_release(
    study: Study, linked: Linked, answers: Answers | None, *, digests: Mapping[str, str]
) -> Release:
    """Make everything that may leave the house. The attack is run on what is to be printed."""
    safe = None
    if answers is not None:
        safe = protect_histories(linked.histories, rules=study.rules)
        check_safe(linked.histories, safe)
    made = make_figures(_given(study, linked, answers, safe, digests))
    figures = {name: one.figure for name, one in made.items()}
    groups = {name: one.groups for name, one in made.items()}
    entry = entry_of(study, linked, safe=safe, groups=groups)
    check_against_ledger(study, entry, linked)
    content = _content(study, linked, answers, safe, figures, digests)
    contents = _contents(study, linked, answers, safe, content)
    reports = _reports(contents)
    payload = {
        **reports,
        "figures.csv": write_csv(check(_figure_rows(figures, contents), FIGURES)),
        "provenance.json": _provenance(study, digests).encode(),
    }
    if answers is not None and safe is not None:
        payload["histories.csv"] = write_csv(_safe_table(safe))
        payload["estimates.csv"] = write_csv(_estimates_table(answers, safe))
    payload |= linked.tabulated.files() if linked.tabulated else {}
    names = {form: file_names(tuple(contents), form) for form in ("html", "pdf")}
    made_by = f"bearwitness {software_version()}"
    # A table that has a file of its own keeps it.
    payload = tell_release(contents, software=made_by, reports=names) | payload
    payload |= claims_files(linked.claims) if linked.claims else {}
    payload |= describe(payload, _described(study, contents, digests))
    return Release(
        reports=reports,
        payload=payload,
        info=_info(study),
        rejected=pa.Table.from_pylist(
            [asdict(r) for r in linked.rejected], schema=_rejected_schema()
        ),
        rows={name: one.rows for name, one in made.items() if one.rows},
        entry=entry,
    )


def _given(
    study: Study,
    linked: Linked,
    answers: Answers | None,
    safe: SafeHistories | None,
    digests: Mapping[str, str],
) -> Given:
    return Given(
        study=study, digests=digests, rules=study.rules, safe=safe, answers=answers,
        members=linked.members, links=linked.links, acts=linked.acts,
        register=linked.claims.register if linked.claims else None,
    )  # fmt: skip


def _figure_rows(
    figures: Mapping[str, Figure], contents: Mapping[str, ReportContent]
) -> list[dict[str, Any]]:
    """Rows of FIGURES; a language that has a report says its sentences as the report does."""
    spoken = {"ko": "ko", "zh-Hans": "zh_hans"}
    return [
        figure.to_row()
        | {column: contents[code].sentence(name) for code, column in spoken.items()
           if code in contents}
        for name, figure in figures.items()
    ]  # fmt: skip


def _contents(
    study: Study,
    linked: Linked,
    answers: Answers | None,
    safe: SafeHistories | None,
    content: ReportContent,
) -> dict[str, ReportContent]:
    """The report in every language that hand/ has a text for."""
    texts = read_texts(study)
    names = file_names(tuple(texts), "html")
    others = names if len(names) > 1 else {}
    found = {}
    for language, text in texts.items():
        words = read_words(study, language)
        words = replace(words, own=place_words(language) | dict(words.own))
        where = f"hand/{text_path(study, language).name}"
        charts = _charts(study, answers, safe, words)
        charts |= claims_charts(linked.claims, words) if linked.claims else {}
        charts |= draw_maps(study, linked, words) if study.maps else {}
        tables = dict(content.tables)
        tables |= claims_tables(linked.claims, words) if linked.claims else {}
        own = replace(content, text=text, tables=tables, charts=charts, others=others, where=where)
        found[language] = in_words(own, words)
    return found


def _reports(contents: Mapping[str, ReportContent]) -> dict[str, bytes]:
    html, pdf = (file_names(tuple(contents), form) for form in ("html", "pdf"))
    reports: dict[str, bytes] = {}
    for language, content in contents.items():
        report = build_report(content)
        reports |= {html[language]: report.html, pdf[language]: report.pdf}
    return reports


def _content(  # noqa: PLR0913, PLR0917 - a report is made of all of these
    study: Study,
    linked: Linked,
    answers: Answers | None,
    safe: SafeHistories | None,
    figures: Mapping[str, Figure],
    digests: Mapping[str, str],
) -> ReportContent:
    heads = [d["id"] for d in study.figures if d["kind"] in HEADLINES]
    return ReportContent(
        title=study.title,
        population=study.population,
        period=study.period,
        place=study.place,
        date=study.date,
        text="",
        figures=figures,
        headline=heads[0] if heads else None,
        charts={},
        tables=_tables(answers, safe) | (linked.tabulated.for_report() if linked.tabulated else {}),
        judgement=_judgement(study, answers) if answers else (),
        sources=study.sources,
        notes=_notes(linked, answers, study.rules),
        methods=methods_of(study, linked, answers),
        provenance=_provenance_table(study, digests),
        notice=study.notice,
    )


def _tables(answers: Answers | None, safe: SafeHistories | None) -> dict[str, Table]:
    if answers is None or safe is None:
        return {}
    return {
        "estimates": _estimates(answers, safe),
        "comparison": comparison_table(answers.comparison, least=safe.rules.rounding),
        "histories": _histories(safe),
    }


def _judgement(study: Study, answers: Answers) -> tuple[str, ...]:
    """What may be said of the total; where an estimate is printed, what if its assumption fails."""
    told = what_may_be_said(study, answers.comparison)
    headline = _headline(study, answers)
    printed = state(study, answers, headline).value is not None
    return (*told, *if_wrong(headline, least=study.rules.rounding)) if printed else told


def _headline(study: Study, answers: Answers) -> Estimate:
    return next(e for e in answers.estimates if e.method == study.headline)


def _charts(
    study: Study, answers: Answers | None, safe: SafeHistories | None, words: Words
) -> dict[str, Chart]:
    if answers is None or safe is None:
        return {}
    least = safe.rules.rounding
    # Two of these lines differ by the people on one list alone: their ends stay a group apart.
    apart = max(least, safe.rules.threshold)
    known = study.histories or {}
    titles = known.get("titles", {}) | {e["name"]: e["title"] for e in study.lists if "title" in e}
    methods = [
        _row(e.method, e, least=least, strong=e.method == study.headline) for e in answers.estimates
    ]
    methods += [
        Row(label=words.say("truth"), value=float(d["value"]), lower=None, upper=None)
        for d in study.figures
        if study.fictional and d["kind"] == "cited"
    ]
    whole = [_row(words.say("all lists"), _headline(study, answers), least=apart, strong=True)]
    without = [
        _row(words.say("without {list}", list=words.said(titles.get(name, name))), e, least=apart)
        for name, e in ((n, bound_without(e, safe)) for n, e in answers.without)
    ]
    observed = None if safe.observed is None else float(safe.observed)
    return {
        "lists": draw_lists(safe, titles, words=words),
        "estimates": draw_forest(
            methods, observed=observed, about="Estimates by method", words=words
        ),
        "leave-one-out": draw_forest(
            whole + without,
            observed=observed,
            about="The estimate without each list in turn",
            words=words,
        ),
    }


def _row(label: str, estimate: Estimate, *, least: int, strong: bool = False) -> Row:
    value, lower, upper = rounded(estimate, least=least)
    return Row(label=label, value=value, lower=lower, upper=upper, strong=strong)


def _printable(answers: Answers, safe: SafeHistories) -> list[Estimate]:
    """All estimates that may be printed, as they may be printed."""
    strata = printable_strata(answers.strata, safe.rules) if answers.strata else ()
    return [rounded_bound(estimate, safe) for estimate in (*answers.estimates, *strata)]


def _estimates(answers: Answers, safe: SafeHistories) -> Table:
    rows = []
    for estimate in _printable(answers, safe):
        value, lower, upper = rounded(estimate, least=safe.rules.rounding)
        verdict = f"{estimate.verdict} {'; '.join(estimate.reasons)}".strip()
        name = f"{estimate.stratum} ({estimate.method})" if estimate.stratum else estimate.method
        rows.append((name, show(value), show(lower), show(upper), verdict))
    return Table(
        caption="People in all, by method" + (" and stratum" if answers.strata else ""),
        header=("method", "estimate", "from", "to", "verdict"),
        rows=rows,
    )


def _histories(safe: SafeHistories) -> Table:
    rows = [(p.replace("+", " + "), show(n)) for p, n in safe.patterns.items()]
    rows += [(f"all on {name}", show(n)) for name, n in safe.list_totals.items()]
    rows.append(("on any list", show(safe.observed)))
    caption = "People by the set of lists that hold them"
    if not safe.rules.is_waived:
        caption = (
            f"People by the set of lists that hold them; counts below {safe.rules.threshold}, and "
            "those that would betray them, are withheld; others rounded to "
            f"{safe.rules.rounding}"
        )
    return Table(caption=caption, header=("lists", "people"), rows=rows)


def _notes(linked: Linked, answers: Answers | None, rules: Rules) -> tuple[str, ...]:
    if answers is None:
        return linked.claims.notes if linked.claims else ()
    files = sorted({r.file for r in linked.rejected})
    left_out = [
        f"{sum(r.file == file for r in linked.rejected)} rows of {file} could not be used."
        for file in files
    ]
    caveats = [f"{e.method}: {c.rstrip('.')}." for e in answers.estimates for c in e.caveats]
    caveats += strata_notes(answers.strata, rules) if answers.strata else []
    doubts = [_doubt(e) for e in answers.estimates if "variance" in e.details]
    tabled = linked.tabulated.notes() if linked.tabulated else ()
    return tuple(dict.fromkeys([*left_out, *doubts, *caveats, *tabled]))


def _doubt(estimate: Estimate) -> str:
    variance = estimate.details["variance"]
    share = variance["between_linkages"] / variance["total"] if variance["total"] else 0.0
    return f"{estimate.method}: {share:.0%} of the variance comes from doubt about who is who."


def _provenance_table(study: Study, digests: Mapping[str, str]) -> Table:
    rows = [(name, value) for name, value in digests.items()]
    rows += [("seed", str(study.seed)), ("bearwitness", software_version())]
    rows += [(f"linkage.{k}", str(v)) for k, v in study.linkage.items()]
    rows += [(f"estimation.{k}", str(v)) for k, v in study.estimation.items()]
    rows += [(f"release.{k}", str(v)) for k, v in study.release.items()]
    return Table(
        caption="SHA-256 of every input and table, settings, seed and version",
        header=("what", "value"),
        rows=rows,
        numeric=False,
    )


def _provenance(study: Study, digests: Mapping[str, str]) -> str:
    facts = {"study": study.name, "seed": study.seed, "version": software_version()}
    facts |= {"digests": dict(digests), "linkage": dict(study.linkage)}
    facts |= {"estimation": dict(study.estimation)}
    facts |= {"release": dict(study.release)}
    return json.dumps(json.loads(canonical_json(facts)), indent=2, ensure_ascii=False) + "\n"


def _safe_table(safe: SafeHistories) -> pa.Table:
    totals = {f"all on {name}": n for name, n in safe.list_totals.items()}
    rows = [*safe.patterns.items(), *totals.items(), ("on any list", safe.observed)]
    people = [None if n is None else int(n) for _, n in rows]
    names = [name for name, _ in rows]
    return pa.table({"lists": names, "people": pa.array(people, pa.int64())})


def _estimates_table(answers: Answers, safe: SafeHistories) -> pa.Table:
    rows = []
    for e in _printable(answers, safe):
        value, lower, upper = rounded(e, least=safe.rules.rounding)
        observed = None if e.stratum else safe.observed
        row: dict[str, Any] = {"stratum": e.stratum, "method": e.method, "observed": observed}
        row |= {"estimate": value, "lower": lower}
        row |= {"upper": upper, "level": e.level, "verdict": str(e.verdict)}
        rows.append(row | {"reasons": "; ".join(e.reasons), "assumption": e.assumption})
    return pa.Table.from_pylist(rows)


def _described(
    study: Study, contents: Mapping[str, ReportContent], digests: Mapping[str, str]
) -> Described:
    names = {form: file_names(tuple(contents), form) for form in ("html", "pdf")}
    return Described(
        title=study.title,
        description=study.notice or study.question or study.title,
        date=study.date,
        software=f"bearwitness {software_version()}",
        publisher=study.package.get("publisher", ""),
        licence=study.package.get("licence", ""),
        reports={file: code for by in names.values() for code, file in by.items()},
        inputs={name: value for name, value in digests.items() if "/" in name or "." in name},
    )


def _info(study: Study) -> dict[str, str]:
    publisher = study.package.get("publisher", "")
    return {
        "Bagging-Date": study.date,
        "External-Description": study.title,
        "Bag-Software-Agent": f"bearwitness {software_version()}",
        **({"Source-Organization": publisher} if publisher else {}),
    }


def _rejected_schema() -> pa.Schema:
    text = pa.string()
    return pa.schema([("file", text), ("row", pa.int64()), ("column", text), ("reason", text)])
