"""Notebook 11 under a learner's hands: move the sliders, and stop both trainings."""

import time

NAME = "11_the_article_repaired.ipynb"
PICTURE = ".corruption-view img"
MINUTE = 60_000  # milliseconds


def test_run_all_then_spoil_picture_and_sound(open_notebook):
    notebook = open_notebook(NAME)
    notebook.run_all()
    for slider in (".corruption-slider", ".corruption-slider-speech"):
        before = notebook.picture(PICTURE)
        handle = notebook.page.locator(f"{slider} .noUi-handle")
        handle.focus()
        handle.press("ArrowRight")
        notebook.wait_for_another(PICTURE, before)
    notebook.check()


def test_stop_ends_both_trainings_and_run_all_goes_on(open_notebook):
    notebook = open_notebook(NAME, "class")
    page = notebook.page
    notebook.run_all(wait=False)
    for number, told in enumerate(("one space", "image")):  # the shared space, then the GAN
        page.locator(".run-losses").nth(number).filter(has_text=told).wait_for(timeout=5 * MINUTE)
        pressed = time.perf_counter()
        page.locator(".stop-button").nth(number).click()
        page.locator(".run-line").nth(number).filter(has_text="what was learnt is kept").wait_for()
        assert time.perf_counter() - pressed < 20
    notebook.wait_until_done()
    assert page.locator(PICTURE).count() == 1  # the rest of the notebook ran on what was learnt
    notebook.check()
