"""MEMBERS become the columns that linkage compares: keys for names and places, years for births."""

from __future__ import annotations

import re
from typing import Any

import pyarrow as pa

from bearwitness.linkage.names import key_alias, key_name, key_place

SCHEMA = pa.schema(
    [
        ("unique_id", pa.string()),
        ("name_key", pa.string()),
        ("name_keys", pa.list_(pa.string())),
        ("surname_key", pa.string()),
        ("given_key", pa.string()),
        ("alias_key", pa.string()),
        ("alias_keys", pa.list_(pa.string())),
        ("sex", pa.string()),
        ("birth_low", pa.int64()),
        ("birth_high", pa.int64()),
        ("origin_key", pa.string()),
        ("place_key", pa.string()),
    ]
)


def build_features(members: pa.Table) -> pa.Table:
    """One row a record, in text order of the records, so that input order changes nothing."""
    rows = sorted(members.to_pylist(), key=lambda row: str(row["record"]))
    return pa.Table.from_pylist([_features(row) for row in rows], schema=SCHEMA)


def _features(row: dict[str, Any]) -> dict[str, Any]:
    # Hangul before Latin: a key made of syllables knows where the surname ends.
    names = sorted(row["names"], key=lambda name: (not re.search("[가-힣]", name), name))
    keys = [key for key in map(key_name, names) if any(key)]
    whole = list(dict.fromkeys(surname + given for surname, given in keys))
    aliases = list(dict.fromkeys(filter(None, map(key_alias, sorted(row["aliases"])))))
    return {
        "unique_id": row["record"],
        "name_key": whole[0] if whole else None,
        "name_keys": whole or None,
        "surname_key": keys[0][0] or None if keys else None,
        "given_key": keys[0][1] or None if keys else None,
        "alias_key": aliases[0] if aliases else None,
        "alias_keys": aliases or None,
        "sex": row["sex"],
        "birth_low": row["birth_earliest"],
        "birth_high": row["birth_latest"],
        "origin_key": key_place(row["origin"]) or None if row["origin"] else None,
        "place_key": key_place(row["place"]) or None if row["place"] else None,
    }
