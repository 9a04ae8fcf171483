"""Notebook 01 under a learner's hands: a training stopped and gone on with, the curve bent by hand, an exercise."""

NAME = "01_learning_a_distribution.ipynb"
VIEW, PLANE = ".bend-view img", ".bend-plane canvas"
WRONG = "learning_a_distribution.FlatNoise.check(lambda u, mean, spread: mean + spread * u)"
RIGHT = "learning_a_distribution.FlatNoise.check(lambda u, mean, spread: mean + spread * (u - 0.5) * 12**0.5)"


def test_stop_the_training_go_on_bend_the_curve_and_answer(open_notebook):
    notebook = open_notebook(NAME)
    page = notebook.page
    notebook.stop_trainings()
    distances = notebook.cell("steps of each player")
    assert distances.locator(".jp-OutputArea", has_text="800 steps of").count() == 0
    notebook.go_on()
    distances.locator(".cm-content").click()
    page.keyboard.press("Control+Enter")
    distances.locator(".jp-OutputArea", has_text=" 800 steps of").wait_for()  # it went on, not anew

    assert not page.locator(PLANE).first.is_visible()  # closed until a guess is stored
    notebook.guess(option=2)
    plane = page.locator(PLANE).first
    plane.wait_for()
    bend_by_keyboard(notebook, plane)
    bend_by_mouse(notebook, plane)
    before = notebook.picture(VIEW)
    page.locator(".bend-menu select").first.select_option("a box")
    notebook.wait_for_another(VIEW, before)

    assert "Where does u have its middle?" in notebook.answer("FlatNoise", WRONG)
    assert notebook.answer("FlatNoise", RIGHT).startswith("Right.")
    notebook.check()


def bend_by_keyboard(notebook, plane):
    before = notebook.picture(VIEW)
    plane.focus()
    plane.press("PageDown")
    for _ in range(3):
        plane.press("Shift+ArrowDown")
    notebook.wait_for_another(VIEW, before)


def bend_by_mouse(notebook, plane):
    before, mouse = notebook.picture(VIEW), notebook.page.mouse
    plane.scroll_into_view_if_needed()
    box = plane.bounding_box()
    x, y = box["x"] + box["width"] * (1.5 + 3.4) / 6.8, box["y"] + box["height"] / 2  # the knot at z = 1.5, still at 0
    mouse.move(x, y)
    mouse.down()
    mouse.move(x, y - 80, steps=8)
    mouse.up()
    notebook.wait_for_another(VIEW, before)
