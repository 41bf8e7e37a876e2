"""The tables that travel between stages: declared schemas, one door in, one digest.

A stage never imports another stage. What they share is one of the schemas below, as a
`pyarrow.Table` that has passed `check`. `docs/reference/tables.md` is generated from here.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from bearwitness.errors import TableMismatch


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column: its meaning and unit, whether it may be empty, whether it may be published."""

    name: str
    type: pa.DataType
    meaning: str
    unit: str = ""
    nullable: bool = False
    publishable: bool = False
    key: bool = False
    default: Any = None


@dataclass(frozen=True, kw_only=True)
class Schema:
    """A named table with its columns; the key columns say which rows are the same row."""

    name: str
    meaning: str
    columns: tuple[Column, ...]

    @property
    def names(self) -> list[str]:
        return [column.name for column in self.columns]

    @property
    def key(self) -> list[str]:
        return [column.name for column in self.columns if column.key]

    @property
    def arrow(self) -> pa.Schema:
        return pa.schema([pa.field(c.name, c.type, nullable=c.nullable) for c in self.columns])

    def empty(self) -> pa.Table:
        return self.arrow.empty_table()


_TEXT, _INT, _REAL, _TEXTS = pa.string(), pa.int64(), pa.float64(), pa.list_(pa.string())


def _text(name: str, meaning: str, **rest: Any) -> Column:
    return Column(name=name, type=_TEXT, meaning=meaning, **rest)


def _int(name: str, meaning: str, **rest: Any) -> Column:
    return Column(name=name, type=_INT, meaning=meaning, **rest)


def _real(name: str, meaning: str, **rest: Any) -> Column:
    return Column(name=name, type=_REAL, meaning=meaning, **rest)


STATEMENTS = Schema(
    name="STATEMENTS",
    meaning="Who says what about which record: the atom that everything else rests on.",
    columns=(
        _text("source", "the source that says so", key=True),
        _text("record", "the record that it is said of", key=True),
        _text("property", "what is said: a column or field name", key=True),
        _text("value", "the value as we read it", key=True),
        _text("original", "the value as it was written"),
        _text("language", "BCP 47 tag of the original, where known", nullable=True),
    ),
)

CODINGS = Schema(
    name="CODINGS",
    meaning="Which words were coded with which term, by whom.",
    columns=(
        _text("source", "the source that was coded", key=True),
        _int("start", "first character of the span", unit="characters", key=True),
        _int("end", "the character after the span", unit="characters", key=True),
        _text("quote", "the exact words"),
        _text("term", "the term's id in its vocabulary, with the version", key=True),
        _text("coder", "who coded it", key=True),
        _text("coded_at", "when", unit="ISO 8601, UTC"),
    ),
)

MEMBERS = Schema(
    name="MEMBERS",
    meaning="One row a record: a list says that it knows of this person.",
    columns=(
        _text("record", "the record's id, unique over the study: list/id", key=True),
        _text("list", "the list that holds the record", publishable=True),
        _text("stratum", "the stratum, empty where there is none", publishable=True, default=""),
        Column(name="names", type=_TEXTS, meaning="every name as written, any script", default=[]),
        Column(name="aliases", type=_TEXTS, meaning="names used in China", default=[]),
        _text("sex", "female, male, other", nullable=True),
        _text("birth", "birth as EDTF", nullable=True),
        _int("birth_earliest", "earliest year of birth", unit="year", nullable=True),
        _int("birth_latest", "latest year of birth", unit="year", nullable=True),
        _text("origin", "place of origin as written", nullable=True),
        _text("place", "place of the event as written", nullable=True),
    ),
)

ACTS = Schema(
    name="ACTS",
    meaning="What was done to whom, when, and where that is known from.",
    columns=(
        _text("act", "the act's number in the casebook", key=True),
        _text("person", "whom it was done to, by code name"),
        _text("type", "the type of the act: a term's id in its vocabulary", publishable=True),
        _text("date", "when, as EDTF", nullable=True),
        _text("place", "where, as written", nullable=True),
        _text("source", "the number of the source that says so"),
        _text("recorded", "the day on which the source was received", unit="ISO 8601",
              nullable=True),
    ),
)  # fmt: skip

