"""Cases of the Human Trafficking Case Data Standard: a workbook comes in, people go out as cases.

What a column says is kept as a statement under the standard's name for it. Where the casebook has
a place of its own for it (sex, birth, names, acts, place), it is written there too, and goes out
from there: a statement goes out in its own words as long as it still says the same.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Any

from bearwitness.casebook import Name, Use, detect_script
from bearwitness.casebook.rights import Reader, Right
from bearwitness.coding import vocabulary_of
from bearwitness.errors import InputError
from bearwitness.intake.htcds import JOINED, Case, CasesRead, columns, read_cases, standard
from bearwitness.records.access import action
from bearwitness.records.importing import Imported, add_consents, add_people, bring_in
from bearwitness.records.indexing import keep
from bearwitness.records.models import Act, FindableAct, Person, Source

RECRUITMENT = "trafficking/recruitment"
_RECRUITED = ("vic_MethodOfRecruitment", "vic_LocationOfRecruitment")
_NO_SPACE = frozenset({"Hang", "Hani", "Kore"})
_BATCH = 500
_SHOWN = 5
LEFT_OUT = (
    "names but the first, and names in other scripts; events, and the dates and places of acts "
    "that are neither of recruitment nor of exploitation; who did it; what each rests on; terms "
    "that the standard has no code for, and the sex 'other'; consents but the one to this use"
)


@action(Right.RECORD)
def import_cases(  # noqa: PLR0913 - each is a decision of whoever brings the file in
    reader: Reader,
    path: Path,
    *,
    name: str = "",
    uses: Collection[Use] = (),
    mailing_by: str = "label",
    leave_out: bool = False,
) -> Imported:
    """Bring a filled workbook in: one source, and a person for each case, all or nothing.

    Where con_Consent is yes, being recorded is consented to, and `uses`: those that the list's own
    organisation asked for besides. Where it is no or empty, nothing is. A workbook with a cell
    that cannot be used is refused, or its row left out where `leave_out` is set.
    """
    path = Path(path)

    def read(list_name: str) -> tuple[CasesRead, tuple[Any, ...]]:
        found = read_cases(path, mailing_by=mailing_by)
        if found.problems and not leave_out:
            raise _unusable(path, found)
        return found, found.problems

    def add(source: Source, found: CasesRead) -> list[Person]:
        return _add(reader, source, found.cases, uses)

    facts = {"standard": "HTCDS 2.0", "mailing_by": mailing_by, "uses": sorted(uses)}
    return bring_in(reader, path, name=name, read=read, add=add, facts=facts)


def _unusable(path: Path, found: CasesRead) -> InputError:
    shown = "; ".join(f"row {p.row} {p.column}" for p in found.problems[:_SHOWN])
    first = found.problems[0].reason
    return InputError(
        f"{len(found.problems)} cells cannot be used: {shown}",
        where=path.name,
        hint=f"The first: {first}. Correct them, or have these rows left out.",
    )


def _add(
    reader: Reader, source: Source, cases: Iterable[Case], uses: Collection[Use]
) -> list[Person]:
    cases = list(cases)
    members = [_member(source, case) for case in cases]
    statements = [
        {
            "record": f"{source.list_name}/{case.ref}",
            "property": name,
            "value": case.values[name],
            "original": text,
        }
        for case in cases
        for name, text in case.originals.items()
    ]
    people = add_people(source, members, statements)
    agreed = [
        person
        for person, case in zip(people, cases, strict=True)
        if case.values.get("con_Consent") == "TRUE"
    ]
    add_consents(agreed, {Use.RECORD, *uses}, source.title)
    rows = [
        _act(reader, source, person, term, place)
        for person, case in zip(people, cases, strict=True)
        for term, place in _acts_in(case).items()
    ]
    keep(FindableAct, [act.pk for act in Act.objects.bulk_create(rows, _BATCH)])
    return people


def _member(source: Source, case: Case) -> dict[str, Any]:
    said = case.values
    name = full_name(said.get("prs_FirstName", ""), said.get("prs_SecondName", ""))
    sexes = standard()["sex"]["comes_in"]
    return {
        "record": f"{source.list_name}/{case.ref}",
        "names": [name] if name else [],
        "aliases": [],
        "sex": sexes.get(said.get("prs_Gender", ""), ""),
        "birth": said.get("prs_Birthdate", ""),
        "origin": "",
        "place": said.get("vic_LocationOfExploitation", "")[:200],
    }


def full_name(first: str, second: str) -> str:
    """As it is written in its script: the family name in front in Hangul and Han, else last."""
    scripts = {detect_script(part) for part in (first, second) if part}
    parts = [second, first] if scripts <= _NO_SPACE else [first, second]
    text = ("" if scripts <= _NO_SPACE else " ").join(filter(None, parts)).strip()
    return Name(text=text[:200]).text if text else ""


def _acts_in(case: Case) -> dict[str, str]:
    """The acts that the codes say, each with its place."""
    found = {}
    if any(case.values.get(name) for name in _RECRUITED):
        found[RECRUITMENT] = case.values.get("vic_LocationOfRecruitment", "")
    for field, terms in standard()["comes_in"].items():
        place = case.values.get("vic_LocationOfExploitation", "")
        for code in case.values.get(field, "").split(JOINED):
            if code in terms:
                exploited = field == "vic_TypeOfExploitation"
                found[terms[code]] = place if exploited else found.get(terms[code], "")
    return found


def _act(reader: Reader, source: Source, person: Person, term: str, place: str) -> Act:
    version = vocabulary_of(term).version
    facts = {"term": term, "vocabulary_version": version, "place": place[:200]}
    return Act(person=person, source=source, author=reader.name, **facts)


def case_of(person: Person, asked: Any) -> list[str]:
    """The person as a row of the workbook. Needs names, acts, and records with statements at hand.

    Names, and what leads to somebody, only where names are asked for; free text with words.
    """
    told = _statements(person)
    said = told | _from_casebook(person, told)
    said |= _names(person, told) if asked.names else {}
    kept = {"": True, "names": asked.names, "words": asked.words}
    fields = columns().values()
    return [person.code_name, *(said.get(c.name, "") if kept[c.leaves] else "" for c in fields)]


def _statements(person: Person) -> dict[str, str]:
    """What was said last, by the standard's field."""
    rows = [s for record in person.records.all() for s in record.statements.all()]
    rows = [s for s in rows if s.property in columns()]
    return {s.property: s.value for s in sorted(rows, key=lambda s: s.pk)}


