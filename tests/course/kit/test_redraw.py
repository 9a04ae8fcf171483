"""A figure under controls follows them, and opens its numbers on demand."""

import ipywidgets
import pytest

from mmgan_lite import plots
from mmgan_lite.course.kit.redraw import Redrawn


def figure(title="a sheet"):
    fig, ax = plots.figure(2, 1)
    ax.alt = f"Nothing but {title}."
    return fig


def test_sliders_redraw_the_figure_with_its_alt_text():
    board = Redrawn(
        lambda **at: figure(f"{at['image']} and {at['speech']}"), "corruption", image=[0.0, 0.5], speech=[0.1, 0.2, 0.3]
    )
    assert 'alt="Nothing but 0.5 and 0.2."' in board.view.value
    board.sliders["image"].value = 0.0
    assert 'alt="Nothing but 0.0 and 0.2."' in board.view.value
    assert board.guard.errors == []


def test_sliders_can_be_found_by_their_classes():
    board = Redrawn(lambda **_: figure(), "corruption", image=[0.0, 0.5], speech=[0.1])
    assert board.sliders["image"]._dom_classes == ("corruption-slider-image", "corruption-slider")
    assert board.sliders["speech"]._dom_classes == ("corruption-slider-speech",)
    assert "corruption-view" in board.view._dom_classes


def test_an_error_while_drawing_is_raised_under_test_and_shown():
    def draw(image):
        if image:
            raise ValueError("no such picture")
        return figure()

    board = Redrawn(draw, "corruption", image=[0.1, 0.0])
    with pytest.raises(ValueError, match="no such picture"):
        board.sliders["image"].value = 0.1
    assert "no such picture" in board.guard.view.value


def test_redrawn_takes_any_control_and_opens_the_numbers_on_demand():
    def draw(size):
        fig, ax = plots.figure(1, 1)
        ax.alt = f"Size {size}."
        return fig, {"size": [size], "name": ["<b>"]}

    board = Redrawn(draw, "board", size=ipywidgets.IntSlider(3, 1, 9))
    assert 'alt="Size 3."' in board.view.value and board.numbers.value == ""
    board.opener.value = True
    board.sliders["size"].value = 5
    assert "<td>5</td><td>&lt;b&gt;</td>" in board.numbers.value
    assert "board-slider" in board.sliders["size"]._dom_classes
    assert 'alt="Size 5."' in board._repr_mimebundle_()["text/html"]
    assert board.guard.errors == []


def test_a_list_of_other_things_than_shares_is_shown_as_it_is():
    board = Redrawn(lambda loss: plots.losses({"loss": [1, 2]}).figure, "board", loss=["hinge", "minimax"])
    assert [name for name, _ in board.sliders["loss"].options] == ["hinge", "minimax"]
    assert board.opener.layout.display == "none"
