"""A cell that waits for its training: interrupts, pages that cannot be heard, and pages that are gone."""

import asyncio
import threading
import time

import pytest

from mmgan_lite.course.kit import attend, reach
from mmgan_lite.course.kit.loop import LoopRun

STEPS = 40
SLOW = """
import itertools, time
from mmgan_lite.course import LoopRun

def slowly(learnt):
    for step in itertools.count(1):
        time.sleep(0.1)
        learnt.append(step)
        yield {"loss": 1 / step}
"""
TRAIN = f"""
learnt = []
run = LoopRun(slowly(learnt), {STEPS})
await run.finished()
"""


def slowly(pause=0.02, failing=False):
    while True:
        time.sleep(pause)
        if failing:
            raise ArithmeticError("broken on purpose")
        yield {"loss": 1.0}


@pytest.fixture
def patient(monkeypatch):
    """Everything is told after a quarter of a second."""
    monkeypatch.setattr(reach, "PATIENCE", 0.25)


def wait_for(run):
    asyncio.run(run.finished())


@pytest.mark.parametrize("interrupt", [KeyboardInterrupt, asyncio.CancelledError])
def test_an_interrupt_stops_it_and_says_what_is_kept(monkeypatch, interrupt):
    async def interrupted(seconds):
        raise interrupt

    monkeypatch.setattr(asyncio, "sleep", interrupted)
    run = LoopRun(slowly(), 1000)
    with pytest.raises(interrupt, match="stopped; what was learnt is kept; run this cell again to go on"):
        asyncio.new_event_loop().run_until_complete(run.finished())
    assert not run.worker.is_running and not run.complete


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_an_error_is_told_and_comes_out_of_the_awaited_cell():
    run = LoopRun(slowly(failing=True), 1000)
    with pytest.raises(ArithmeticError, match="on purpose"):
        wait_for(run)
    assert "on purpose" in run.guard.view.value


def test_a_page_that_is_not_heard_says_how_to_stop_as_long_as_the_cell_runs(patient):
    run, told = LoopRun(slowly(), 40), []
    run.reach.told.observe(lambda change: told.append(change["new"]), "value")
    wait_for(run)
    assert "interrupt the kernel" in told[0] and "running this cell again goes on" in told[0]
    assert told[1:] == [""]


def test_a_page_that_cannot_be_heard_is_sent_everything_by_the_main_thread(patient, monkeypatch):
    monkeypatch.setattr(attend, "AFRESH", 1)
    run, senders = LoopRun(slowly(), 40), set()
    run.bar.send_state = run.line.send_state = lambda *_, **__: senders.add(threading.current_thread())
    wait_for(run)
    assert threading.main_thread() in senders


def page_says(run, *words):
    """What a page sends: after a while, one word after the other, in this order however busy the machine is."""

    def send():
        for word in words:
            time.sleep(0.1)
            run.reach._hear(run.reach._voice, {"page": word}, [])

    threading.Thread(target=send, daemon=True).start()


def test_a_page_that_answers_is_told_nothing(patient):
    run = LoopRun(slowly(), 30)
    page_says(run, "here")
    told = []
    run.reach.told.observe(told.append, "value")
    wait_for(run)
    assert told == []


def test_a_page_that_is_gone_leaves_the_training_running(patient):
    run = LoopRun(slowly(), 150)  # three seconds: on a busy machine much passes before the page is missed
    page_says(run, "here", "gone")
    with pytest.raises(attend.PageLeft, match="run this cell again"):
        wait_for(run)
    assert run.worker.is_running
    wait_for(run)
    assert run.complete


def test_one_of_two_windows_that_is_closed_changes_nothing(patient):
    run = LoopRun(slowly(), 40)
    page_says(run, "here", "gone", "here")
    wait_for(run)
    assert run.complete


# In a kernel, without a page: nothing but the interrupt is heard, as in front ends that have no subshells.


class Kernel:
    """A kernel, and all that it says."""

    def __init__(self):
        from jupyter_client import KernelManager

        self.manager = KernelManager(kernel_name="python3")
        self.manager.start_kernel()
        self.client = self.manager.client()
        self.client.start_channels()
        self.client.wait_for_ready(300)

    def begin(self, code):
        return self.client.execute(code, store_history=True)

    def hear(self, words, seconds):
        """Wait until the kernel says this to the page."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            message = self.client.get_iopub_msg(timeout=seconds)
            if words in str(message["content"]):
                return
        raise TimeoutError(words)

    def reply(self, request, seconds=300):
        while True:
            message = self.client.get_shell_msg(timeout=seconds)
            if message["parent_header"]["msg_id"] == request:
                return message["content"]

    def run(self, code):
        return self.reply(self.begin(code))

    def value(self, expression):
        reply = self.reply(self.client.execute("", user_expressions={"_": expression}))
        return eval(reply["user_expressions"]["_"]["data"]["text/plain"])

    def close(self):
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)


@pytest.fixture(scope="module")
def kernel():
    made = Kernel()
    yield made
    made.close()


def test_without_subshells_a_cell_says_so_is_interrupted_and_goes_on_when_it_is_run_again(kernel):
    assert kernel.run(SLOW)["status"] == "ok"
    cell = kernel.begin(TRAIN)
    kernel.hear("not heard while a cell runs", seconds=60)
    kernel.manager.interrupt_kernel()
    reply = kernel.reply(cell)
    assert reply["evalue"] == "stopped; what was learnt is kept; run this cell again to go on"
    assert len(reply["traceback"]) == 1  # a line, no frames
    assert 0 < len(kernel.value("learnt")) < STEPS

    assert kernel.run(TRAIN)["status"] == "ok"  # with all that the cell had made
    assert kernel.value("learnt") == [*range(1, STEPS + 1)] and kernel.value("run.complete")
