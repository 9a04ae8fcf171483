"""What happens to a page, in JupyterLab as it is shipped: it is reloaded, enlarged and scrolled, its kernel is
interrupted, another notebook is opened beside it."""

import contextlib
import re

import pytest

STEP = re.compile(r"step (\d+)")
SLOWLY = """
import itertools, time
import mmgan_lite as mm

def slowly(learnt):
    for step in itertools.count(1):
        time.sleep(0.05)
        learnt.append(step)
        yield {"loss": 1 / step}
"""
TRAIN = """
learnt = []
run = mm.course.LoopRun(slowly(learnt), 10_000)
await run.finished()
"""
ONE_BY_ONE = "print(learnt == [*range(1, len(learnt) + 1)])"
BUTTON = """
import ipywidgets

button = ipywidgets.Button(description="press {0}")
button.on_click(lambda _: setattr(button, "description", "{0} was heard"))
button
"""


PAD = """
from mmgan_lite.course.kit.pad import Pad

Pad()
"""
PIXELS = "() => document.querySelector('.pad-canvas').toDataURL()"


@pytest.fixture
def training(labs, open_notebook):
    labs("full").write("training.ipynb", SLOWLY, TRAIN, ONE_BY_ONE)
    return open_notebook("training.ipynb", "full")


def step(page):
    line = page.locator(".run-line", has_text=STEP)
    line.wait_for()
    return int(STEP.search(line.inner_text()).group(1))


def test_a_page_that_is_reloaded_finds_its_training_and_an_interrupt_does_what_stop_does(training):
    page = training.page
    training.run_all(wait=False)
    before = step(page)
    training.reload()
    training.run_cell("finished()")
    assert step(page) > before, "it went on meanwhile"

    page.locator('[data-command="notebook:interrupt-kernel"]').first.click()
    training.tracebacks().filter(has_text="run this cell again to go on").first.wait_for()
    training.run_cell("finished()")
    step(page)
    page.locator(".run-stop").click()
    page.locator(".run-line", has_text="what was learnt is kept").wait_for()
    training.run_cell("range(1, len(learnt)")
    training.cell("range(1, len(learnt)").locator(".jp-OutputArea-output", has_text="True").wait_for()
    assert page.locator(".reach-told").inner_text() == "", "clicks were heard all the time"
    training.check()


def test_what_was_drawn_is_still_there_after_scrolling_away_and_back(labs, open_notebook):
    labs("full").write("scrolled.ipynb", PAD, *(["0"] * 60))
    notebook = open_notebook("scrolled.ipynb", "full")
    page = notebook.page
    notebook.run_all()
    pad = page.locator(".pad-canvas")
    blank = page.evaluate(PIXELS)
    for key in ("Space", "ArrowDown", "ArrowDown", "Space"):
        pad.press(key)
    drawn = page.evaluate(PIXELS)
    page.locator(".jp-Notebook .jp-Cell").last.scroll_into_view_if_needed()
    page.wait_for_function("() => document.querySelector('.pad-canvas').getBoundingClientRect().bottom < 0")
    pad.scroll_into_view_if_needed()
    assert page.evaluate(PIXELS) == drawn != blank
    pad.press("Delete")
    page.locator(".pad-told", has_text="cleared").wait_for()
    assert page.evaluate(PIXELS) != drawn  # with the cursor's frame, while it has the focus
    notebook.check()


def test_of_two_notebooks_in_one_page_both_answer(labs, open_notebook):
    for name in ("one", "two"):
        labs("full").write(f"{name}.ipynb", BUTTON.format(name))
    notebook = open_notebook("one.ipynb", "full")
    page = notebook.page
    notebook.run_all()
    page.locator(".jp-DirListing-item", has_text="two.ipynb").dblclick()
    run_the_second(notebook)
    press(page, "two")
    page.locator(".lm-TabBar-tab", has_text="one.ipynb").click()
    press(page, "one")
    notebook.check()


def run_the_second(notebook):
    """Run its only cell; again, if JupyterLab was not ready, or asked something."""
    cell = notebook.page.locator(".jp-NotebookPanel:visible .cm-content", has_text="press two")
    cell.wait_for()
    for _ in range(5):
        notebook.accept_dialogs()
        with contextlib.suppress(Exception):  # a time-out
            cell.click(timeout=10_000)
            notebook.page.keyboard.press("Control+Enter")
            notebook.page.locator(".jupyter-button:visible").wait_for(timeout=10_000)
            break


def press(page, name):
    page.locator(".jupyter-button:visible", has_text=f"press {name}").click()
    page.locator(".jupyter-button:visible", has_text=f"{name} was heard").wait_for()
