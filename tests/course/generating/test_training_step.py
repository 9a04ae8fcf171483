"""The diagram of one training step."""

import json
import re

import pytest

import mmgan_lite as mm
from mmgan_lite import losses
from mmgan_lite.course.generating import diagram
from mmgan_lite.course.generating.training_step import TrainingStep


@pytest.fixture(scope="module")
def made():
    gan, valid = mm.MultimodalGAN.for_pairs(mm.load_digits("valid")), mm.load_digits("valid")
    batch = next(iter(mm.as_dataset(valid, batch_size=4, seed=0)))
    widget = TrainingStep(gan, batch, {name: losses.ADVERSARIAL[name] for name in ("minimax", "hinge")})
    widget.worker.wait()
    yield widget
    assert widget.guard.errors == []


def pictures(widget):
    return {node["id"]: node["picture"] for node in widget.diagram.nodes}


def changed(before, after):
    return {name.split()[0] for name in before if before[name] != after[name]}


def test_every_stage_has_a_box_and_every_line_two_ends(made):
    nodes = {node["id"]: node for node in made.diagram.nodes}
    assert {node["stage"] for node in nodes.values()} == set(range(len(diagram.STAGES)))
    for edge in made.diagram.edges:
        assert max(nodes[edge[end]]["stage"] for end in ("from", "to")) == edge["stage"]
    places = [(node["x"], node["y"]) for node in nodes.values()]
    assert len(set(places)) == len(places)


def test_another_loss_changes_pulls_and_slopes_and_nothing_before(made):
    made.loss.value = "minimax"
    before = pictures(made)
    made.loss.value = "hinge"
    found = changed(before, pictures(made))
    assert "pushes" in found and found <= {"pushes", "slope", "d", "g"}


def test_another_example_changes_samples_but_not_the_slopes_of_the_batch(made):
    made.example.value = 1
    before = pictures(made)
    made.example.value = 2
    found = changed(before, pictures(made))
    assert {"real", "vector", "z", "fake", "logits"} <= found and not {"d", "g"} & found


def test_a_hand_waits_for_no_slopes(made, monkeypatch):
    """Those of all losses were worked out before; tests/benchmarks/bench_widgets.py measures what is left to do."""
    monkeypatch.setattr(type(made.step), "slopes", None)
    for name, number in (("hinge", 3), ("minimax", 4)):
        made.loss.value, made.example.value = name, number
        assert f"under the {name} loss, example {number}." in made.diagram.alt


def test_each_box_has_a_shape_and_alt_text(made):
    for node in made.diagram.nodes:
        (alt,) = re.findall(r'alt="([^"]*)"', node["picture"])
        assert len(alt) > 20 and node["shape"]
    json.dumps(made.diagram.nodes)  # it goes to the page


def test_the_caption_of_a_box_is_told_in_words(made):
    words = {node["id"]: node["words"] for node in made.diagram.nodes}
    assert re.search("“.+”", words["real text"])
    assert "made of" in words["e"]


def test_the_pace_is_the_diagram_s(made):
    made.pace.value = 1.0
    assert made.diagram.pace == 1.0


def test_a_page_without_a_kernel_shows_every_stage(made):
    page = made._repr_mimebundle_()["text/html"]
    assert page.count("<figure") == len(made.diagram.nodes)
    assert all(title in page for title, _ in diagram.STAGES)