def _from_casebook(person: Person, told: Mapping[str, str]) -> dict[str, str]:
    """What the casebook itself says, in the standard's words."""
    acts = sorted(person.acts.all(), key=lambda act: act.pk)
    recruited = [act.place for act in acts if act.term == RECRUITMENT and act.place]
    places = [record.place for record in person.records.all() if record.place]
    said = {
        "con_Consent": "TRUE",
        "prs_Gender": _gender(person.sex, told.get("prs_Gender", "")),
        "prs_Birthdate": person.birth,
        "vic_LocationOfRecruitment": recruited[0] if recruited else "",
        "vic_LocationOfExploitation": places[-1] if places else "",
    }
    terms = [act.term for act in acts]
    for field in standard()["comes_in"]:
        said[field] = JOINED.join(_codes(field, told.get(field, ""), terms))
    return said


def _gender(sex: str, told: str) -> str:
    known = standard()["sex"]
    if told and known["comes_in"].get(told) == sex:
        return told
    return str(known["goes_out"].get(sex, ""))


def _names(person: Person, told: Mapping[str, str]) -> dict[str, str]:
    """As first and second name where somebody said which is which; else whole, as the first."""
    first, second = told.get("prs_FirstName", ""), told.get("prs_SecondName", "")
    names = sorted(person.names.all(), key=lambda name: name.pk)
    if full_name(first, second) in {name.text for name in names}:
        return {}
    at_birth = [name.text for name in names if name.kind == "given-at-birth"]
    whole = (at_birth or [name.text for name in names] or [""])[0]
    return {"prs_FirstName": whole, "prs_SecondName": ""}


def _codes(field: str, told: str, terms: Collection[str]) -> list[str]:
    """The codes as told, but for those whose act is gone; then those of acts coded here."""
    comes_in = standard()["comes_in"][field]
    codes = [c for c in told.split(JOINED) if c and (c not in comes_in or comes_in[c] in terms)]
    meant = {comes_in.get(code) for code in codes}
    goes_out = standard()["goes_out"].get(field, {})
    codes += [goes_out[term] for term in terms if term in goes_out and term not in meant]
    return list(dict.fromkeys(codes))