PAIRS = Schema(
    name="PAIRS",
    meaning="Two records compared: how probable it is that they are about one person, and why.",
    columns=(
        _text("left", "a record", key=True),
        _text("right", "another record", key=True),
        _real("probability", "probability that both are one person", unit="0 to 1"),
        _text("explanation", "what agreed and what did not, with weights, as JSON"),
    ),
)

LINKS = Schema(
    name="LINKS",
    meaning="Which person each record is about, in each draw of the linkage.",
    columns=(
        _text("record", "a record", key=True),
        _text("person", "the person: the first record of the cluster, by text order"),
        _int("draw", "draw of the linkage; 0 is the best single linkage", key=True, default=0),
    ),
)

HISTORIES = Schema(
    name="HISTORIES",
    meaning="How many people were seen on exactly this set of lists.",
    columns=(
        _text("stratum", "the stratum, empty where there is none",
              key=True, publishable=True, default=""),
        _text("pattern", "names of the lists that saw them, sorted, joined by +",
              key=True, publishable=True),
        _int("count", "people", unit="people", publishable=True),
        _int("draw", "draw of the linkage", key=True, default=0),
    ),
)  # fmt: skip

ESTIMATES = Schema(
    name="ESTIMATES",
    meaning="How many people there are in all, by one method, with its verdict.",
    columns=(
        _text("stratum", "the stratum, empty for the whole",
              key=True, publishable=True, default=""),
        _text("method", "the method and its settings", key=True, publishable=True),
        _int("observed", "people on any list", unit="people"),
        _real("estimate", "people in all", unit="people", nullable=True, publishable=True),
        _real("lower", "lower end of the interval", unit="people", nullable=True, publishable=True),
        _real("upper", "upper end of the interval", unit="people", nullable=True, publishable=True),
        _real("level", "level of the interval", unit="0 to 1", publishable=True),
        _text("verdict", "estimate, lower bound only, or no estimate", publishable=True),
        _text("reasons", "why that verdict, in words", publishable=True, default=""),
    ),
)  # fmt: skip

FIGURES = Schema(
    name="FIGURES",
    meaning="What may be printed, and what it rests on.",
    columns=(
        _text("id", "the figure's name in the report text", key=True, publishable=True),
        _text("statement", "the figure as a sentence", publishable=True),
        _real("value", "the value as printed", nullable=True, publishable=True),
        _real("lower", "lower end as printed", nullable=True, publishable=True),
        _real("upper", "upper end as printed", nullable=True, publishable=True),
        _text("unit", "what is counted", publishable=True),
        _text("population", "who is counted", publishable=True),
        _text("period", "when, as EDTF", publishable=True),
        _text("place", "where", publishable=True),
        _text("base", "out of how many, or of what", publishable=True),
        _text("method", "how the value was reached", publishable=True),
        _text("provenance", "digests of the tables it was computed from", publishable=True),
        _text("kind", "what kind of figure it is: its declaration's kind", publishable=True,
              default=""),
        _real("level", "level of the interval", unit="0 to 1", nullable=True, publishable=True),
        _real("step", "what the printed numbers are multiples of", publishable=True, default=1.0),
        _text("caveats", "sentences that must travel with it", publishable=True, default=""),
        _text("ko", "the sentence in Korean", publishable=True, default=""),
        _text("zh_hans", "the sentence in Chinese (simplified)", publishable=True, default=""),
        _text("recipe", "how it comes out of published things, as JSON; empty where it does not",
              publishable=True, default=""),
    ),
)  # fmt: skip

SCHEMAS = (STATEMENTS, CODINGS, MEMBERS, ACTS, PAIRS, LINKS, HISTORIES, ESTIMATES, FIGURES)


