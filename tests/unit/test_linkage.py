"""Records about one person meet, in four scripts; what people judge outranks what was computed."""

import json
from collections import Counter, defaultdict
from itertools import combinations, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bearwitness.demo import generate, write_lists
from bearwitness.errors import JudgementInvalid, StudyInvalid
from bearwitness.intake import ListMapping, read_lists
from bearwitness.linkage import (
    Judgement,
    LinkageSettings,
    draw_linkages,
    link,
    read_judgements,
    resolve,
)
from bearwitness.linkage.names import key_alias, key_name, key_place
from bearwitness.tables import LINKS, PAIRS, digest

COLUMNS = {"record": "id", "names": ["name", "romanised"], "aliases": "alias"}
COLUMNS |= {name: name for name in ("sex", "birth", "origin", "place")}


@pytest.mark.parametrize(
    "spellings",
    [
        ["리영희", "이영희", "Ri Yong Hui", "Lee Young-hee", "Yi Yŏnghŭi", "Young-hee Lee"],
        ["박철수", "Pak Chol Su", "Bak Cheolsu", "PAK Ch'ŏlsu"],
        ["최금순", "Choe Kum Sun", "Choi Geum-soon"],
        ["림옥화", "임옥화", "Rim Ok Hwa", "Lim Ok-hwa"],
        ["류미란", "Ryu Mi Ran", "Yoo Mi-ran"],
    ],
)
def test_spellings_of_one_name_have_one_key(spellings):
    assert len({key_name(name) for name in spellings}) == 1


def test_different_names_have_different_keys():
    names = ["리영희", "리영호", "박영희", "최금순", "최금선", "김철수", "강철수"]
    assert len({key_name(name) for name in names}) == len(names)


def test_aliases_and_places_meet_across_scripts():
    assert key_alias("王丽") == key_alias("Wang Li") == key_alias("wangli")
    assert key_place("회령") == key_place("会宁") == key_place("Hoeryong")
    assert key_place("연길시") == key_place("延吉市") == key_place("Yanji City")


def read_casebook(casebook, folder):
    files = [path for path in write_lists(casebook, folder) if path.stem != "truth"]
    mappings = [ListMapping(name=p.stem, file=p.name, columns=COLUMNS) for p in files]
    return read_lists(folder, mappings).members


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    casebook = generate(1500)
    members = read_casebook(casebook, tmp_path_factory.mktemp("lists"))
    return casebook, members, link(members)


def pairs_of(person_of):
    groups = defaultdict(list)
    for record, person in person_of.items():
        groups[person].append(record)
    return {pair for group in groups.values() for pair in combinations(sorted(group), 2)}


def test_the_fictional_casebook_is_linked_well(whole):
    casebook, _, linkage = whole
    truth = pairs_of(dict(casebook.truth))
    found = pairs_of({row["record"]: row["person"] for row in linkage.links.to_pylist()})
    assert len(truth & found) / len(found) > 0.97, "precision"
    assert len(truth & found) / len(truth) > 0.92, "recall"
    assert linkage.report.trained


def test_the_order_of_records_changes_nothing(whole):
    _, members, linkage = whole
    turned = link(members.take(list(range(members.num_rows - 1, -1, -1))))
    assert digest(turned.pairs, PAIRS) == digest(linkage.pairs, PAIRS)
    assert digest(turned.links, LINKS) == digest(linkage.links, LINKS)


def test_explanations_say_what_agreed_and_never_a_name(whole):
    casebook, _, linkage = whole
    told = linkage.pairs.column("explanation").to_pylist()
    assert set(json.loads(told[0])) == {"name", "birth", "alias", "sex", "origin", "place"}
    names = {row["name"] for rows in casebook.lists.values() for row in rows if row["name"]}
    assert not any(name in text for text in told for name in names)


def test_fifty_people_are_linked_with_stated_weights_and_the_report_says_so(tmp_path):
    casebook = generate(50)
    linkage = link(read_casebook(casebook, tmp_path))
    assert not linkage.report.trained
    assert "stated" in linkage.report.notes[0]
    truth = pairs_of(dict(casebook.truth))
    found = pairs_of({row["record"]: row["person"] for row in linkage.links.to_pylist()})
    assert len(truth & found) / len(truth) > 0.8
    assert len(truth & found) / max(len(found), 1) > 0.95


def test_lists_without_names_cannot_be_linked():
    with pytest.raises(StudyInvalid, match="name"):
        link([{"record": "a/1", "list": "a"}])


