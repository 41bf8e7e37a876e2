"""The only module that knows Splink: block, train, predict. Members in, scored pairs out."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb
import pyarrow as pa
import splink.comparison_level_library as cll
import splink.comparison_library as cl
from splink import Linker, SettingsCreator, block_on
from splink.internals.duckdb.database_api import DuckDBAPI
from splink.internals.exceptions import EMTrainingException

from bearwitness.linkage.features import build_features
from bearwitness.tables import PAIRS, check

TRAIN_FROM = 400  # records; below, expectation maximisation learns the noise
KEEP_FROM = 0.01  # pairs less probable than this are not written down
_DIGITS = 6


@dataclass(frozen=True, kw_only=True)
class LinkageSettings:
    """`threshold`: pairs at least this probable are one person, unless judged otherwise.

    One half, more likely than not, is where false links and missed ones balance when the
    probabilities are right, and with them the number of people on several lists. `draws`:
    linkages drawn besides the best one, to carry the doubt about who is who into estimates.
    """

    threshold: float = 0.5
    draws: int = 0
    seed: int = 1


@dataclass(frozen=True, kw_only=True)
class Level:
    """One outcome of a comparison. `m`: its share among pairs of one person; `u`: among others.

    `frequency` names a column: agreement counts for more where its value is rare.
    """

    label: str
    sql: str
    m: float
    u: float
    frequency: str | None = None


_SAME_YEAR = (
    "birth_low_l = birth_low_r AND birth_low_l = birth_high_l AND birth_low_r = birth_high_r"
)
_NARROW = "birth_high_l - birth_low_l <= 5 AND birth_high_r - birth_low_r <= 5"
_YEARS_MEET = "birth_low_l <= birth_high_r AND birth_low_r <= birth_high_l"
_NEAR = "birth_low_l - 2 <= birth_high_r AND birth_low_r - 2 <= birth_high_l"


def _closest(column: str, least: float) -> str:
    """The best Jaro-Winkler similarity between any name of one and any name of the other."""
    inner = f"list_transform({column}_r, lambda b: jaro_winkler_similarity(a, b))"
    return f"list_max(list_transform({column}_l, lambda a: list_max({inner}))) >= {least}"


# Stated weights, chosen by hand and used as they stand for small studies, and as the start of
# training for others. They were set beside what training finds on the fictional casebook (which
# invents slips of the pen, years off by two, moves between counties); real lists will differ.
COMPARISONS: Mapping[str, tuple[str, tuple[Level, ...]]] = {
    "name": (
        "name_keys_l IS NULL OR name_keys_r IS NULL",
        (
            Level(label="sounds the same", sql="name_key_l = name_key_r", m=0.70, u=0.0005,
                  frequency="name_key"),
            Level(label="one name sounds the same", sql="list_has_any(name_keys_l, name_keys_r)",
                  m=0.10, u=0.0001),
            Level(label="sounds much alike", sql=_closest("name_keys", 0.94), m=0.12, u=0.004),
            Level(label="sounds alike", sql=_closest("name_keys", 0.88), m=0.05, u=0.03),
            Level(label="differs", sql="ELSE", m=0.03, u=0.9654),
        ),
    ),
    "birth": (
        "birth_low_l IS NULL OR birth_low_r IS NULL",
        (
            Level(label="same year", sql=_SAME_YEAR, m=0.40, u=0.012),
            Level(label="years meet, known well", sql=f"{_YEARS_MEET} AND {_NARROW}",
                  m=0.38, u=0.08),
            Level(label="years meet", sql=_YEARS_MEET, m=0.10, u=0.05),
            Level(label="two years apart at most", sql=_NEAR, m=0.09, u=0.11),
            Level(label="differs", sql="ELSE", m=0.03, u=0.748),
        ),
    ),
    "alias": (
        "alias_keys_l IS NULL OR alias_keys_r IS NULL",
        (
            Level(label="same", sql="list_has_any(alias_keys_l, alias_keys_r)", m=0.75, u=0.001),
            Level(label="alike", sql=_closest("alias_keys", 0.92), m=0.10, u=0.01),
            Level(label="differs", sql="ELSE", m=0.15, u=0.989),
        ),
    ),
    "sex": (
        "sex_l IS NULL OR sex_r IS NULL",
        (
            Level(label="same", sql="sex_l = sex_r", m=0.99, u=0.6),
            Level(label="differs", sql="ELSE", m=0.01, u=0.4),
        ),
    ),
    "origin": (
        "origin_key_l IS NULL OR origin_key_r IS NULL",
        (
            Level(label="same", sql="origin_key_l = origin_key_r", m=0.75, u=0.10),
            Level(label="differs", sql="ELSE", m=0.25, u=0.90),
        ),
    ),
    "place": (
        "place_key_l IS NULL OR place_key_r IS NULL",
        (
            Level(label="same", sql="place_key_l = place_key_r", m=0.55, u=0.12),
            Level(label="differs", sql="ELSE", m=0.45, u=0.88),
        ),
    ),
}  # fmt: skip

_TRAIN_ON = ("name_key", "alias_key")
_NOT_LEARNED = ("sex",)  # lists in which nobody erred would teach that nobody ever does
_BLOCKS = (
    ("name_key",),
    ("given_key", "birth_low"),
    ("alias_key",),
    ("surname_key", "birth_low", "origin_key"),
)


@dataclass(frozen=True, kw_only=True)
class MatchReport:
    """What must be told of a linkage: sentences for the report."""

    notes: tuple[str, ...]
    trained: bool


def match(members: pa.Table, *, settings: LinkageSettings) -> tuple[pa.Table, MatchReport]:
    """Score every pair of records that shares a block: MEMBERS to PAIRS.

    The same records give the same pairs, whatever their order: DuckDB runs on one thread, and
    probabilities are rounded to six digits.
    """
    features = build_features(members)
    logging.getLogger("splink").setLevel(logging.CRITICAL)
    blocks = [column for column in _TRAIN_ON if _repeats(features, column)]
    linker = _linker(features, settings)
    why = ""
    if features.num_rows < TRAIN_FROM:
        why = f"{features.num_rows:,} records are too few to learn weights from"
    elif not blocks or not _train(linker, blocks, settings.seed):
        why = "Weights could not be learned from these lists"
        linker = _linker(features, settings)
    if why:
        return _pairs(linker), MatchReport(notes=(f"{why}; stated ones were used.",), trained=False)
    note = f"Weights were learned from {features.num_rows:,} records by expectation maximisation."
    return _pairs(linker), MatchReport(notes=(note,), trained=True)


def _repeats(features: pa.Table, column: str) -> bool:
    known = features.column(column).drop_null()
    return len(known.unique()) < len(known)


def _linker(features: pa.Table, settings: LinkageSettings) -> Linker:
    connection = duckdb.connect(":memory:")
    connection.execute("SET threads = 1; SET enable_progress_bar = false")
    api = DuckDBAPI(connection=connection)
    few = features.num_rows < TRAIN_FROM
    creator = SettingsCreator(
        link_type="dedupe_only",
        comparisons=[_comparison(name, by_frequency=not few) for name in COMPARISONS],
        blocking_rules_to_generate_predictions=[block_on(*columns) for columns in _BLOCKS],
        probability_two_random_records_match=min(0.3, 0.6 / max(features.num_rows, 2)),
        retain_intermediate_calculation_columns=True,
        retain_matching_columns=True,
    )
    return Linker(api.register(features), creator, log_level=None, validate_settings=False)


def _train(linker: Linker, blocks: Sequence[str], seed: int) -> bool:
    """Learn the weights; False where no pair could be had or the weights make no sense.

    The share of pairs about one person stays as stated: left free, it grows in large files until
    "one person" means no more than "same sex" (see docs/decisions/0009-linkage-prior.md).
    """
    linker.training.estimate_u_using_random_sampling(max_pairs=5e6, seed=seed)
    try:
        for column in blocks:
            linker.training.estimate_parameters_using_expectation_maximisation(
                block_on(column),
                fix_probability_two_random_records_match=True,
                record_sample_proportion=1.0,
            )
    except EMTrainingException:
        return False
    return all(_agreement_counts_for(made) for made in linker._settings_obj.comparisons)


def _agreement_counts_for(comparison: Any) -> bool:
    first = next(level for level in comparison.comparison_levels if not level.is_null_level)
    return bool(first.m_probability > first.u_probability)


def _comparison(name: str, *, by_frequency: bool) -> Any:
    """`by_frequency`: in a short list every name is rare, and its frequency says nothing."""
    empty, levels = COMPARISONS[name]
    made: list[Any] = [cll.CustomLevel(empty, "not known").configure(is_null_level=True)]
    for level in levels:
        plain = cll.ElseLevel() if level.sql == "ELSE" else cll.CustomLevel(level.sql, level.label)
        settings: dict[str, Any] = {"m_probability": level.m, "u_probability": level.u}
        if level.frequency and by_frequency:
            settings["tf_adjustment_column"] = level.frequency
        made.append(plain.configure(**settings, fix_m_probability=name in _NOT_LEARNED))
    return cl.CustomComparison(made, output_column_name=name)


def _pairs(linker: Linker) -> pa.Table:
    found = linker.inference.predict(threshold_match_probability=KEEP_FROM)
    table = found.as_duckdbpyrelation().to_arrow_table()
    rows = [_pair(row) for row in table.to_pylist()]
    return check(sorted(rows, key=lambda row: (row["left"], row["right"])), PAIRS)


def _pair(row: Mapping[str, Any]) -> dict[str, Any]:
    left, right = sorted((row["unique_id_l"], row["unique_id_r"]))
    told = {name: _explain(name, row) for name in COMPARISONS}
    return {
        "left": left,
        "right": right,
        "probability": round(row["match_probability"], _DIGITS),
        "explanation": json.dumps(told, ensure_ascii=False),
    }


def _explain(name: str, row: Mapping[str, Any]) -> list[Any]:
    """[what was found, its weight in bits]. It never says what the names are."""
    gamma, levels = row[f"gamma_{name}"], COMPARISONS[name][1]
    label = "not known" if gamma < 0 else levels[len(levels) - 1 - gamma].label
    weight = (row.get(f"mw_{name}") or 0.0) + (row.get(f"mw_tf_adj_{name}") or 0.0)
    return [label, round(weight, 3)]


def compared_columns() -> Sequence[str]:
    """The comparisons, in the order in which explanations give them."""
    return tuple(COMPARISONS)
