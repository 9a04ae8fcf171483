"""A training cell that is run again: what it takes up, and what it begins anew."""

import types

import ipywidgets
import pytest

from mmgan_lite.course.kit import again

CELL = "net = build(size)\nrun = train(net, lambda: look(data))"


class Shell:
    """Knows, as IPython does, the notebook's variables and the cell that runs."""

    def __init__(self):
        self.user_ns = {"build": object(), "train": object(), "look": object(), "size": 3, "data": object()}

    def transform_cell(self, text):
        return text

    def run(self, text=CELL, **made):
        """Run a cell: it makes a net and a training, which it hands to `take_up`."""
        run = types.SimpleNamespace(stopped=0, worker=types.SimpleNamespace(is_running=False))
        run.stop = lambda: setattr(run, "stopped", run.stopped + 1)
        self.user_ns |= {"In": ["", text], "net": object(), "run": run} | made
        return run, again.take_up(run)


@pytest.fixture
def shell(monkeypatch):
    made = Shell()
    monkeypatch.setattr(again, "get_ipython", lambda: made)
    monkeypatch.setattr(again, "_begun", {})
    return made


def test_the_same_cell_takes_up_its_training_and_all_that_it_had_made(shell):
    first, taken = shell.run()
    net = shell.user_ns["net"]
    assert taken is None
    _, taken = shell.run()
    assert taken is first and shell.user_ns["run"] is first and shell.user_ns["net"] is net


def test_a_widget_that_the_cell_shows_anew_is_the_one_that_counts(shell):
    text = f"guess = Predict()\n{CELL}"
    shell.run(text, guess=ipywidgets.HTML())
    anew = ipywidgets.HTML()
    shell.run(text, guess=anew)
    assert shell.user_ns["guess"] is anew


def test_a_cell_of_another_text_begins_anew(shell):
    shell.run()
    assert shell.run(f"{CELL}  # edited")[1] is None


@pytest.mark.parametrize("name", ["build", "train", "look", "data"])
def test_it_begins_anew_where_something_that_it_reads_was_made_anew(shell, name):
    first, _ = shell.run()
    shell.user_ns[name] = object()  # its cell was run again
    assert shell.run()[1] is None and not first.stopped


@pytest.mark.parametrize("value, same", [(3, True), (4, False), ("3", False)])
def test_a_plain_value_is_the_same_if_it_is_equal(shell, value, same):
    first, _ = shell.run()
    shell.user_ns["size"] = value
    assert (shell.run()[1] is first) == same


def test_what_nobody_sees_any_more_is_stopped(shell):
    first, _ = shell.run()
    first.worker.is_running = True
    shell.user_ns["size"] = 4
    shell.run()
    assert first.stopped == 1


def test_what_has_come_to_its_end_is_begun_anew(shell):
    first, _ = shell.run()
    again.forget(first)
    assert shell.run()[1] is None


def test_a_cell_that_only_waits_goes_on_with_what_it_waits_for(shell):
    run, _ = shell.run("run")
    assert again.take_up(run) is run


def test_the_text_of_a_magic_is_not_read(shell):
    shell.run(f"%%time\n{CELL}")
    assert shell.run(f"%%time\n{CELL}")[1] is None


def test_without_a_notebook_everything_is_new(monkeypatch):
    monkeypatch.setattr(again, "get_ipython", lambda: None)
    assert again.take_up(object()) is None
