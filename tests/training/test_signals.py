"""Ctrl-C and its kin end a training between two steps; what they would have done comes after."""

import signal
import threading

import pytest

from mmgan_lite.training.signals import heard


@pytest.fixture
def caught():
    """Signals that reach those who were there before; what started the tests may be deaf to Ctrl-C."""
    numbers: list[int] = []
    kinds = [signal.SIGINT, signal.SIGTERM]
    before = [signal.signal(kind, lambda number, _: numbers.append(number)) for kind in kinds]
    yield numbers
    for kind, handler in zip(kinds, before, strict=True):
        signal.signal(kind, handler)


def test_ctrl_c_sets_the_event_however_often_it_comes(caught, capfd):
    stop = threading.Event()
    with heard(stop) as came:
        for _ in range(3):
            signal.raise_signal(signal.SIGINT)
    assert stop.is_set() and came == [signal.SIGINT] * 3 and not caught
    assert capfd.readouterr().err.count("stopping after this step") == 1
    signal.raise_signal(signal.SIGINT)
    assert caught == [signal.SIGINT]  # who was there before hears again


def test_what_ends_a_process_does_so_afterwards(caught, capfd):
    stop = threading.Event()
    with heard(stop):
        signal.raise_signal(signal.SIGTERM)
        assert stop.is_set() and not caught
    assert caught == [signal.SIGTERM]


def test_an_error_inside_comes_out_and_the_handlers_are_put_back(caught):
    with pytest.raises(ZeroDivisionError), heard(threading.Event()):
        1 / 0  # noqa: B018
    signal.raise_signal(signal.SIGINT)
    assert caught == [signal.SIGINT]


def test_who_is_deaf_to_a_signal_stays_so():
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        stop = threading.Event()
        with heard(stop) as came:
            signal.raise_signal(signal.SIGINT)
        assert not stop.is_set() and not came
    finally:
        signal.signal(signal.SIGINT, before)


def test_another_thread_hears_nothing_and_asks_for_nothing():
    done = []

    def train():
        with heard(threading.Event()) as came:
            done.append(came)

    thread = threading.Thread(target=train)
    thread.start()
    thread.join()
    assert done == [[]]
