"""Notebook 08 under a learner's hands: both trainings stopped and gone on with, grid and walk moved, one exercise."""

NAME = "08_a_generator_that_listens.ipynb"
ANSWER = """
def all_together(features, e, V):
    return {}


exercises.Together.check(all_together)
"""


def test_stop_both_trainings_go_on_then_cross_walk_and_answer(open_notebook):
    notebook = open_notebook(NAME)
    page = notebook.page
    notebook.stop_trainings(2)
    before = notebook.picture(".run-samples img")
    notebook.go_on()
    notebook.wait_for_another(".run-samples img", before)

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
    for turn in (lambda: notebook.move(".walk-t"), lambda: notebook.point(".walk-t", 0.2)):
        before = notebook.picture(drawn)
        turn()
        notebook.wait_for_another(drawn, before)

    assert "which of the two do the rows stand for" in notebook.answer(
        "exercises.Together.check", ANSWER.format("(e @ V) @ features.T")
    )
    assert "Right." in notebook.answer("exercises.Together.check", ANSWER.format("features @ (e @ V).T"))
    notebook.check()
