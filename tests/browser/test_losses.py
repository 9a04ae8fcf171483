"""Notebook 03 under a learner's hands: trainings stopped and gone on with, logits dragged, an exercise."""

NAME = "03_losses.ipynb"
VIEW, PLANE = ".logits-view img", ".logits-plane canvas"
WRONG = "tasks.StableCrossEntropy.check(lambda y, x: y * np.logaddexp(0, x) + (1 - y) * np.logaddexp(0, -x))"
RIGHT = "tasks.StableCrossEntropy.check(lambda y, x: y * np.logaddexp(0, -x) + (1 - y) * np.logaddexp(0, x))"


def test_stop_the_trainings_go_on_drag_logits_and_answer(open_notebook):
    notebook = open_notebook(NAME)
    page = notebook.page
    notebook.stop_trainings(4)
    notebook.go_on()

    notebook.guess(option=0)
    plane = page.locator(PLANE).first
    plane.wait_for()
    before = notebook.picture(VIEW)
    plane.focus()
    plane.press("PageDown")
    plane.press("Shift+ArrowLeft")
    notebook.wait_for_another(VIEW, before)
    drag_the_first_real_logit(notebook, plane)
    before = notebook.picture(VIEW)
    page.locator(".logits-menu").first.get_by_role("button", name="relativistic").press("Enter")
    notebook.wait_for_another(VIEW, before)
    before = notebook.picture(".bells-view img")
    notebook.move(".bells-slider")
    notebook.wait_for_another(".bells-view img", before)

    page.set_viewport_size({"width": 700, "height": 900})  # the plane shrinks, and its points are still under the mouse
    drag_the_first_real_logit(notebook, plane, at=-0.25)
    page.set_viewport_size({"width": 1280, "height": 1000})

    assert "a large surprise, or a small one" in notebook.answer("StableCrossEntropy", WRONG)
    assert notebook.answer("StableCrossEntropy", RIGHT).startswith("Right.")
    notebook.check()


def drag_the_first_real_logit(notebook, plane, at=1.0):
    """Drag it from a logit, in the upper row, by 1.25 to the left."""
    before, mouse = notebook.picture(VIEW), notebook.page.mouse
    plane.scroll_into_view_if_needed()
    box = plane.bounding_box()
    x, y = box["x"] + box["width"] * (at + 8) / 16, box["y"] + box["height"] * (1 - 0.45) / 2
    mouse.move(x, y)
    mouse.down()
    mouse.move(x - 1.25 / 16 * box["width"], y, steps=8)
    mouse.up()
    notebook.wait_for_another(VIEW, before)