RECORDS = [f"list/{n}" for n in range(6)]
records = st.sampled_from(RECORDS)
scored = st.lists(st.tuples(records, records, st.floats(0, 1)), max_size=20)
judged = st.lists(st.tuples(records, records, st.sampled_from(["same", "different"])), max_size=8)


def judgement(left, right, verdict):
    said = {"by": "Dina", "at": "2026-01-31", "why": "read both"}
    return Judgement(left=left, right=right, judgement=verdict, **said)


@given(scored, judged)
def test_judgements_are_always_honoured_or_refused_as_contradictory(pairs, judgements):
    made = [judgement(*j) for j in judgements if j[0] != j[1]]
    rows = {(a, b): p for a, b, p in pairs if a < b}
    table = [
        {"left": a, "right": b, "probability": p, "explanation": "{}"} for (a, b), p in rows.items()
    ] or PAIRS.empty()
    try:
        links = resolve(RECORDS, table, made, threshold=0.5)
    except JudgementInvalid:
        return
    person = {row["record"]: row["person"] for row in links.to_pylist()}
    for j in made:
        assert (person[j.left] == person[j.right]) == (j.judgement == "same")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("left,right\na,b\n", "columns"),
        ("left,right,judgement,by,at,why\na,b,perhaps,D,2026,x\n", "row 2"),
        ("left,right,judgement,by,at,why\na,b,same,D,2026,\n", "column why"),
        ("left,right,judgement,by,at,why\na,a,same,D,2026,x\n", "itself"),
    ],
)
def test_a_judgement_that_cannot_be_followed_is_refused(tmp_path, text, says):
    path = tmp_path / "judgements.csv"
    path.write_text(text)
    with pytest.raises(JudgementInvalid, match=says):
        read_judgements(path)


def test_a_chain_of_lookalikes_is_not_one_person():
    near = [(a, b, 0.9) for a, b in pairwise(RECORDS)]
    rows = [{"left": a, "right": b, "probability": p, "explanation": "{}"} for a, b, p in near]
    links = resolve(RECORDS, rows, (), threshold=0.5)
    people = links.column("person").to_pylist()
    assert max(people.count(person) for person in people) == 2
    whole = [(a, b, 0.6) for a, b in combinations(RECORDS, 2)]
    rows = [{"left": a, "right": b, "probability": p, "explanation": "{}"} for a, b, p in whole]
    assert len(set(resolve(RECORDS, rows, (), threshold=0.5).column("person").to_pylist())) == 1


def test_a_judgement_on_an_unknown_record_is_refused():
    with pytest.raises(JudgementInvalid, match="no record"):
        resolve(["a"], PAIRS.empty(), [judgement("a", "b", "same")], threshold=0.9)


def test_the_threshold_is_a_setting(whole):
    _, members, linkage = whole
    strict = link(members, settings=LinkageSettings(threshold=0.999))
    people = [len(set(x.links.column("person").to_pylist())) for x in (linkage, strict)]
    assert people[1] > people[0]


def scored_pairs(*rows):
    return [{"left": a, "right": b, "probability": p, "explanation": "{}"} for a, b, p in rows]


def test_linkages_are_drawn_as_often_as_they_are_probable():
    # Three records: by hand, a partition weighs the product of the odds of its pairs.
    a, b, c = RECORDS[:3]
    pairs = scored_pairs((a, b, 0.6), (a, c, 0.5), (b, c, 0.8))
    best = resolve([a, b, c], pairs, (), threshold=0.5)
    links = draw_linkages(best, pairs, count=4000, seed=1)
    drawn = draws_by_number(links)[1:]
    found = Counter(tuple(groups[r] for r in (a, b, c)) for groups in drawn)
    weights = {(a, b, c): 1.0, (a, a, c): 1.5, (a, b, a): 1.0, (a, b, b): 4.0, (a, a, a): 6.0}
    for partition, weight in weights.items():
        expected = weight / sum(weights.values())
        assert abs(found[partition] / 4000 - expected) < 0.03, partition


def test_drawn_linkages_honour_judgements():
    a, b, c, d = RECORDS[:4]
    pairs = scored_pairs((a, b, 0.9), (b, c, 0.9), (a, c, 0.9), (c, d, 0.1))
    judged = [judgement(a, b, "different"), judgement(c, d, "same")]
    best = resolve([a, b, c, d], pairs, judged, threshold=0.5)
    for row in draws_by_number(draw_linkages(best, pairs, judged, count=200, seed=1)):
        assert row[a] != row[b]
        assert row[c] == row[d]


def draws_by_number(links):
    drawn = defaultdict(dict)
    for row in links.to_pylist():
        drawn[row["draw"]][row["record"]] = row["person"]
    return list(drawn.values())
