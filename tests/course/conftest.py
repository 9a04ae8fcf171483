"""Fixtures that the tests of several widgets share."""

import numpy as np
import pytest


@pytest.fixture
def stroke():
    """A function (rows, columns), slices of 28 of each, to the bytes of a drawing on the pad, with ink there."""

    def draw(rows, columns):
        drawing = np.zeros((28, 28), "uint8")
        drawing[rows, columns] = 255
        return drawing.repeat(3, axis=0).repeat(3, axis=1).tobytes()

    return draw


@pytest.fixture
def words_on_the_way():
    """A function (page, move) to what a `Page` says, one after the other, while `move` is called."""

    def listen(page, move):
        said = []
        page.observe(lambda change: said.append(change["new"]), "value")
        move()
        page.unobserve_all()
        return said

    return listen
