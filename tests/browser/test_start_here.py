"""Notebook 00 under a learner's hands: the keyboard, the pointer, and impatience."""

import re
import time

MINUTE = 60_000  # milliseconds
NAME = "00_start_here.ipynb"
CARD = ".panel-cards img"
STEP = re.compile(r"step (\d+)")


def test_stop_the_training_then_ask_in_every_sense_then_go_on(open_notebook):
    notebook = open_notebook(NAME, "class")
    page = notebook.page
    notebook.run_all(wait=False)
    page.locator(".run-losses", has_text="loss").wait_for(timeout=4 * MINUTE)  # it trains
    before = stop(page)
    notebook.wait_until_done()  # the rest of the notebook ran on what was learnt
    assert page.locator(".panel").count() == 2  # on the shipped model, and on the learner's own
    assert page.locator(".panel").last.locator(".panel-cards img").count() > 0

    put_the_stages_in_order(notebook)
    panel = page.locator(".panel").first
    assert not panel.is_visible()
    notebook.guess(option=1)
    panel.wait_for()
    page.locator(".predict-outcome", has_text="You guessed").wait_for()
    ask_by_caption(notebook, panel)
    ask_by_menu(notebook, panel)
    ask_for_the_typical(notebook, panel)
    ask_by_sound_and_image(notebook, panel)
    draw_by_keyboard(notebook, panel)
    draw_by_pointer(notebook, panel)

    page.locator(".run-go-on").click()
    page.locator(".run-line", has_text=STEP).wait_for(timeout=2 * MINUTE)
    assert stop(page) > before, "it took further steps"
    notebook.check()


def stop(page):
    """Stop the training, and return how many steps it had taken a moment before."""
    step = int(STEP.search(page.locator(".run-line").inner_text()).group(1))
    pressed = time.perf_counter()
    page.locator(".run-stop").click()
    page.locator(".run-line", has_text="what was learnt is kept").wait_for()
    assert time.perf_counter() - pressed < 20
    return step


def ask_by_caption(notebook, panel):
    before = notebook.picture(CARD)
    caption = panel.locator(".panel-caption input")
    caption.fill("a thick seven")
    caption.press("Enter")
    notebook.wait_for_another(CARD, before)
    assert "a thick seven" in panel.locator(".panel-status").inner_text()
    assert panel.locator(".panel-digit select").evaluate("menu => menu.selectedOptions[0].text") == "seven"
    caption.fill("a thikc seven")
    caption.press("Enter")
    panel.locator(".panel-status", has_text="known and near: thick").wait_for()


def ask_by_menu(notebook, panel):
    """Arrow keys and letters belong to the menu: no cell is left, and none is cut."""
    menu, cells = panel.locator(".panel-digit select"), notebook.page.locator(".jp-Notebook .jp-Cell")
    menu.press("ArrowDown")
    panel.locator(".panel-status", has_text="eight").wait_for()
    before = cells.count()
    notebook.page.keyboard.press("x")
    notebook.page.keyboard.press("ArrowDown")
    panel.locator(".panel-status", has_text="nine").wait_for()
    assert cells.count() == before


def ask_for_the_typical(notebook, panel):
    """The switch by keyboard: status, pictures and their words follow it, there and back."""
    assert "by chance" in panel.locator(CARD).first.get_attribute("alt")
    before = notebook.picture(CARD)
    panel.get_by_role("button", name="typical").press("Enter")
    panel.locator(".panel-status", has_text="the rest typical").wait_for()
    notebook.wait_for_another(CARD, before)
    assert "the rest typical" in panel.locator(CARD).first.get_attribute("alt")
    assert "as it mostly is" in panel.locator(".panel-cards").inner_text()
    panel.get_by_role("button", name="by chance").press("Space")
    panel.locator(".panel-status", has_text="the rest by chance").wait_for()


def ask_by_sound_and_image(notebook, panel):
    panel.get_by_role("button", name="a sound").press("Enter")
    panel.locator(".panel-sound-given audio").wait_for()
    played = notebook.page.evaluate("() => document.querySelector('.panel-cards audio').play().then(() => 'plays')")
    assert played == "plays"
    panel.get_by_role("button", name="an image").press("Enter")
    panel.locator(".panel-status", has_text="image 0 of the test set").wait_for()
    before = notebook.picture(CARD)
    notebook.move(".panel-image-index")
    panel.locator(".panel-status", has_text="image 1 of the test set").wait_for()
    notebook.wait_for_another(CARD, before)


def put_the_stages_in_order(notebook):
    source = "order = %r\n\nstart_here.Stages.check(order)"
    assert "Not yet" in notebook.cell("start_here.Stages").locator(".verdict").inner_text()
    assert "When must the second one be there" in notebook.answer("start_here.Stages", source % "ECAB")
    assert "Right." in notebook.answer("start_here.Stages", source % "ECBA")


def draw_by_keyboard(notebook, panel):
    panel.get_by_role("button", name="drawn by hand").press("Enter")
    panel.locator(".panel-status", has_text="draw a digit").wait_for()
    before, pad = notebook.picture(CARD), panel.locator(".pad-canvas")
    pad.focus()
    cell = notebook.page.locator(".jp-Notebook .jp-mod-active").count()
    for key in ["ArrowUp"] * 8 + ["Space"] + ["ArrowDown"] * 16 + ["Space"]:
        pad.press(key)
    panel.locator(".panel-status", has_text="drawn by hand").wait_for()
    notebook.wait_for_another(CARD, before)
    assert notebook.page.locator(".jp-Notebook .jp-mod-active").count() == cell
    pad.press("Delete")
    panel.locator(".panel-status", has_text="draw a digit").wait_for()


def draw_by_pointer(notebook, panel):
    pad, mouse = panel.locator(".pad-canvas"), notebook.page.mouse
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    mouse.move(box["x"] + 60, box["y"] + 60)
    mouse.down()
    for x, y in ((200, 60), (110, 240)):  # a seven
        mouse.move(box["x"] + x, box["y"] + y, steps=8)
    mouse.up()
    panel.locator(".panel-status", has_text="drawn by hand").wait_for()
