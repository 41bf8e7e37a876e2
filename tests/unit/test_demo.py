"""The fictional casebook: the same seed gives the same bytes, and its truth is known."""

from bearwitness.demo import generate, write_lists


def test_equal_seeds_give_equal_files_and_other_seeds_others(tmp_path):
    made = {}
    for name, seed in (("one", 7), ("two", 7), ("three", 8)):
        paths = write_lists(generate(200, seed=seed), tmp_path / name)
        made[name] = {path.name: path.read_bytes() for path in paths}
    assert made["one"] == made["two"]
    assert made["one"] != made["three"]


def test_the_truth_names_every_record_and_no_list_names_the_truth():
    casebook = generate(300)
    records = {f"{name}/{row['id']}" for name, rows in casebook.lists.items() for row in rows}
    assert records == {record for record, _ in casebook.truth}
    assert all(person < casebook.size for _, person in casebook.truth)
    assert "person" not in casebook.lists["harbour"][0]


def test_some_people_are_on_several_lists_some_twice_on_one_and_many_on_none():
    casebook = generate(3000)
    seen = {person for _, person in casebook.truth}
    assert 0.4 < len(seen) / casebook.size < 0.8
    places = [(record.split("/")[0], person) for record, person in casebook.truth]
    assert len(set(places)) < len(places)


def test_lists_reach_some_kinds_of_people_more_than_others():
    casebook = generate(20_000)
    rows = casebook.lists["lantern"]
    assert sum(row["sex"] == "F" for row in rows) / len(rows) > 0.72
