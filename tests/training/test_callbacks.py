"""Callbacks, in a real Keras `fit` of a model that is as small as can be."""

import io
import json
import threading

import keras
import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from mmgan_lite import files, modalities, plots
from mmgan_lite.datasets import captions
from mmgan_lite.training import callbacks, checkpoints
from mmgan_lite.training.history import MAX_ROWS

SAMPLES = {"image": (28, 28, 1), "speech": (32, 32)}


class Embedders(keras.Model):
    """Stands for stage 1: it loses, and speaks not yet."""

    def __init__(self):
        super().__init__()
        self.built = True
        self.compile(optimizer=None)

    metrics = property(lambda self: [])
    stage = "embedders"

    def train_step(self, batch):
        return {"loss": tf.reduce_mean(batch)}


class Players(Embedders):
    """Stands for stage 2."""

    records, vocabulary, stage = modalities.known(), captions.DIGITS, "GANs"

    def __init__(self):
        super().__init__()
        self.step = self.add_weight(shape=(), dtype="int32", initializer="zeros", name="step")
        self.asked = []

    def train_step(self, batch):
        self.step.assign_add(1)
        return {"d_image": tf.reduce_mean(batch), "g_image": -tf.reduce_mean(batch)}

    def generate(self, prompts, to, seed):
        self.asked.append((prompts, to, seed))
        n = len(next(iter(prompts.values())))
        return [["a three"]] * n if to == "text" else np.zeros((n, 1, *SAMPLES[to]))


def fit(model, *cbs, steps=10, epochs=1):
    dataset = tf.data.Dataset.from_tensors(tf.ones((2,))).repeat(steps)
    dataset = dataset.apply(tf.data.experimental.assert_cardinality(steps))
    return model.fit(dataset, epochs=epochs, callbacks=list(cbs), verbose=0)


