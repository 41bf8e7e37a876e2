from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bearwitness.casebook.approval import PREPARE, Made, Standing, check_may_move
from bearwitness.casebook.rights import Reader, Right
from bearwitness.errors import NotPermitted
from bearwitness.records.access import action
from bearwitness.records.audit import Writing, audited
from bearwitness.records.kept import check_kept, current_run, keep_package
from bearwitness.records.models import InRelease, Person, Release

_BATCH = 5_000
_OPEN = (Standing.PREPARED.value, Standing.CHECKED.value)


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """What is prepared: a study's output, the record ids of its base, and who of the casebook is
    in it by code name, for which use. `attack` is what the attack on it found."""

    study: str
    title: str
    output: Path
    records: Collection[str] = ()
    code_names: Collection[str] = ()
    use: str = ""
    attack: Mapping[str, Any] = field(default_factory=dict)


@action(PREPARE.right)
def prepare_release(reader: Reader, prepared: Prepared) -> Release:
    """Hand a study's package to whoever checks it. A copy is kept: that is what is published.

    Raises NotPermitted while another one of the same study waits.
    """
    kept = keep_package(prepared.output, prepared.records)
    with audited(reader) as write:
        if Release.objects.filter(study=prepared.study, standing__in=_OPEN).exists():
            raise NotPermitted(
                "a release of this study is on its way already",
                hint="Take that one back first, or wait until it is published or sent back.",
            )
        release = Release(
            study=prepared.study,
            title=prepared.title,
            run_digest=kept.run_digest,
            package_digest=kept.package_digest,
            use=prepared.use,
            attack=dict(prepared.attack),
            prepared_by=reader.name,
            prepared_at=datetime.now(UTC),
        )
        base = _people(prepared.code_names)
        release.people = len(base)
        write.add("prepare_release", release)
        rows = [InRelease(release=release, person_id=number) for number in base]
        InRelease.objects.bulk_create(rows, _BATCH)
    return release


@action(Right.STUDIES)
def move_release(
    reader: Reader,
    release: Release,
    *,
    to: Standing,
    reason: str = "",
    looked: Collection[str] = (),
) -> Release:
    """Check, publish, send back, take back or withdraw a release.

    Its standing is read under lock: of two people who move at once, the second is refused. What
    is published is checked once more, file by file.
    """
    with audited(reader, why=reason) as write:
        stored = Release.objects.select_for_update().get(pk=release.pk)
        move = check_may_move(
            reader,
            Made(prepared_by=stored.prepared_by, checked_by=stored.checked_by),
            standing=Standing(stored.standing),
            to=to,
            reason=reason,
            looked=looked,
            is_stale=current_run(stored.study) != stored.run_digest,
        )
        if to in (Standing.CHECKED, Standing.PUBLISHED):
            check_kept(stored.package_digest)
        values = {"standing": to.value} | _who(write, to, reason, looked)
        write.change(f"{move.name.replace(' ', '_')}_release", release, values)
    return release


def _who(write: Writing, to: Standing, reason: str, looked: Collection[str]) -> dict[str, Any]:
    now = datetime.now(UTC)
    if to is Standing.CHECKED:
        return {"checked_by": write.by, "checked_at": now, "looked_at": sorted(looked)}
    if to is Standing.PUBLISHED:
        return {"published_by": write.by, "published_at": now}
    return {"ended_by": write.by, "ended_at": now, "reason": reason.strip()[:500]}


def _people(code_names: Iterable[str]) -> list[int]:
    names, found = sorted(set(code_names)), []
    for first in range(0, len(names), 500):
        rows = Person.objects.filter(code_name__in=names[first : first + 500])
        found += list(rows.values_list("pk", flat=True))
    return sorted(found)
