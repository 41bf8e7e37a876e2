"""The public site of a release: every link leads somewhere, nothing comes from outside, all of it
can be read by everybody.
"""

import json
import re
import shutil
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from tests.pipeline.test_reports import make_study, write_texts

from bearwitness.errors import PackageInvalid, SignatureInvalid
from bearwitness.pipeline import run_study
from bearwitness.pipeline.site import make_site

AXE = Path(__file__).parent / "axe" / "axe.min.js"
LANGUAGES = {"en": "", "ko": ".ko", "zh-Hans": ".zh-Hans"}


@pytest.fixture(scope="module")
def package(tmp_path_factory):
    folder = tmp_path_factory.mktemp("released")
    study = make_study(folder / "in")
    (study / "hand").mkdir(exist_ok=True)
    write_texts(study)
    run_study(study, key_path=folder / "key")
    return study / "output" / "package"


@pytest.fixture(scope="module")
def site(package, tmp_path_factory):
    folder = tmp_path_factory.mktemp("public") / "site"
    make_site(package, folder)
    return folder


class _Page(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.links, self.ids, self.tags = [], set(), []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        told = dict(attrs)
        self.tags.append((tag, told))
        self.ids.add(told.get("id"))
        self.links += [told[name] for name in ("href", "src") if told.get(name)]


def pages(folder):
    return {path: _Page(path.read_text(encoding="utf-8")) for path in folder.rglob("*.html")}


def test_every_link_leads_to_something_that_is_there(site):
    read = pages(site)
    assert len([p for p in read if p.parent == site]) == 3 * 6
    for path, page in read.items():
        for link in page.links:
            parts = urlsplit(link)
            assert not parts.scheme and not parts.netloc and not link.startswith("/"), link
            place = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            assert place.is_file(), (path.name, link)
            if parts.fragment and place.suffix == ".html":
                assert parts.fragment in read[place].ids, (path.name, link)


def test_every_page_can_be_reached_from_the_first(site):
    read, reached, left = pages(site), set(), [site / "index.html"]
    while left:
        path = left.pop()
        if path in reached:
            continue
        reached.add(path)
        targets = (path.parent / urlsplit(link).path for link in read[path].links)
        left += [t.resolve() for t in targets if t.suffix == ".html"]
    assert reached == set(read)


def test_no_script_no_form_no_other_place_and_a_policy_that_says_so(site):
    for path, page in pages(site).items():
        tags = {tag for tag, _ in page.tags}
        assert not tags & {"script", "form", "iframe", "object", "embed", "base"}, path.name
        policies = [told["content"] for tag, told in page.tags
                    if told.get("http-equiv") == "Content-Security-Policy"]  # fmt: skip
        assert len(policies) == 1 and "default-src 'none'" in policies[0]
        assert "script-src" not in policies[0] and "http" not in policies[0]
    for path in (site / "style.css", *site.glob("*.html")):
        assert "http" not in re.sub(r"http-equiv", "", path.read_text(encoding="utf-8")), path.name


def test_a_figure_has_an_address_of_its_own_in_every_language(site):
    for suffix in LANGUAGES.values():
        told = (site / f"figure-total{suffix}.html").read_text(encoding="utf-8")
        assert re.search(r"sha256:[0-9a-f]{64}", told)
    assert "as the estimate by independence" in (site / "figure-total.html").read_text()
    assert "다시 계산함" in (site / "figure-total.ko.html").read_text(encoding="utf-8")


def test_the_same_package_gives_the_same_site_and_takes_the_place_of_the_last(
    package, site, tmp_path
):
    again = tmp_path / "again"
    make_site(package, again)
    (again / "old.html").write_text("gone after the next", encoding="utf-8")
    make_site(package, again)
    one, two = (
        {p.relative_to(f): p.read_bytes() for p in f.rglob("*") if p.is_file()}
        for f in (site, again)
    )
    assert one == two


def test_a_folder_with_something_else_is_left_alone_and_a_forged_package_gets_no_site(
    package, tmp_path
):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("mine")
    with pytest.raises(PackageInvalid, match="something else"):
        make_site(package, tmp_path / "mine")
    with pytest.raises(SignatureInvalid):
        make_site(package, tmp_path / "site", signer="SHA256:somebodyelse")
    forged = shutil.copytree(package, tmp_path / "package")
    told = json.loads((forged / "data" / "release.json").read_text(encoding="utf-8"))
    told["date"] = "2000-01-01"
    (forged / "data" / "release.json").write_text(json.dumps(told), encoding="utf-8")
    with pytest.raises(Exception, match="not what was signed"):
        make_site(forged, tmp_path / "site")
    assert not (tmp_path / "site").exists()


# In a browser: from a disk, without scripts of ours.


@pytest.fixture(scope="module")
def browser():
    sync_api = pytest.importorskip("playwright.sync_api")
    place = shutil.which("chromium") or shutil.which("chromium-browser")
    with sync_api.sync_playwright() as running:
        opened = running.chromium.launch(executable_path=place)
        yield opened
        opened.close()


@pytest.fixture
def tab(browser):
    # axe has to get past the pages' own policy; the policy itself is tested above and below.
    context = browser.new_context(bypass_csp=True, viewport={"width": 360, "height": 800})
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_and_nothing_is_wider_than_a_telephone(site, tab, scheme):
    tab.emulate_media(color_scheme=scheme)
    for path in sorted(site.glob("*.html")) + sorted((site / "data").glob("report*.html")):
        tab.goto(path.as_uri())
        wide = tab.evaluate("document.documentElement.scrollWidth")
        assert wide <= 360, (path.name, wide)
        tab.evaluate(AXE.read_text(encoding="utf-8"))
        found = tab.evaluate("axe.run({runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa']})")
        told = [(v["id"], v["nodes"][0]["html"][:90]) for v in found["violations"]]
        assert told == [], path.name


def test_nothing_is_asked_of_any_other_place_and_the_policy_stops_nothing_of_ours(site, browser):
    page, asked, complaints = browser.new_page(), [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    for path in sorted(site.glob("*.html")):
        page.goto(path.as_uri())
    page.close()
    assert complaints == []
    assert all(url.startswith(site.as_uri()) for url in asked)
