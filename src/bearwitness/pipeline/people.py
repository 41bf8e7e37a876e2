"""From one file with a row a person, lists and covariates, to a doubly robust estimate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from bearwitness.errors import StudyInvalid, TableMismatch
from bearwitness.estimation import PEOPLE_METHODS, RobustAnswer, answer_people, make_estimator
from bearwitness.estimation.counting import read_flags, repeat_rows
from bearwitness.estimation.notebook import COUNT_NAMES

PAIR = "doubly-robust"


def estimate_people(
    path: Path,
    *,
    method: str,
    covariates: str = "",
    lists: str = "",
    **options: Any,
) -> RobustAnswer:
    """Estimate from a file with one row a person. Options: among, level, seed, count, encoding.

    `covariates`, `lists` and `among` are names of columns with commas between. A column that is no
    covariate is a list; for `doubly-robust`, `lists` names the two to compare, and people on the
    others belong to the population too. With a column of counts, a row stands for so many people.
    Raises StudyInvalid where columns and method do not fit, and what `read_people` raises.
    """
    from bearwitness.intake import read_columns

    encoding, count = options.pop("encoding", None), options.pop("count", "")
    columns = read_columns(path, encoding=encoding)
    known, named = names_in(covariates), names_in(lists)
    _check_named(columns, [*known, *named, *([count] if count else [])], path.name)
    usual = next((c for c in columns if c.casefold() in COUNT_NAMES and c not in known), "")
    counted = count or usual
    rest = [name for name in columns if name not in (*known, *named, counted)]
    rest = _lists_among(columns, rest, named, path.name)
    settings = _settings(method, known, named, rest, path.name)
    among = names_in(options.pop("among", ""))
    if among:
        settings["among"] = among
    estimator = make_estimator(method, **settings, **options)
    people = repeat_rows(columns, counted, where=path.name) if counted else columns
    read = {name: _numbers(people[name]) for name in known}
    read |= {name: people[name] for name in estimator.columns}
    return answer_people(estimator, read)


def names_in(text: str) -> tuple[str, ...]:
    """Names with commas between, as people type them."""
    return tuple(name.strip() for name in text.split(",") if name.strip())


def _lists_among(
    columns: Mapping[str, Any], rest: Sequence[str], named: Sequence[str], where: str
) -> list[str]:
    """Which of `rest` are lists: all of them, unless some lists are named."""
    for name in named:
        read_flags(columns[name], where=f"{where}, column {name!r}", first_row=2)
    found = []
    for name in rest:
        try:
            read_flags(columns[name], where="", first_row=2)
            found.append(name)
        except TableMismatch as error:
            if not named:
                raise TableMismatch(
                    f"column {name!r} is neither a list of 0 and 1 nor named as a covariate",
                    where=where,
                    hint="Name it among --covariates, or name the lists: --lists a,b. Columns that "
                    "are neither are then left out.",
                ) from error
    return found


def _settings(
    method: str,
    known: Sequence[str],
    named: Sequence[str],
    rest: Sequence[str],
    where: str,
) -> dict[str, Any]:
    """Which columns are lists, by method."""
    if not known:
        raise StudyInvalid(
            f"{method} needs covariates: what is known of every person",
            where=where,
            hint="Name their columns: --covariates age,sex. Without any, choose chapman for two "
            "lists, or another method for more.",
        )
    if method != PAIR:
        return {"lists": tuple(named or rest), "covariates": known}
    if len(named) == 2:
        return {"lists": tuple(named), "others": tuple(rest), "covariates": known}
    if not named and len(rest) == 2:
        return {"lists": tuple(rest), "covariates": known}
    raise StudyInvalid(
        f"{method} compares two lists, and {len(named or rest)} columns could be lists",
        where=where,
        hint=f"Name the two: --lists {','.join((*rest, 'b')[:2])}. For all lists at once, choose "
        f"{', '.join(sorted(set(PEOPLE_METHODS) - {PAIR}))}.",
    )


def _check_named(columns: Mapping[str, Any], names: Sequence[str], where: str) -> None:
    for name in names:
        if name not in columns:
            raise TableMismatch(
                f"there is no column {name!r}",
                where=where,
                hint=f"The columns are: {', '.join(columns)}.",
            )


def _numbers(values: Sequence[Any]) -> list[Any]:
    """The values as numbers where each is one; otherwise as they are, which is categories."""
    try:
        return [float(value) for value in values]
    except (TypeError, ValueError):
        return list(values)
