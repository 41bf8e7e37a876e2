"""The search page before and after: axe-core finds nothing, it fits, and the keyboard is enough."""

import pytest
from tests.browser.test_every_page import (
    LANGUAGES,
    beside_a_loop,  # noqa: F401
    browser,  # noqa: F401
    casebook,  # noqa: F401
    playwright,  # noqa: F401
    press,
    pytestmark,  # noqa: F401
    tab_to,
    violations,
)
from tests.web.conftest import home  # noqa: F401


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_search_is_asked_read_and_kept(language, casebook, browser):  # noqa: F811
    server, session, _ = casebook
    context = browser.new_context()
    cookies = {"language": language, "sessionid": session}
    context.add_cookies([{"name": k, "value": v, "url": server} for k, v in cookies.items()])
    page = context.new_page()
    page.goto(f"{server}/search/")
    tab_to(page, "#id_text")
    page.keyboard.type("lark")
    tab_to(page, "summary")
    page.keyboard.press("Enter")
    found = violations(page, f"{language}-search-open")
    tab_to(page, "#id_period")
    page.keyboard.type("2014")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    there = page.url
    assert "lark" not in there
    press(page, ".notice button")
    assert page.inner_text("blockquote mark") == "Lark"
    found += violations(page, f"{language}-searched-open")
    page.goto(f"{server}/people/")
    page.goto(there)  # as by `back`: what was asked is there, the words are hidden again
    assert page.input_value("#id_text") == "lark"
    assert page.locator("blockquote").count() == 0
    tab_to(page, "#title")
    page.keyboard.type("Larks")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    press(page, "form[action^='/saved-searches/'] button")
    assert page.input_value("#id_text") == "lark"
    found += violations(page, f"{language}-searched")
    context.close()
    assert found == []