def check(data: Any, schema: Schema) -> pa.Table:
    """Give `data` as a table in exactly `schema`: columns in order, types cast, metadata dropped.

    Takes a dict of columns, a list of row dicts, or anything that speaks Arrow: pyarrow, polars,
    pandas, a DuckDB relation. Missing columns with a default are filled; a missing nullable
    column is empty. Raises TableMismatch naming the table and column.
    """
    table = _as_arrow(data, schema)
    unknown = sorted(set(table.column_names) - set(schema.names))
    if unknown:
        raise TableMismatch(
            f"unknown column {unknown[0]!r} in {schema.name}",
            hint=f"{schema.name} has the columns {', '.join(schema.names)}.",
        )
    columns = [_column(table, column, schema) for column in schema.columns]
    checked = pa.table(columns, schema=schema.arrow)
    _check_key(checked, schema)
    return checked


def digest(table: pa.Table, schema: Schema) -> str:
    """SHA-256 of the table's canonical text: equal for equal rows, however they were made.

    The text is one schema line, then one JSON line a row, sorted by the schema's key. Arrow's
    own bytes are no content hash: equal tables differ in chunking, offsets and metadata.
    """
    table = check(table, schema)
    order = [(name, "ascending") for name in schema.key]
    lines = [json.dumps([schema.name, [[c.name, str(c.type)] for c in schema.columns]])]
    columns = [column.to_pylist() for column in table.sort_by(order).columns]
    lines += [_row_text(row) for row in zip(*columns, strict=True)]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _row_text(row: tuple[Any, ...]) -> str:
    # repr of a float is the shortest text that reads back equal; -0.0 and 0.0 are equal values.
    values = [value + 0.0 if isinstance(value, float) else value for value in row]
    return json.dumps(values, ensure_ascii=False, separators=(",", ":"))


def _as_arrow(data: Any, schema: Schema) -> pa.Table:
    try:
        if isinstance(data, pa.Table):
            return data
        if isinstance(data, Mapping):
            return pa.table(dict(data))
        if isinstance(data, list):
            return pa.Table.from_pylist(data) if data else schema.empty()
        return pa.table(data)
    except (TypeError, ValueError, pa.ArrowException) as error:
        raise TableMismatch(
            f"this cannot be read as a {schema.name} table ({type(data).__name__})",
            hint="Give a dict of columns, a list of row dicts, or a pyarrow, polars, pandas "
            "or DuckDB table.",
        ) from error


def _column(table: pa.Table, column: Column, schema: Schema) -> pa.ChunkedArray:
    if column.name not in table.column_names:
        if column.default is None and not column.nullable:
            raise TableMismatch(
                f"{schema.name} needs a column {column.name!r}: {column.meaning}",
                hint=f"{schema.name} has the columns {', '.join(schema.names)}.",
            )
        filled = pa.array([column.default] * table.num_rows, column.type)
        return pa.chunked_array([filled], type=column.type)
    try:
        cast = table.column(column.name).cast(column.type)
    except (pa.ArrowException, ValueError) as error:
        raise TableMismatch(
            f"column {column.name!r} of {schema.name} should be {column.type}",
            hint=f"It means: {column.meaning}.",
        ) from error
    cast = _nan_to_null(cast)
    if cast.null_count and not column.nullable:
        row = cast.is_null().to_pylist().index(True) + 1
        raise TableMismatch(f"column {column.name!r} of {schema.name} is empty in row {row}")
    return cast


def _nan_to_null(column: pa.ChunkedArray) -> pa.ChunkedArray:
    # pandas writes "no value" as NaN; the same rows must give the same digest from every library.
    if not pa.types.is_floating(column.type):
        return column
    array = pa.array(column.to_pylist(), column.type, from_pandas=True)
    return pa.chunked_array([array], type=column.type)


def _check_key(table: pa.Table, schema: Schema) -> None:
    grouped = table.select(schema.key).group_by(schema.key).aggregate([([], "count_all")])
    if grouped.num_rows != table.num_rows:
        raise TableMismatch(
            f"{schema.name} holds the same {' + '.join(schema.key)} in more than one row",
            hint="Each row must be a different one; add the counts of equal rows together first.",
        )
