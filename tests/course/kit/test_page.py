"""A page says and draws."""

from mmgan_lite import plots
from mmgan_lite.course.kit.page import Page


def test_page_says_and_draws_and_is_kept_for_pages_without_widgets():
    page = Page(name="my-page")
    page.say("1 < 2")
    assert "1 &lt; 2" in page.value and 'role="status"' in page.value
    fig, ax = plots.figure(1, 1)
    ax.alt = "An empty figure."
    page.draw(fig)
    assert 'alt="An empty figure."' in page._repr_mimebundle_()["text/html"]
    assert "my-page" in page._dom_classes
