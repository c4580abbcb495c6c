"""Who is let in: a sentence for each browser, window and address that will not do."""

import json
from types import SimpleNamespace

import pytest

from experiment.web.export import write_page
from tests.experiment.rehearsed import tiny_study
from tests.experiment.web.driven.browsers import FULL_HD, open_browser
from tests.experiment.web.driven.player import Player
from tests.experiment.web.driven.served import serve

pytestmark = pytest.mark.slow
ZOOMED = "Object.defineProperty(window, 'outerWidth', { get: () => 1.25 * window.innerWidth })"
RUN = """() => indexedDB.databases().then(([{ name }]) => new Promise((done) => {
  const opening = indexedDB.open(name);
  opening.onsuccess = () => {
    const asked = opening.result.transaction("records").objectStore("records").getAll();
    asked.onsuccess = () => done(JSON.stringify(asked.result[0]));
  };
}))"""


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """A page as it is, one with images in degrees, and a browser."""
    root = tmp_path_factory.mktemp("web_arriving")
    plain = tiny_study(root / "plain", languages=["en", "de"])
    degrees = tiny_study(root / "degrees", presentation={"degrees": 2.0})
    for name, folder in (("plain", plain), ("degrees", degrees)):
        write_page(folder, [1], root / "pages" / name, "download")
    with open_browser() as browser, serve(root / "pages") as served:
        yield SimpleNamespace(browser=browser, address=served.address)


def opened(pages, name="plain", query="", script=None, **options):
    """A page in a browser of its own."""
    options = {"viewport": FULL_HD, "screen": FULL_HD} | options
    page = pages.browser.new_context(**options).new_page()
    if script is not None:
        page.add_init_script(script)
    page.goto(f"{pages.address}/{name}/?participant=1{query}")
    return page


def arrived(page) -> dict[str, str]:
    """What the page says once it asks something, beyond its button."""
    return Player(page).play(until=lambda told: told["page"] != "fullscreen")


@pytest.mark.parametrize(
    ("options", "refused", "said"),
    [
        ({"viewport": {"width": 500, "height": 300}}, "refused_small", "500 × 300"),
        ({"has_touch": True, "is_mobile": True}, "refused_touch", "keyboard"),
        ({"script": ZOOMED}, "refused_zoom", "100 %"),
        ({"script": "delete window.createImageBitmap"}, "refused_browser", "createImageBitmap"),
        ({"script": "indexedDB.open = () => { throw Error() }"}, "refused_storage", "private"),
    ],
)
def test_what_will_not_do_is_refused_in_a_sentence(pages, options, refused, said):
    page = opened(pages, **options)
    told = arrived(page)
    assert (told["state"], told["page"]) == ("refused", refused)
    words = page.inner_text("body")
    assert said in words
    assert "{" not in words
    page.context.close()


@pytest.mark.parametrize("lacking", ["app/heard/clock.js", "vendor/jspsych.js", "study.json"])
def test_a_page_that_lacks_a_file_is_not_blank(pages, lacking):
    """Gone, or a server's own page in its place: modules that come as text are the same."""
    page = pages.browser.new_context().new_page()
    gone = {"status": 404} if "clock" in lacking else {"body": "<!doctype html>"}
    page.route(f"**/{lacking}", lambda route: route.fulfill(content_type="text/html", **gone))
    page.goto(f"{pages.address}/plain/?participant=1")
    page.wait_for_function("() => document.body.dataset.state === 'failed'")
    assert "load it again" in page.inner_text("body")
    page.context.close()


def test_a_file_of_another_export_is_not_played(pages):
    page = pages.browser.new_context().new_page()
    page.route(
        "**/participant-001.json", lambda route: route.fulfill(json={"conditions_sha256": "0" * 64})
    )
    page.goto(f"{pages.address}/plain/?participant=1")
    page.wait_for_function("() => document.body.dataset.state === 'failed'")
    assert "participant-001.json: of another export" in page.inner_text("body")
    page.context.close()


# Pages that are not served over HTTPS have no locks.
@pytest.mark.parametrize("script", [None, "delete Navigator.prototype.locks"])
def test_a_second_tab_of_the_same_number_is_refused(pages, script):
    page = opened(pages, script=script)
    assert arrived(page)["page"] == "key check"
    other = page.context.new_page()
    if script is not None:
        other.add_init_script(script)
    other.goto(page.url)
    assert arrived(other)["page"] == "refused_open"
    page.context.close()


@pytest.mark.parametrize(
    ("query", "locale", "language"),
    [
        ("", "en-GB", "en"),
        ("", "de-AT", "de"),
        ("", "fr-FR", "en"),
        ("&language=de", "en-GB", "de"),
        ("&language=xx", "de-DE", "de"),
    ],
)
def test_the_language_is_asked_for_or_the_browsers(pages, query, locale, language):
    page = opened(pages, query=query, locale=locale)
    page.wait_for_selector("#jspsych-fullscreen-btn")
    assert page.evaluate("document.documentElement.lang") == language
    assert ("Beginnen" in page.inner_text("body")) == (language == "de")
    page.context.close()


def test_images_in_degrees_have_their_size_by_a_card(pages):
    page = opened(pages, "degrees")
    told = arrived(page)
    assert (told["state"], told["page"]) == ("page", "card")
    page.keyboard.press("ArrowRight", delay=20)
    page.keyboard.press("Space")
    page.wait_for_function("() => document.body.dataset.page === 'key check'")
    screen = json.loads(page.evaluate(RUN))["screen"]
    # The rectangle began at a fifth of the screen's width; a tap makes it wider by 4 pixels.
    assert screen["pixels_per_cm"] == pytest.approx(388 / 8.56, abs=1e-3)
    assert screen["distance_cm"] == 60
    # 2 · 60 cm · tan(1°) = 2.0948 cm, an even number of pixels.
    assert screen["image_px"] == 2 * round(2.0948 * 388 / 8.56 / 2)
    page.context.close()
