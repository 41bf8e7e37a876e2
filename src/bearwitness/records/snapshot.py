"""Freeze the rows that a use is consented for into a study. Whoever withdrew is not among them."""

from __future__ import annotations

import csv
import io
import json
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from pathlib import Path

from bearwitness.casebook import Use
from bearwitness.casebook.rights import Reader, Right
from bearwitness.errors import ConsentMissing, NotPermitted
from bearwitness.intake.originals import seal
from bearwitness.records.access import STATED, query
from bearwitness.records.actions import note_snapshot
from bearwitness.records.models import Act, Record
from bearwitness.records.queries import (
    consented_acts,
    consented_people,
    consented_records,
    number_of_people,
)
from bearwitness.tables import ACTS

COLUMNS = ("record", "names", "alias", "sex", "birth", "origin", "place")
ACTS_FILE = "acts.table.csv"  # no list can have a dot in its name
MANIFEST = "snapshot.json"
_PART, _OLD = ".frozen-part", ".frozen-old"


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """A snapshot that was taken: records by list, acts, and how many people stayed out."""

    folder: Path
    use: Use
    on: date
    records: Mapping[str, int]
    people: int
    left_out: int
    acts: int = 0

    def __str__(self) -> str:
        lines = [f"{self.people:,} people consented to {self.use.value!r} as of {self.on}"]
        lines += [f"  {name}: {count:,} records" for name, count in self.records.items()]
        lines += [f"  {self.acts:,} acts"] if self.acts else []
        lines += [f"{self.left_out:,} people left out: no consent to this use in force"]
        return "\n".join(lines)


@query(Right.ANALYSE, use=STATED)
def snapshot(reader: Reader, folder: Path, *, use: Use | str = Use.ANALYSE, on: date) -> Snapshot:
    """Freeze one CSV per list, and one of acts where there are any, into `folder` (a study's
    frozen/), sealed. Same rows, same bytes.

    A record goes by its person's code name. Files of an earlier snapshot are replaced, so that
    nobody who withdrew stays behind; other sealed files in the folder are kept. Raises
    ConsentMissing where nobody consented.
    """
    folder, use = Path(folder), Use(use)
    rows = list(consented_records(reader, use, on=on))
    people = consented_people(reader, use, on=on).count()
    if not rows:
        raise ConsentMissing(
            f"nobody on a list has consented to {use.value!r} as of {on}",
            hint="Enter consents first. Without them no record leaves the records.",
        )
    by_list = {name: list(group) for name, group in groupby(rows, lambda r: r.source.list_name)}
    acts = list(consented_acts(reader, use, on=on))
    taken = Snapshot(
        folder=folder,
        use=use,
        on=on,
        records={name: len(group) for name, group in by_list.items()},
        people=people,
        left_out=number_of_people(reader) - people,
        acts=len(acts),
    )
    files = {
        f"{name}.csv": _csv(COLUMNS, map(frozen_record, group)) for name, group in by_list.items()
    }
    if acts:
        files[ACTS_FILE] = _csv(ACTS.names, map(frozen_act, acts))
    note_snapshot(reader, use.value)
    _freeze(folder, files | {MANIFEST: _manifest(taken)})
    return taken


def _csv(columns: Iterable[str], rows: Iterable[list[str]]) -> str:
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return stream.getvalue()


def frozen_act(act: Act) -> list[str]:
    when = [act.date, act.place, str(act.source_id), act.source.received_at.isoformat()]
    return [str(act.pk), act.person.code_name, act.term, *when]


def frozen_record(record: Record) -> list[str]:
    names = [n for n in record.person.names.all() if n.source_id == record.source_id]
    birth_names = ";".join(n.text for n in names if n.kind == "given-at-birth")
    aliases = ";".join(n.text for n in names if n.kind != "given-at-birth")
    said = [record.sex, record.birth, record.origin, record.place]
    return [record.person.code_name, birth_names, aliases, *said]


def _manifest(taken: Snapshot) -> str:
    facts = {
        "use": taken.use.value,
        "on": taken.on.isoformat(),
        "records": dict(taken.records),
        "people": taken.people,
        "left_out": taken.left_out,
        "acts": taken.acts,
    }
    return json.dumps(facts, indent=2, ensure_ascii=False) + "\n"


def _freeze(folder: Path, files: Mapping[str, str]) -> None:
    """Build the new frozen/ beside the old one, sealed, and swap them."""
    part, old = folder.with_name(_PART), folder.with_name(_OLD)
    if old.exists() and not folder.exists():
        old.rename(folder)  # killed between the two renames below
    for leftover in (part, old):
        shutil.rmtree(leftover, ignore_errors=True)
    kept = _others(folder, files)
    written = part / "written"
    written.mkdir(parents=True)
    for name, text in files.items():
        (written / name).write_text(text, encoding="utf-8")
    seal([*kept, *(written / name for name in files)], part)
    shutil.rmtree(written)
    if folder.exists():
        folder.rename(old)
    part.rename(folder)
    shutil.rmtree(old, ignore_errors=True)


def _others(folder: Path, files: Mapping[str, str]) -> list[Path]:
    """Sealed files that no snapshot made. A name that we would write over is refused."""
    if not folder.exists():
        return []
    manifest = folder / MANIFEST
    earlier = set()
    if manifest.is_file():
        earlier = {f"{n}.csv" for n in json.loads(manifest.read_text("utf-8"))["records"]}
    present = [p for p in sorted(folder.iterdir()) if p.is_file() and not p.name.startswith(".")]
    ours = earlier | {MANIFEST, ACTS_FILE, "seals.json"}
    others = [p for p in present if p.name not in ours]
    for path in others:
        if path.name in files:
            raise NotPermitted(
                "a file that is no snapshot has this list's name",
                where=f"frozen/{path.name}",
                hint="Take the snapshot into a study of its own.",
            )
    return others
