"""The dashboard for a loop of one's own."""

import asyncio
import itertools

import pytest

from mmgan_lite import plots
from mmgan_lite.course.kit.loop import LoopRun


def falling():
    """A training loop without an end."""
    for step in itertools.count(1):
        yield {"loss": 1 / step}


def figure(title="a sheet"):
    fig, ax = plots.figure(2, 1)
    ax.alt = f"Nothing but {title}."
    return fig


def finish(run):
    asyncio.run(run.finished())


def test_a_loop_runs_to_its_last_step_and_shows_it():
    drawn = []
    run = LoopRun(falling(), steps=7, draw=lambda: drawn.append(1) or figure(), every=3)
    finish(run)
    assert run.complete
    assert run.bar.value == 1.0
    assert len(drawn) == 4  # steps 1, 3, 6 and 7
    assert 'alt="Nothing but a sheet."' in run.samples.value
    assert run.history["loss"][0] == 1.0


def test_stop_button_ends_a_loop_and_what_was_learnt_is_kept():
    run = LoopRun(falling(), steps=10**9)
    run.start()
    run.button.click()
    finish(run)
    assert not run.complete
    assert "stop-button" in run.button._dom_classes
    assert "what was learnt is kept" in run.line.value


def test_a_stopped_loop_goes_on_to_its_last_step():
    drawn = []
    run = LoopRun(falling(), steps=7, draw=lambda: drawn.append(1) or figure(), every=3)
    run.button.click()
    finish(run)
    assert not run.complete and len(drawn) == 1
    run.further.click()
    finish(run)
    assert run.complete and run.bar.value == 1.0
    assert run.history["step"][-1] == 7 and run.history["loss"][-1] == 1 / 7
    assert len(drawn) == 4  # steps 1, 3, 6 and 7


def test_a_stop_in_the_last_step_leaves_nothing_to_go_on_with():
    run = LoopRun(falling(), steps=1)
    run.button.click()
    finish(run)
    assert run.complete and run.bar.value == 1.0
    assert run.line.value.endswith("done.</span>") and run.further.disabled


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_an_error_in_the_loop_reaches_the_cell():
    def broken():
        yield {"loss": 1.0}
        raise ArithmeticError("the loss is NaN")

    run = LoopRun(broken(), steps=5)
    with pytest.raises(ArithmeticError, match="NaN"):
        finish(run)
    assert "the loss is NaN" in run.guard.view.value