def test_stop_on_request_ends_the_training_after_the_step():
    event, players = threading.Event(), Players()

    class AskAtThree(keras.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            if batch == 2:
                event.set()

    fit(players, AskAtThree(), callbacks.StopOnRequest(event))
    assert int(players.step.numpy()) == 3


def test_history_holds_the_means_of_both_stages(tmp_path):
    history = callbacks.HistoryCSV(tmp_path / "history.csv", every=4)
    fit(Embedders(), history, steps=4)
    fit(Players(), history, steps=6)
    read = callbacks.read_history(tmp_path / "history.csv")
    np.testing.assert_array_equal(read["step"], [4, 8, 10])
    np.testing.assert_array_equal(read["loss"], [1, np.nan, np.nan])
    np.testing.assert_array_equal(read["g_image"], [np.nan, -1, -1])
    assert (np.diff(read["seconds"]) >= 0).all()
    assert [path.name for path in tmp_path.iterdir()] == ["history.csv"]


@pytest.mark.parametrize(("goes_on", "steps"), [(True, [4, 8, 10]), (False, [4, 5])])
def test_history_goes_on_only_when_told(tmp_path, goes_on, steps):
    path = tmp_path / "run" / "h.csv"
    first = callbacks.HistoryCSV(path, every=4)
    fit(Players(), first, steps=5)
    state = json.loads(json.dumps(first.state())) if goes_on else None
    fit(Players(), callbacks.HistoryCSV(path, every=4, state=state), steps=5)  # an open row is filled first
    np.testing.assert_array_equal(callbacks.read_history(path)["step"], steps)


def test_a_history_without_end_keeps_every_second_row_and_fits_a_checkpoint(tmp_path, monkeypatch):
    monkeypatch.setattr(callbacks.HistoryCSV, "_write", lambda self, rows: None)
    history = callbacks.HistoryCSV(tmp_path / "h.csv", every=1)
    losses = {f"{player}_{name}": 1234.5678 for player in "dg" for name in (*"abcdefgh", "imagined")}
    for _ in range(MAX_ROWS + 5):
        history.on_train_batch_end(0, losses)
    steps = [row["step"] for row in history.rows]
    assert steps[:3] == [1, 3, 5] and steps[-3:] == [5003, 5004, 5005] and len(steps) == 2505
    history.rows = history.rows[-1:] * MAX_ROWS
    assert len(json.dumps(history.state())) < checkpoints._MAX_PAGE * 0.5
    files.parse_json(json.dumps(history.state()))


def test_a_history_that_cannot_be_written_is_told_and_ends_nothing(tmp_path):
    (tmp_path / "h.csv").mkdir()
    players = Players()
    with pytest.warns(UserWarning, match=r"h\.csv could not be written, and the training goes on"):
        fit(players, callbacks.HistoryCSV(tmp_path / "h.csv", every=4), steps=10)
    assert int(players.step.numpy()) == 10


def paces(**budget):
    told = []
    progress = callbacks.Progress(**budget, show=told.append, pause=0)
    return told, progress


@pytest.mark.parametrize("steps", [16, (4, 12)])
def test_progress_counts_steps_over_both_stages(steps):
    told, progress = paces(steps=steps)
    fit(Embedders(), progress, steps=4)
    fit(Players(), progress, steps=6, epochs=2)
    assert [pace.step for pace in told if not pace.ended] == list(range(1, 17))
    assert told[3].fraction == 0.25 and told[3].stage == "embedders"
    assert told[-1].fraction == 1 and told[-1].stage == "GANs" and told[-1].time_left == "0:00"


def test_progress_by_epochs_counts_each_fit_alone():
    told, progress = paces()
    fit(Embedders(), progress, steps=4)
    fit(Players(), progress, steps=5, epochs=2)
    assert [pace.fraction for pace in told if pace.ended] == [1, 1]
    assert told[4 + 1].fraction == 0.1


def test_progress_by_minutes_tells_the_time_left(monkeypatch):
    told, progress = paces(minutes=2)
    clock = iter(range(0, 600, 15))
    monkeypatch.setattr(callbacks.time, "perf_counter", lambda: next(clock))
    progress.on_train_begin()
    progress.on_train_batch_end(0, {"loss": 1.0})
    assert told[0].fraction == 30 / 120 and told[0].time_left == "1:30"


def test_progress_speaks_no_oftener_than_it_may():
    told, progress = paces(steps=10)
    progress.pause = 60
    fit(Players(), progress)
    assert [pace.step for pace in told] == [1, 10]


def test_time_left_is_unknown_before_the_first_step():
    assert callbacks.Pace(0.0, float("inf"), 0, {}, False).time_left == "?"


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_a_terminal_sees_one_line_a_stage():
    terminal = Terminal()
    progress = callbacks.Progress(steps=10, show=callbacks.TerminalLine(terminal), pause=0)
    fit(Players(), progress)
    assert terminal.getvalue().count("\n") == 1
    last = terminal.getvalue().split("\r\x1b[K")[-1]
    assert last.startswith("█" * 20 + " 100%, 0:00 left, step 10 (GANs) d_image 1.00 g_image -1.00"[:59])


def test_a_file_gets_a_line_each_tenth(capsys):
    fit(Players(), callbacks.Progress(steps=40, pause=0), steps=40)
    assert len(capsys.readouterr().err.splitlines()) == 11


def test_progress_names_a_stage_only_where_one_is_known(capsys):
    line = callbacks.TerminalLine()
    line(callbacks.Pace(0.5, 1.0, 1, {"loss": 2.0}, False))
    assert capsys.readouterr().err.endswith("step 1 loss 2.00\n")
    told, progress = paces(stage="warming up")
    fit(Players(), progress, steps=2)
    assert {pace.stage for pace in told} == {"warming up"}


def test_sample_grid_writes_the_newest_picture_and_keeps_the_others(tmp_path):
    shown = []
    grid = callbacks.SampleGrid(
        {"text": ["a three", "a four"]}, tmp_path / "run", every=4, show=lambda *x: shown.append(x)
    )
    players = Players()
    fit(Embedders(), grid, steps=2)
    assert not shown  # the embedders cannot speak
    fit(players, grid, steps=10)
    names = ["grid-000001.png", "grid-000004.png", "grid-000008.png", "grid-000010.png", "grid.png"]
    assert sorted(path.name for path in (tmp_path / "run").iterdir()) == names
    assert (tmp_path / "run" / "grid.png").read_bytes() == shown[-1][0]
    assert shown[-1][1].startswith("Samples after 10 steps. a three: an image.")
    assert Image.open(io.BytesIO(shown[0][0])).size[0] > 100
    assert {seed for _, _, seed in players.asked} == {0}


def test_sample_grid_does_not_draw_the_last_step_twice():
    shown = []
    fit(Players(), callbacks.SampleGrid({"text": ["a"]}, every=5, show=lambda *x: shown.append(x)), steps=5)
    assert len(shown) == 2


def test_sample_grid_takes_one_example_of_each_class():
    pairs = {
        "image": np.arange(6.0)[:, None, None, None] * np.ones((1, 28, 28, 1)),
        "label": np.array([2, 2, 0, 1, 0, 1]),
    }
    grid = callbacks.SampleGrid(pairs, columns=2, show=print)
    assert [float(x[0, 0, 0]) for x in grid.prompts] == [2, 3]
    players = Players()
    fit(players, grid, steps=1)
    assert players.asked[0][0]["image"].shape == (2, 28, 28, 1)


def test_sample_grid_shows_itself_in_a_notebook(monkeypatch):
    updates = []

    class Handle:
        def update(self, page):
            updates.append(page.data)

    def display(page, display_id):
        updates.append(page.data)
        return Handle()

    monkeypatch.setattr("IPython.display.display", display)
    fit(Players(), callbacks.SampleGrid({"text": ["a three"]}, every=2), steps=2)
    assert not updates  # nobody looks
    monkeypatch.setattr("IPython.get_ipython", lambda: object())
    fit(Players(), callbacks.SampleGrid({"text": ["a three"]}, every=2), steps=2)
    assert len(updates) == 2 and all(page.startswith("<img") and "alt=" in page for page in updates)


def test_losses_of_a_history_file_can_be_drawn(tmp_path):
    fit(Players(), callbacks.HistoryCSV(tmp_path / "h.csv", every=2), steps=6)
    assert "d_image from 1.00 to 1.00" in plots.losses(callbacks.read_history(tmp_path / "h.csv")).alt


@pytest.mark.parametrize(
    "make",
    [lambda every: callbacks.SampleGrid({"text": ["a"]}, every=every), lambda every: callbacks.HistoryCSV("h", every)],
    ids=["SampleGrid", "HistoryCSV"],
)
@pytest.mark.parametrize("every", [0, -1, 2.5, None])
def test_every_is_a_whole_number_from_1(make, every):
    with pytest.raises(ValueError, match=r"every must be a whole number from 1\. Received: "):
        make(every)


def test_sample_grid_shows_whole_rows_and_captions_that_fit():
    pairs = {"text": ["", "a three", "a " * 20, "…"], "label": [0, 0, 1, 2]}
    grid, players = callbacks.SampleGrid(pairs, show=lambda *x: None), Players()
    fit(players, grid, steps=1)
    assert players.asked[0][0] == {"text": ["a three", " ".join("a" * 15)]}


def test_sample_grid_needs_a_modality():
    with pytest.raises(ValueError, match=r"give pairs, or prompts.*Received: label"):
        callbacks.SampleGrid({"label": [1]})


def test_a_single_caption_is_one_prompt():
    assert callbacks.SampleGrid({"text": "a three"}, show=print).prompts == ["a three"]
