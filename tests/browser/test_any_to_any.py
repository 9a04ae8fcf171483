"""Notebook 09 under a learner's hands: the training stopped and gone on with, the board moved, one exercise."""

NAME = "09_any_to_any.ipynb"
ANSWER = """
def join(vectors, present):
    total = {}
    return total / np.linalg.norm(total, axis=1, keepdims=True)


exercises.Join.check(join)
"""


def test_stop_the_training_go_on_then_move_the_board_and_answer(open_notebook):
    notebook = open_notebook(NAME)
    page = notebook.page
    notebook.stop_trainings()
    notebook.go_on()

    drawn = ".board-view .board-image-cell img"
    assert not page.locator(drawn).first.is_visible()
    notebook.guess(0, 2)
    cells = page.locator(".board-image-cell")
    assert cells.count() == 5  # one given, and one made by each of four rows
    before = notebook.picture(drawn)
    notebook.move(".board-image-level")  # by keyboard: spoil the image
    notebook.wait_for_another(drawn, before)
    page.locator(".board-speech-on input").click()  # by mouse: no sound
    page.wait_for_function("() => document.querySelectorAll('.board-image-cell').length === 4")
    before = notebook.picture(drawn)
    notebook.point(".board-image-given", 0.8)  # by mouse: another image
    notebook.wait_for_another(drawn, before)
    page.locator(".board-another").click()

    assert "your answer moved" in notebook.answer("exercises.Join.check", ANSWER.format("vectors.mean(axis=1)"))
    right = "np.sum(vectors * present[:, :, None], axis=1)"
    assert "Right." in notebook.answer("exercises.Join.check", ANSWER.format(right))
    notebook.check()
