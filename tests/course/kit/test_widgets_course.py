"""The widgets that every notebook of the course uses: a guess before an experiment, a page, a plane, and numbers."""

import io

import ipywidgets
import numpy as np
import pytest
from PIL import Image

from mmgan_lite import plots
from mmgan_lite.course import Page, Plane, Predict, Redrawn
from mmgan_lite.course.kit.keys import Keys


@pytest.fixture
def asked():
    made = Predict("Which way?", ["up", "down & out"])
    yield made
    assert made.guard.errors == []


def test_experiment_opens_once_a_guess_is_stored(asked):
    experiment = ipywidgets.IntSlider()
    box = asked.gate(experiment)
    closed = box.children[0]
    assert experiment.layout.display == "none" and closed.layout.display is None
    assert asked.button.disabled
    asked.choice.value = "up"
    assert not asked.button.disabled
    asked.button.click()
    assert asked.guess == "up"
    assert experiment.layout.display is None and closed.layout.display == "none"
    assert asked.choice.disabled and asked.button.disabled


def test_a_stored_guess_stays_whatever_is_clicked_in_haste(asked):
    asked.choice.value = "up"
    asked.button.click()
    asked.choice.value = "down & out"  # on its way while the guess was stored
    asked.button.click()
    assert (asked.guess, asked.choice.value) == ("up", "up")
    assert "Stored: up" in asked.told.value


def test_an_experiment_is_kept_for_pages_without_widgets(asked):
    page = Page("<b>what it shows</b>")
    assert asked.gate(page)._repr_mimebundle_()["text/html"] == "<b>what it shows</b>"
    assert "text/html" not in asked.gate(ipywidgets.IntSlider())._repr_mimebundle_()


def test_guess_stands_beside_what_happened_before_and_after_it_is_stored(asked):
    page = asked.beside("up", "Because 2 > 1.")
    assert "You did not guess" in page.value and "Because 2 &gt; 1." in page.value
    asked.store("down & out")
    assert "You guessed “down &amp; out”. What happened: “up”." in page.value
    assert "As you expected" not in page.value
    assert "As you expected" in asked.beside("down & out").value


def test_guess_and_outcome_must_be_options(asked):
    with pytest.raises(ValueError, match="must be one of"):
        asked.store("sideways")
    with pytest.raises(ValueError, match="must be one of"):
        asked.beside("sideways")


def test_question_is_kept_for_pages_without_widgets(asked):
    assert "Which way?<ul><li>up</li><li>down &amp; out</li></ul>" in asked._repr_mimebundle_()["text/html"]


def test_every_question_brings_the_keyboard_s_helper(asked):
    assert any(isinstance(part, Keys) for part in asked.children)


def test_page_says_and_draws_and_is_kept_for_pages_without_widgets():
    page = Page(name="my-page")
    page.say("1 < 2")
    assert "1 &lt; 2" in page.value and 'role="status"' in page.value
    fig, ax = plots.figure(1, 1)
    ax.alt = "An empty figure."
    page.draw(fig)
    assert 'alt="An empty figure."' in page._repr_mimebundle_()["text/html"]
    assert "my-page" in page._dom_classes


def test_plane_keeps_places_and_lays_a_field_under_them():
    plane = Plane([[0, 1], [2, 3]], extent=(0, 4, 0, 2))
    assert plane.places().tolist() == [[0, 1], [2, 3]]
    lattice = plane.lattice(5)
    assert lattice.shape == (25, 2) and lattice[0].tolist() == [0, 0] and lattice[1].tolist() == [1, 0]
    plane.show_field(lattice[:, 1].reshape(5, 5), 0, 2, "gray")  # brighter upwards
    pixels = np.asarray(Image.open(io.BytesIO(plane.picture)).convert("L"))
    assert pixels.shape == (5, 5) and pixels[0, 0] == 255 and pixels[-1, 0] == 0


def test_an_empty_plane_has_places_of_the_right_shape():
    assert Plane(adding=True).places().shape == (0, 2)


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


def test_table_shows_three_digits_and_escapes_words():
    page = plots.table({"x <": [0.12345, np.float32(2)], "y": ["a&b", 3]})
    assert page.startswith("<details><summary>The numbers</summary>")
    assert '<th scope="col">x &lt;</th>' in page
    assert "<td>0.123</td><td>a&amp;b</td>" in page and "<td>2</td><td>3</td>" in page
    assert plots.table({}) == plots.table(None) == ""


def test_note_stands_in_the_picture_and_in_its_words():
    ax = plots.losses({"loss": [1, 2]})
    fig = plots.note(ax, "budget smoke")
    assert fig is ax.figure and plots.alt_text(fig).endswith("budget smoke.")
    assert "budget smoke" in plots.show(fig, numbers={"loss": [1.0]}).data
