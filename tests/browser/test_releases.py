"""Releases and the walk in a browser: accessible in three languages, and gone by keyboard alone."""

import pytest
from django.db import connection
from tests.browser.test_every_page import (  # noqa: F401
    begin_audit,
    beside_a_loop,
    browser,
    press,
    pytestmark,
    tab_to,
    violations,
)
from tests.cast import account, reader
from tests.web.conftest import home  # noqa: F401
from tests.web.walked import freeze_and_run, make_people

from bearwitness.casebook.approval import LOOKS, Standing
from bearwitness.casebook.rights import Role
from bearwitness.pipeline import run_study
from bearwitness.pipeline.walked import Walk
from bearwitness.records import actions
from bearwitness.records.release_guards import remove_guards
from bearwitness.records.triggers import remove_triggers

LANGUAGES = [("en", "light"), ("ko", "light"), ("zh-hans", "light"), ("en", "dark")]


def prepare(folder, who):
    walk = Walk(folder)
    rows = list(walk.every_row())
    prepared = actions.Prepared(
        study="small",
        title="A study to walk through (fictional)",
        output=walk.output,
        records=[row.key for row in rows],
        code_names={walk.code_name(row) for row in rows},
        use="analyse",
        attack={"holds": True, "threshold": 2, "cells": [["harbour", 2, 9], ["casebook", 2, None]]},
    )
    return actions.prepare_release(reader(who), prepared)


@pytest.fixture
def pages(live_server, client, settings, tmp_path):
    """Two releases, the first published and its base changed; a session of somebody with all
    roles, who prepared neither."""
    begin_audit()
    client.force_login(account("alice", *Role))
    people = make_people()
    folder = settings.BEARWITNESS_STUDIES / "small"
    freeze_and_run(folder, tmp_path / "key")
    first = prepare(folder, "ana")
    actions.move_release(reader("paul"), first, to=Standing.CHECKED, looked=LOOKS)
    actions.move_release(reader("alice"), first, to=Standing.PUBLISHED)
    actions.withdraw_consent(reader("alice"), people[0], use="analyse")
    actions.edit_person(reader("alice"), people[1], said={"birth": "1901"})
    toml = (folder / "study.toml").read_text().replace("rounding = 1", "rounding = 5")
    (folder / "study.toml").write_text(toml.replace("threshold = 2", "threshold = 5"))
    run_study(folder, key_path=tmp_path / "key")
    second = prepare(folder, "ana")
    act = people[1].acts.get().pk
    shown = {
        "study": "/studies/small/",
        "releases": "/releases/",
        "release-published": f"/releases/{first.pk}/",
        "release-to-check": f"/releases/{second.pk}/",
        "figures": "/studies/small/figures/",
        "figure": "/studies/small/figures/total/",
        "cited": "/studies/small/figures/cited/",
        "table": "/studies/small/tables/histories/",
        "run": "/studies/small/made-from/?figure=total",
        "rows": "/studies/small/rows/?figure=total",
        "rows-of": "/studies/small/rows/?of=table:MEMBERS",
        "person": f"/studies/small/rows/{people[1].code_name}/",
        "withdrawn": f"/studies/small/rows/{people[0].code_name}/",
        "told": f"/studies/small/rows/{people[1].code_name}/told/",
        "words": f"/studies/small/words/{act}/",
    }
    yield live_server.url, client.cookies["sessionid"].value, shown
    remove_triggers(connection)
    remove_guards(connection)


@pytest.mark.parametrize(("language", "scheme"), LANGUAGES)
def test_releases_and_the_walk_are_accessible_and_fit(language, scheme, pages, browser):  # noqa: F811
    server, session, shown = pages
    context = browser.new_context(color_scheme=scheme)
    cookies = {"language": language, "sessionid": session}
    context.add_cookies([{"name": k, "value": v, "url": server} for k, v in cookies.items()])
    page, found = context.new_page(), []
    for name, url in shown.items():
        assert page.goto(server + url).status == 200, name
        found += violations(page, f"{scheme}-{language}-{name}")
        if name == "words":
            with page.expect_navigation():
                page.click(".notice button")
            found += violations(page, f"{scheme}-{language}-{name}-open")
        if name == "release-to-check":
            page.click("form.fields button")
            page.wait_for_selector("[role=alert]")
            found += violations(page, f"{scheme}-{language}-{name}-again")
    context.close()
    assert found == []


def test_a_checker_works_by_keyboard_alone(pages, browser):  # noqa: F811
    """Tick everything, and check; then from the figure to the words."""
    server, session, shown = pages
    context = browser.new_context()
    context.add_cookies([{"name": "sessionid", "value": session, "url": server}])
    page = context.new_page()
    page.goto(server + shown["release-to-check"])
    for name in LOOKS:
        tab_to(page, f"[name=looked][value={name}]")
        page.keyboard.press("Space")
    press(page, "form.fields button:not(.quiet)")
    assert "looked at" in page.inner_text("#moves ~ h3")
    page.goto(server + shown["figure"])
    press(page, "a.button[href*='made-from']")
    press(page, "a.button[href*='rows']")
    press(page, "main ul.rows a")
    press(page, "td a.code")
    press(page, "a.button[href$='told/']")
    press(page, "a[href*='/words/']")
    press(page, ".notice button")
    assert "Lark" in page.inner_text("blockquote mark")
    context.close()
