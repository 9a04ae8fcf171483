"""The experiment board: no run without a prediction, Stop keeps what is done, and what is kept comes back."""

import asyncio
import threading

import pytest

from mmgan_lite.course import Experiment
from mmgan_lite.course.measuring import sweep
from mmgan_lite.course.measuring.design import NOTHING

EXPECTED = "the penalty helps"
OFFERS = {"penalty": {"none": 0.0, "r1": 1.0}, "loss": ["old", "new"], "rate": [0.1, 0.2, 0.3]}


class Score:
    """Counts its calls; may be held up."""

    def __init__(self):
        self.calls, self.gate = [], threading.Event()
        self.gate.set()

    def __call__(self, seed, penalty, loss, rate):
        self.calls.append((seed, penalty, loss, rate))
        assert self.gate.wait(20)
        return penalty + 0.01 * seed


@pytest.fixture
def score():
    return Score()


@pytest.fixture
def board(score, tmp_path):
    made = Experiment(score, OFFERS, path=tmp_path / "results.json")
    yield made
    assert made.guard.errors == []


def finish(board):
    asyncio.run(board.finished())


def test_run_opens_once_a_prediction_is_written(board, score):
    assert board.runner.disabled and "First write" in board.design.told.value
    board.start()
    assert board.sweep is None and score.calls == []
    board.design.prediction.value = EXPECTED
    assert not board.runner.disabled
    assert "4 combinations × 3 seeds = 12 runs" in board.design.told.value


def test_a_sweep_runs_to_its_end_and_reports(board, score):
    board.design.prediction.value = EXPECTED
    board.runner.click()
    finish(board)
    assert board.complete and len(score.calls) == 12
    assert {call[3] for call in score.calls} == {0.1}  # a setting that is not varied stays at its first level
    assert "All done: 12 of 12 runs" in board.line.value and board.bar.value == 1.0
    assert "penalty r1, loss new" in board.view.value
    assert EXPECTED in board.told.value and "a difference" in board.told.value and "within noise" in board.told.value
    assert "<td>3</td>" in board.told.value
    assert not board.runner.disabled and not board.design.prediction.disabled


def test_controls_are_closed_while_it_runs_and_stop_keeps_what_is_done(board, score):
    board.design.prediction.value = EXPECTED
    score.gate.clear()
    board.runner.click()
    assert board.runner.disabled and board.design.prediction.disabled and not board.stopper.disabled
    assert all(box.disabled for box in board.design.levels[0].children)
    board.runner.click()
    board.start()  # twice, in haste
    board.stopper.click()
    assert "Stopping after this run" in board.line.value
    score.gate.set()
    finish(board)
    assert len(board.sweep.results) == 1 and not board.complete
    assert "Stopped: 1 of 12 runs" in board.line.value
    board.stop()  # too late, by a click that was on its way
    assert "Stopped: 1 of 12 runs" in board.line.value


def test_run_goes_on_where_stop_ended_it(board, score):
    test_controls_are_closed_while_it_runs_and_stop_keeps_what_is_done(board, score)
    board.runner.click()
    finish(board)
    assert board.complete and len(score.calls) == 12
    assert sweep.read(board.file.value)["results"] == board.sweep.results


def test_another_question_keeps_the_answers_to_the_last_one(board, score):
    board.design.prediction.value = EXPECTED
    board.runner.click()
    finish(board)
    first = board.file.value
    board.design.prediction.value = "the loss helps more"
    board.runner.click()
    finish(board)
    assert board.file.value != first
    assert sweep.read(first)["prediction"] == EXPECTED


def test_one_setting_alone_and_fewer_levels(board):
    board.design.names[0].value, board.design.names[1].value = "rate", NOTHING
    assert board.design.levels[1].options == ()
    board.design.levels[0].children[1].value = False  # unticked by hand
    assert board.design.levels[0].value == ("0.1", "0.3")
    board.design.seeds.value, board.design.prediction.value = 1, EXPECTED
    assert (
        "2 combinations × 1 seed = 2 runs" in board.design.told.value
        and "tells nothing of chance" in board.design.told.value
    )
    board.runner.click()
    finish(board)
    assert [result["at"] for result in board.sweep.results] == [{"rate": "0.1"}, {"rate": "0.3"}]
    assert "cannot tell" in board.told.value


