"""Words of learners and of files in a real browser, without JupyterLab, which would take tags away: none works."""

import base64
import re
import sys
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parent.parent / "course" / "kit"))
from test_escaping import EVIL, PAGES  # every place that makes HTML or SVG of words


@pytest.fixture
def shown(chromium):
    """A function: a page's HTML to (what popped up, what was asked for, the page)."""
    page, popped, asked = chromium.new_page(), [], []
    page.on("dialog", lambda dialog: (popped.append(dialog.message), dialog.dismiss()))
    page.on("request", lambda request: asked.append(request.url))

    def show(body):
        page.set_content(f"<!doctype html><meta charset='utf-8'>{body}")
        page.wait_for_timeout(300)
        return popped, [url for url in asked if not url.startswith("data:")], page

    yield show
    page.close()


def test_a_tag_that_is_not_escaped_would_come_alive(shown):
    popped, _, page = shown(EVIL)
    assert "3" in popped and page.locator("img[src=x]").count() == 1


def test_no_tag_in_anybodys_words_comes_alive(shown):
    pages = {name: make() for name, make in PAGES.items()}
    drawings = re.findall(r"data:image/svg\+xml;base64,([^\"]+)", "".join(pages.values()))
    assert drawings
    body = "".join(pages.values()) + "".join(base64.b64decode(drawing).decode() for drawing in drawings)
    popped, asked, page = shown(body)
    assert not popped and not asked
    assert page.locator("script, [onerror], [onload], img[src=x]").count() == 0
    assert page.locator(":text('onerror=')").count() > 10, "the words are shown as they are"
