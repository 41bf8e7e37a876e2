"""Documents lead somewhere: every link resolves, and every page is led to from the index."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = [*sorted((ROOT / "docs").rglob("*.md")), *sorted(ROOT.glob("*.md"))]
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")


def links(page):
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.S)
    return [link for link in LINK.findall(text) if "://" not in link]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_resolves(page):
    for link in links(page):
        assert (page.parent / link).exists(), f"{page.name} leads to {link}, which is not there"


def test_the_index_leads_to_every_page_but_the_decisions():
    index = ROOT / "docs" / "index.md"
    led_to = {(index.parent / link).resolve() for link in links(index)}
    pages = {p.resolve() for p in (ROOT / "docs").rglob("*.md")} - {index.resolve()}
    left_out = {p for p in pages - led_to if p.parent.name != "decisions"}
    assert not left_out, f"docs/index.md does not lead to {sorted(p.name for p in left_out)}"
