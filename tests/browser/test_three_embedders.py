"""Notebook 05 under a learner's hands: a word, a stroke and a sound are changed, and their vector moves."""

NAME = "05_three_embedders.ipynb"
MAP = ".journey-map img"
WRONG = """from exercises import three_embedders


def cosines(a, b):
    return a @ b.T


three_embedders.Cosines.check(cosines)"""


def test_change_a_word_a_stroke_and_a_sound_then_solve_an_exercise(open_notebook):
    notebook = open_notebook(NAME)
    page = notebook.page
    notebook.run_all()
    assert not page.locator(MAP).is_visible()  # closed until a guess is stored
    notebook.guess(0, option=1)
    page.locator(MAP).wait_for()
    told = page.locator(".predict-outcome", has_text="You guessed “another stroke")
    told.wait_for()

    before = notebook.picture(MAP)
    page.locator(".journey .panel-digit select").select_option("eight")
    notebook.wait_for_another(MAP, before)
    page.locator(".journey-source button", has_text="an image").click()
    for dial in (".journey-lean", ".journey-thicken"):  # by keyboard
        before = notebook.picture(MAP)
        notebook.move(dial)
        notebook.wait_for_another(MAP, before)
    page.locator(".journey-source button", has_text="a sound").click()
    page.locator(".journey audio").first.wait_for()
    before = notebook.picture(MAP)
    notebook.point(".journey-faster", 0.9)  # by mouse
    notebook.wait_for_another(MAP, before)
    page.locator(".journey-reset").click()
    page.locator(".journey-told", has_text="Now change it").wait_for()

    assert "grows with the lengths" in notebook.answer("def cosines", WRONG)
    length = "/ np.outer(np.linalg.norm(a, axis=1), np.linalg.norm(b, axis=1))"
    assert notebook.answer("def cosines", WRONG.replace("b.T", f"b.T {length}")).startswith("Right.")
    notebook.check()
