"""Notebook 12 under a learner's hands: stop both trainings, guess, move the sliders, go on, answer."""

import re
import time

NAME = "12_the_article_repaired.ipynb"
PICTURE = ".corruption-view img"
MINUTE = 60_000  # milliseconds


def test_stop_both_trainings_then_guess_spoil_picture_and_sound_go_on_and_answer(open_notebook):
    notebook = open_notebook(NAME, "class")
    page = notebook.page
    notebook.run_all(wait=False)
    for number, told in enumerate(("loss", "image")):  # the shared space, then the GAN
        page.locator(".run-losses").nth(number).filter(has_text=told).wait_for(timeout=5 * MINUTE)
        pressed = time.perf_counter()
        page.locator(".stop-button").nth(number).click()
        page.locator(".run-line").nth(number).filter(has_text="what was learnt is kept").wait_for()
        assert time.perf_counter() - pressed < 20
    notebook.wait_until_done()  # the rest of the notebook ran on what was learnt

    assert not page.locator(PICTURE).is_visible(), "it opens when a guess is stored"
    notebook.guess(option=1)
    assert "You guessed “both are clean”" in page.locator(".predict-outcome").inner_text()
    before = notebook.picture(PICTURE)
    notebook.move(".corruption-slider")  # by keyboard
    notebook.wait_for_another(PICTURE, before)
    before = notebook.picture(PICTURE)
    slider = page.locator(".corruption-slider-speech .noUi-target")
    slider.scroll_into_view_if_needed()
    box = slider.bounding_box()
    page.mouse.click(box["x"] + 0.9 * box["width"], box["y"] + box["height"] / 2)
    notebook.wait_for_another(PICTURE, before)

    go_on(page.locator(".run").nth(1))
    asked = "the_article_repaired.Suspects"
    verdict = notebook.answer(asked, f"{asked}.check({{3: 8, 9: 9}})")
    assert "In which order do they happen?" in verdict
    assert notebook.answer(asked, f"{asked}.check({{3: 8, 9: 9, 13: 11}})").startswith("Right.")
    notebook.check()


def go_on(run):
    """The training takes further steps, until it is stopped once more."""
    before = run.locator(".run-curves img").get_attribute("src")
    run.locator(".run-go-on").click()
    run.locator(".run-line", has_text=re.compile(r"step \d\d")).wait_for()
    run.locator(".stop-button").click()
    run.locator(".run-line", has_text="what was learnt is kept").wait_for()
    assert run.locator(".run-curves img").get_attribute("src") != before
