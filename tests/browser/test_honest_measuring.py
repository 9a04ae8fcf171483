"""Notebook 10 under a learner's hands: stop the training, go on, guess, compare, catch the copier."""

NAME = "10_honest_measuring.ipynb"
PICTURE = ".compare-view img"
FAN = ".fan-view img"
FREE = """def copies_training_images(samples, training, held_out):
    return bool((metrics.nearest_distance(samples, training) == 0).any())


honest_measuring.CatchTheCopier.check(copies_training_images)"""
RIGHT = """def copies_training_images(samples, training, held_out):
    usual = metrics.nearest_distance(held_out, training)
    return bool(np.mean(metrics.nearest_distance(samples, training) < np.quantile(usual, 0.01)) > 0.05)


honest_measuring.CatchTheCopier.check(copies_training_images)"""


def test_stop_the_fan_go_on_guess_compare_and_catch_the_copier(open_notebook):
    notebook = open_notebook(NAME)
    page = notebook.page
    notebook.stop_trainings()
    notebook.go_on()
    assert not page.locator(PICTURE).first.is_visible()
    notebook.guess(0, option=3)
    page.locator(PICTURE).first.wait_for()

    before = notebook.picture(PICTURE)
    notebook.move(".compare-draw")
    notebook.wait_for_another(PICTURE, before)
    before = notebook.picture(PICTURE)
    page.locator(".compare-left select").select_option("a copier")
    notebook.wait_for_another(PICTURE, before)
    before = notebook.picture(PICTURE)
    notebook.point(".compare-draw", 0.8)
    notebook.wait_for_another(PICTURE, before)

    notebook.guess(1, option=0)
    page.locator(FAN).first.wait_for()  # of what was trained until the stop

    assert "Not yet" not in notebook.answer("def copies_training_images", FREE)
    assert notebook.answer("def copies_training_images", RIGHT).startswith("Right.")
    notebook.check()
