"""Notebook 07 under a learner's hands: both trainings stopped, the crossed grid and the walk moved, one exercise."""

NAME = "07_a_generator_that_listens.ipynb"
MINUTE = 60_000  # milliseconds
ANSWER = """
def all_together(features, e, V):
    return {}


exercises.Together.check(all_together)
"""


def test_stop_both_trainings_then_cross_walk_and_answer(open_notebook):
    notebook = open_notebook(NAME, "class")
    page = notebook.page
    notebook.run_all(wait=False)
    for number, told in enumerate(("blind", "image")):
        page.locator(".run-losses").nth(number).filter(has_text=told).wait_for(timeout=5 * MINUTE)
        page.locator(".stop-button").nth(number).click()
        page.locator(".run-line").nth(number).filter(has_text="what was learnt is kept").wait_for()
    notebook.wait_until_done()

    grid = ".crossed-view img"
    assert not page.locator(grid).first.is_visible()
    notebook.guess(0, 1)
    before = notebook.picture(grid)
    notebook.move(".crossed-size")  # by keyboard
    notebook.wait_for_another(grid, before)
    before = notebook.picture(grid)
    page.locator(".crossed-another").click()  # by mouse
    notebook.wait_for_another(grid, before)

    notebook.guess(1, 0)
    drawn = ".walk-view img"
    for turn in (lambda: notebook.move(".walk-t"), lambda: click_at(page, ".walk-t .noUi-base", 0.2)):
        before = notebook.picture(drawn)
        turn()
        notebook.wait_for_another(drawn, before)

    assert "which of the two do the rows stand for" in notebook.answer(
        "exercises.Together.check", ANSWER.format("(e @ V) @ features.T")
    )
    assert "Right." in notebook.answer("exercises.Together.check", ANSWER.format("features @ (e @ V).T"))
    notebook.check()


def click_at(page, selector, share):
    """Click into an element, at a share of its width."""
    box = page.locator(selector).bounding_box()
    page.mouse.click(box["x"] + share * box["width"], box["y"] + box["height"] / 2)
