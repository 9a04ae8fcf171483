"""Work in a thread: it begins once, stops when asked, goes on, and says what went wrong."""

import threading
import time

from mmgan_lite.course.kit.guard import Guard
from mmgan_lite.course.kit.widget import CourseWidget
from mmgan_lite.course.kit.worker import Worker


class Counting(CourseWidget):
    """Counts until it is asked to stop, at most to twenty."""

    def __init__(self):
        super().__init__()
        self.count, self.endings = 0, []
        self.worker = Worker(self.work, self.guard, self.endings.append)

    def work(self, most=20):
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
        counting.start()
        counting.worker.wait()
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
