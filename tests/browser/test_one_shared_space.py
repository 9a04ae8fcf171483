"""Notebook 06 under a learner's hands: the training stopped and gone on with, a point dragged, one exercise."""

NAME = "06_one_shared_space.ipynb"
SHARES = ".tug-shares img"
HEAT = ".heat-view img"
WRONG = """from exercises import one_shared_space


def find_your_partner(a, b, temperature):
    logits = a @ b.T
    logits = logits - logits.max()
    there = np.log(np.exp(logits).sum(axis=1)) - logits.diagonal()
    back = np.log(np.exp(logits).sum(axis=0)) - logits.diagonal()
    return (there.mean() + back.mean()) / 2


one_shared_space.FindYourPartner.check(find_your_partner)"""


def test_stop_the_training_go_on_drag_a_pair_apart_and_write_the_loss(open_notebook):
    notebook = open_notebook(NAME)
    page = notebook.page
    notebook.stop_trainings()
    drawn = page.locator(".run-samples img").first
    assert "step 12." not in drawn.get_attribute("alt")
    notebook.go_on()
    assert "step 12." in drawn.get_attribute("alt")

    notebook.guess(0, option=2)
    page.locator(SHARES).wait_for()
    canvas = page.locator(".tug-plane canvas")
    before = notebook.picture(SHARES)
    canvas.focus()
    canvas.press("Shift+ArrowUp")  # by keyboard: the first image
    canvas.press("ArrowRight")
    notebook.wait_for_another(SHARES, before)
    for button in (".tug-once", ".tug-often", ".tug-shuffle"):
        before = notebook.picture(SHARES)
        page.locator(button).click()
        notebook.wait_for_another(SHARES, before)
    page.locator(".tug-often").click()
    before, box = notebook.picture(SHARES), canvas.bounding_box()
    for x in range(50, 351, 3):  # by mouse: across the circle, over whatever lies there
        page.mouse.move(box["x"] + x, box["y"] + 200)
        page.mouse.down()
        page.mouse.move(box["x"] + x, box["y"] + 200 + (40 if x < 200 else -40), steps=2)
        page.mouse.up()
    notebook.wait_for_another(SHARES, before)

    before = notebook.picture(HEAT)
    notebook.move(".heat-slider")
    notebook.wait_for_another(HEAT, before)

    assert "changes nothing in your loss" in notebook.answer("def find_your_partner", WRONG)
    right = WRONG.replace("a @ b.T", "a @ b.T / temperature")
    assert notebook.answer("def find_your_partner", right).startswith("Right.")
    notebook.check()
