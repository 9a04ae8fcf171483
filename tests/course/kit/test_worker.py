"""Work in a thread: it begins once, stops when asked, goes on, and says what went wrong."""

import asyncio
import threading
import time

import pytest

from mmgan_lite.course.kit.guard import Guard
from mmgan_lite.course.kit.widget import CourseWidget
from mmgan_lite.course.kit.worker import Worker


class Counting(CourseWidget):
    """Counts until it is asked to stop, at most to twenty."""

    def __init__(self, failing=False):
        super().__init__()
        self.count, self.endings, self.failing = 0, [], failing
        self.worker = Worker(self.work, self.guard, self.endings.append)

    def work(self, most=20):
        if self.failing:
            raise ArithmeticError("broken on purpose")
        while self.count < most:
            self.count += 1
            if self.worker.stopping.wait(0.01):
                break

    def start(self):
        self.worker.start()

    def stop(self):
        self.worker.stop()


def test_a_second_start_begins_nothing():
    counting = Counting()
    for _ in range(2):
        asyncio.run(counting.worker.finished(counting, "all is kept"))
    assert counting.count == 20 and counting.endings == [False]


def test_a_stop_before_the_start_leaves_one_step():
    counting = Counting()
    counting.stop()
    counting.start()
    counting.worker.wait()
    assert counting.count == 1 and not counting.worker.is_running


def test_it_goes_on_with_other_arguments_once_it_has_ended():
    counting = Counting()
    counting.worker.go_on(2)
    counting.worker.go_on(5)  # it runs already
    counting.worker.wait()
    assert counting.count == 2
    counting.worker.go_on(5)
    counting.worker.wait()
    assert counting.count == 5 and counting.endings == [False, False]


def test_a_click_between_the_end_and_the_last_words_is_not_lost():
    opened, runs = threading.Event(), []

    def ended(failed):
        opened.set()  # as a button opens
        time.sleep(0.1)  # and the last words are said

    worker = Worker(lambda: runs.append(1), Guard(), ended)
    worker.start()
    opened.wait()
    worker.go_on()
    worker.wait()
    assert len(runs) == 2


@pytest.mark.parametrize("interrupt", [KeyboardInterrupt, asyncio.CancelledError])
def test_an_interrupt_stops_it_and_says_what_is_kept(monkeypatch, interrupt):
    async def interrupted(seconds):
        raise interrupt

    monkeypatch.setattr(asyncio, "sleep", interrupted)
    counting = Counting()
    with pytest.raises(interrupt, match="stopped; all is kept"):
        asyncio.new_event_loop().run_until_complete(counting.worker.finished(counting, "all is kept"))
    assert counting.count < 20 and not counting.worker.is_running


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_an_error_is_told_and_comes_out_of_the_awaited_cell():
    counting = Counting(failing=True)
    with pytest.raises(ArithmeticError, match="on purpose"):
        asyncio.run(counting.worker.finished(counting, "all is kept"))
    assert counting.endings == [True] and "on purpose" in counting.guard.view.value