def test_a_script_without_spaces_between_words_is_read_too(board):
    board.design.prediction.value = "新损失"
    assert board.runner.disabled
    board.design.prediction.value = "新损失不会更好"
    assert not board.runner.disabled


@pytest.mark.parametrize("name", ["", ".", "a file/results.json", "results\0.json"])
def test_a_file_that_cannot_be_written_is_told_before_the_first_run(board, score, tmp_path, name):
    (tmp_path / "a file").touch()
    good, board.file.value = board.file.value, name and str(tmp_path / name)
    board.design.prediction.value = EXPECTED
    board.runner.click()
    assert "Nothing can be kept there" in board.line.value and score.calls == []
    board.file.value = good
    board.runner.click()
    finish(board)
    assert board.complete


def test_results_of_another_board_are_told_plainly(board, score, tmp_path):
    other = Experiment(lambda seed, size: float(seed), {"size": [1, 2]}, prediction=EXPECTED, path=board.file.value)
    finish(other)
    board.loader.click()
    assert "this board varies penalty, loss, rate" in board.line.value and board.sweep is None
    board.design.prediction.value = EXPECTED
    board.runner.click()
    finish(board)
    assert board.complete and board.file.value != other.file.value


def test_an_interrupted_cell_stops_the_sweep(board, score):
    board.design.prediction.value = EXPECTED
    board.score = lambda **_: threading.Event().wait(0.1) or 1.0

    async def cell():
        await asyncio.wait_for(board.finished(), 0.3)

    with pytest.raises(TimeoutError):
        asyncio.run(cell())
    assert not board.worker.is_running and 1 <= len(board.sweep.results) < 12
    assert "Stopped" in board.line.value


def test_a_design_that_varies_nothing_is_told_plainly(board):
    board.design.prediction.value = EXPECTED
    board.design.names[1].value = "penalty"
    assert "two different settings" in board.design.told.value and board.runner.disabled
    board.design.names[1].value = NOTHING
    board.design.levels[0].value = ["r1"]
    assert "two levels" in board.design.told.value and board.runner.disabled


def test_time_that_is_over_ends_it(board, score):
    board.design.prediction.value, board.design.seconds.value = EXPECTED, 1
    board.score = lambda **_: threading.Event().wait(0.6) or 1.0
    board.runner.click()
    finish(board)
    assert 1 <= len(board.sweep.results) < 12
    assert "The time is over" in board.line.value


def test_what_was_kept_comes_back_with_its_prediction_and_goes_on(board, score, tmp_path):
    board.design.prediction.value = EXPECTED
    board.design.names[0].value, board.design.seeds.value = "rate", 2
    board.design.levels[0].value = ["0.1", "0.3"]
    board.runner.click()
    finish(board)
    other = Experiment(score, OFFERS, path=board.file.value)
    other.loader.click()
    assert other.design.prediction.value == EXPECTED and other.sweep.results == board.sweep.results
    assert other.design.names[0].value == "rate" and other.design.levels[0].value == ("0.1", "0.3")
    assert [box.value for box in other.design.levels[0].children] == [True, False, True]
    assert "Loaded 8 runs" in other.line.value and "rate 0.3" in other.view.value
    other.design.seeds.value = 3
    other.runner.click()
    finish(other)
    assert other.complete and len(score.calls) == 12 and other.file.value == board.file.value


@pytest.mark.parametrize("page", [None, "no json"])
def test_a_file_that_holds_no_results_is_told_in_a_line(board, tmp_path, page):
    if page:
        (tmp_path / "results.json").write_text(page)
    board.loader.click()
    assert "Received" in board.line.value or "No such file" in board.line.value


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_an_error_in_the_score_shows_in_the_page_and_reaches_the_cell(tmp_path):
    board = Experiment(lambda seed, rate: float("nan"), {"rate": [1, 2]}, path=tmp_path / "results.json")
    board.design.prediction.value = EXPECTED
    with pytest.raises(ValueError, match="finite number"):
        finish(board)
    assert "finite number" in board.guard.view.value and "Ended by an error" in board.line.value
    assert not board.runner.disabled


def test_it_is_kept_for_pages_without_widgets(board):
    assert "First write" in board._repr_mimebundle_()["text/html"]
