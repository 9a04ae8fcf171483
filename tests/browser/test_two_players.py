"""Notebook 02 under a learner's hands: guess, take turns by keyboard and mouse, run, pause, rewind, draw, answer."""

import re

NAME = "02_two_players.ipynb"
CANVAS = ".scene-canvas"
PIXELS = "() => document.querySelector('.scene-canvas').toDataURL()"
RIGHT = """
def losses_of(real_logits, fake_logits):
    cross_entropy = mm.losses.binary_cross_entropy
    d_loss = cross_entropy(tf.ones_like(real_logits), real_logits)
    d_loss += cross_entropy(tf.zeros_like(fake_logits), fake_logits)
    return d_loss, cross_entropy(tf.ones_like(fake_logits), fake_logits)


two_players.Wishes.check(losses_of)
"""


def test_stop_both_trainings_go_on_then_play_in_the_arena(open_notebook):
    notebook = open_notebook(NAME)
    page = notebook.page
    notebook.stop_trainings(2)
    notebook.go_on()
    assert not page.locator(CANVAS).is_visible(), "it opens when a guess is stored"
    for number in range(2):
        notebook.guess(number, option=2)
    page.locator(CANVAS).wait_for()
    told = page.locator(".arena-told")

    press(page, "d")
    told.filter(has_text="Step 1.").wait_for()
    page.locator(".arena-g").click()
    told.filter(has_text="Step 2.").wait_for()
    page.locator(".arena-both").dblclick()
    told.filter(has_text="Step 6.").wait_for()

    page.locator(".arena-run").press("Space")
    page.wait_for_function("() => Number(/Step (\\d+)/.exec(document.querySelector('.arena-told').innerText)[1]) > 40")
    page.locator(".arena-run").click()
    page.locator(".arena-run", has_text="Run").wait_for()
    step = standing(told)
    notebook.move(".arena-rewind", "ArrowLeft")  # by keyboard
    told.filter(has_text=f"Step {step - 1}.").wait_for()
    middle_of(page, ".arena-rewind .noUi-target")  # by mouse
    page.wait_for_function(
        "step => Number(/Step (\\d+)/.exec(document.querySelector('.arena-told').innerText)[1]) < 0.7 * step", arg=step
    )

    draw_one_s_own(page)
    press(page, "reset")
    told.filter(has_text="Step 0.").wait_for()
    answered_wrongly_then_rightly(notebook)
    notebook.check()


def press(page, name):
    """Press one of the arena's buttons by keyboard, and wait for another picture."""
    before = page.evaluate(PIXELS)
    page.locator(f".arena-{name}").press("Enter")
    page.wait_for_function(f"before => ({PIXELS})() !== before", arg=before)


def standing(told):
    return int(re.search(r"Step (\d+)", told.inner_text()).group(1))


def middle_of(page, selector):
    target = page.locator(selector)
    target.scroll_into_view_if_needed()
    box = target.bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)


def draw_one_s_own(page):
    """Choose a plane of one's own, add a place by keyboard, and remove it."""
    page.locator(".arena-data select").select_option("drawn by you")
    plane = page.locator(".arena .plane-canvas")
    plane.wait_for()
    page.locator(".arena-told", has_text="of 3 places").wait_for()
    for key in ("Enter", "ArrowRight", "Enter"):  # a cursor in the middle, moved, and a place there
        plane.press(key)
    page.locator(".arena-told", has_text="of 4 places").wait_for()
    plane.press("Delete")
    page.locator(".arena-told", has_text="of 3 places").wait_for()


def answered_wrongly_then_rightly(notebook):
    verdict = notebook.answer("two_players.Wishes", RIGHT.replace("tf.zeros_like", "tf.ones_like"))
    assert "Which label should fakes get?" in verdict
    assert notebook.answer("two_players.Wishes", RIGHT).startswith("Right.")
