"""One training step, slowly: the kit's diagram with its real tensors, there and back, and once more with another loss.

GAN Lab (Kahng et al. 2018) shows a step of two players on points of the plane; this one has three modalities.
"""

import html
import itertools

import ipywidgets as widgets
import numpy as np

from mmgan_lite import losses, plots
from mmgan_lite.course.generating import tensors
from mmgan_lite.course.generating.diagram import Diagram, edges, node_id
from mmgan_lite.course.generating.one_step import OneStep
from mmgan_lite.course.kit import cards
from mmgan_lite.course.kit.keys import Keys
from mmgan_lite.course.kit.widget import CourseWidget, row
from mmgan_lite.course.kit.worker import Worker
from mmgan_lite.datasets import batches, digits
from mmgan_lite.networks import embedders

ROWS = 8  # examples in the batch
PACES = {"slow": 5.0, "walking": 2.5, "quick": 1.0}
_KINDS = {"real": "real sample", "fake": "fake", "mismatched": "real sample with a wrong condition"}
PLACES = {  # where a box stands in its modality's two lines, and at which stage it lights up
    "real": (0, 0, 0), "vector": (1, 0, 1), "z": (3, 0, 3), "fake": (4, 0, 4), "logits": (5, 0, 5), "pushes": (6, 0, 6),
    "d": (5, 1, 7), "slope": (4, 1, 8), "g": (3, 1, 9),
}  # fmt: skip


class TrainingStep(CourseWidget):
    """A step of the game that can be looked at: stage after stage, example after example, loss after loss.

    Args:
        gan: A `MultimodalGAN`. Its weights stay as they are; it must be compiled anew before it is trained again.
        batch: One of `as_dataset`; None draws eight of the digits' validation split.
        pairs: {name: `losses.AdversarialLoss`} to choose from; None takes all of the package.

    Attributes:
        step: The `OneStep`.
        diagram: The `Diagram`.
        example, loss: The controls.
    """

    name = "step"

    def __init__(self, gan, batch=None, pairs=None):
        super().__init__()
        self.pairs = dict(losses.ADVERSARIAL if pairs is None else pairs)
        if batch is None:
            batch = next(iter(batches.as_dataset(digits.load_digits("valid"), batch_size=ROWS, seed=0)))
        self.step, self._found = OneStep(gan, batch), {}
        self.rows = len(next(iter(self.step.real.values())))
        self.diagram = Diagram(edges=edges(self.step.modalities))
        self._controls()
        self._follow()
        # the others are worked out while the first one is looked at: each takes longer than a hand wants to wait
        self.worker = Worker(lambda: [self._slopes(name) for name in self.pairs], self.guard, lambda failed: None)
        self.worker.start()
        self.lay_out(row(self.loss, self.example, self.pace), self.diagram, self.told, Keys())

    def _controls(self):
        first = "non_saturating" if "non_saturating" in self.pairs else next(iter(self.pairs))
        wide = {"description_width": "70px"}
        options = [(name.replace("_", " "), name) for name in self.pairs]
        loss = widgets.Dropdown(options=options, value=first, description="loss", style=wide)
        self.loss = self.control("loss", loss, self._follow)
        example = widgets.IntSlider(1, 1, self.rows, description="example", style=wide, continuous_update=False)
        self.example = self.control("example", example, self._follow)
        pace = widgets.Dropdown(options=list(PACES.items()), value=2.5, description="pace", style=wide)
        self.pace = self.control("pace", pace, self._take_pace)
        self.told = self.page("told")

    def _take_pace(self):
        self.diagram.pace = self.pace.value

    def _slopes(self, name):
        if name not in self._found:
            self._found[name] = self.step.slopes(self.pairs[name])
        return self._found[name]

    def _follow(self):
        """Draw the chosen example under the chosen loss."""
        name, number = self.loss.value, self.example.value - 1
        slopes = self._slopes(name)
        nodes = [_condition(self.step, number)]
        for place, m in enumerate(self.step.modalities):
            nodes += [
                {"id": node_id(kind, m), "x": x, "y": 2 * place + y, "stage": stage, **box}
                for (kind, box), (x, y, stage) in (
                    (one, PLACES[one[0]]) for one in _boxes(self.step, slopes[m], m, number).items()
                )
            ]
        self.diagram.nodes = nodes
        told = ", ".join(f"{m} D {one.d_loss:.2f}, G {one.g_loss:.2f}" for m, one in slopes.items())
        self.diagram.alt = f"One training step under the {name.replace('_', ' ')} loss, example {number + 1}."
        self.told.say(f"Losses of this batch: {told}.")

    def still_html(self):
        """All boxes of the example, stage by stage, with their words."""
        page = ""
        for number, stage in enumerate(self.diagram.stages):
            boxes = "".join(_still(node) for node in self.diagram.nodes if node["stage"] == number)
            page += f"<p><b>{number + 1}. {stage['title']}.</b> {stage['words']}</p>{boxes}"
        return page + self.told.value


def _still(node):
    picture = node["picture"].replace("height: auto", "height: 60px; width: auto")
    message = f"{html.escape(node['name'])} {html.escape(node['shape'])}"
    return f'<figure style="display: inline-block; margin: 4px">{picture}<figcaption>{message}</figcaption></figure>'


def _condition(step, number):
    """The box of the condition that all modalities share."""
    e = _of(number, step.e, step)
    words = f"The condition, a point of the space again: {_made_of(step, number)}."
    picture = tensors.signed("e", e, "The condition, number by number.")
    middle = len(step.modalities) - 1
    return {"id": "e", "x": 2, "y": middle, "stage": 2, "name": "condition e", "picture": picture,
            "shape": str(step.e.shape), "words": words}  # fmt: skip


def _boxes(step, slopes, m, number):
    """{kind: the box's words and picture} of one modality."""
    name, noise = cards.NAMES.get(m, m), step.z[m].shape[-1]
    real, fake, on_fake = step.real[m][number], _of(number, step.fakes[m], step), _of(number, slopes.on_fake, step)
    whole = f"A real {name}, example {number + 1} of the batch{_in_words(step, m, real)}."
    made = f"What G makes of z and the condition{_in_words(step, m, fake)}."
    point = f"The {name}’s point in the shared space, of length 1."
    drawn = f"What the generator of this modality draws: {noise} numbers of the bell."
    better = f"What would please D more: blue upwards, orange-red downwards. The largest: {np.abs(on_fake).max():.1e}."
    samples, signed = tensors.sample, tensors.signed
    boxes = {
        "real": _box(f"real {name}", step.real[m].shape, whole, samples, m, real),
        "vector": _box("its point", step.vectors[m].shape, point, signed, "e", step.vectors[m][number]),
        "z": _box("noise z", step.z[m].shape, drawn, signed, "z", _of(number, step.z[m], step)),
        "fake": _box(f"fake {name}", step.fakes[m].shape, made, samples, m, fake),
        "slope": _box("slope on it", step.fakes[m].shape, better, signed, m, -on_fake),
    }
    weights = {"d": ("D", slopes.d_layers, "blue"), "g": ("G", slopes.g_layers, "vermilion")}
    return boxes | _judged(step, slopes, m, number) | {kind: _slopes_of(*of) for kind, of in weights.items()}


def _judged(step, slopes, m, number):
    """The boxes of D's logits, and of what the losses want of them."""
    values, pushes = (
        {kind: _of(number, value, step) for kind, value in logits._asdict().items() if value is not None}
        for logits in (step.logits[m], slopes.d_pushes)
    )
    said = ", ".join(f"{tensors.number(value)} of the {_KINDS[kind]}" for kind, value in values.items())
    pulls = ", ".join(f"the {_KINDS[kind]} by {tensors.number(push)}" for kind, push in pushes.items())
    wish = f"G’s loss pulls at the fake by {tensors.number(_of(number, slopes.g_pushes, step))}"
    told, wish = f"D says {said}. To the right is real.", f"D’s loss pulls at {pulls}. {wish}."
    shape = (len(step.logits[m].fake), 1)
    return {
        "logits": _drawn("D’s logits", shape, told, tensors.logits(values, {}, told)),
        "pushes": _drawn("pulls", shape, wish, tensors.logits(values, pushes, wish)),
    }


def _slopes_of(player, sizes, colour):
    named = ", ".join(f"{name} {size:.1e}" for name, size in sizes.items())
    words = f"Slopes of {player}’s loss on {player}’s weights, over the whole batch (root mean square): {named}."
    picture = tensors.layers(sizes, plots.OKABE_ITO[colour], words)
    return _drawn(f"slopes of {player}", f"{len(sizes)} arrays", words, picture)


def _box(name, shape, words, draw, *what):
    return _drawn(name, shape, words, draw(*what, words))


def _drawn(name, shape, words, picture):
    return {"name": name, "shape": str(shape), "words": words, "picture": picture}


def _of(number, values, step):
    """A row of an array; where D judges packs of several samples, the pack's row that an example lies in."""
    rows = len(next(iter(step.real.values())))
    return values[number * len(values) // rows]


def _in_words(step, m, sample):
    record = step.gan.records[m]
    return f": “{record.from_network(np.asarray(sample)[None])[0]}”" if record.in_words else ""


def _made_of(step, number):
    """Whose points were joined, found by trying all ways to join them."""
    vectors = np.stack([step.vectors[m][number] for m in step.modalities])[None]
    for presence in itertools.product((0.0, 1.0), repeat=len(step.modalities)):
        if any(presence):
            joined = np.asarray(embedders.fuse(vectors, np.array([presence], "float32")))[0]
            if np.allclose(joined, _of(number, step.e, step)[: len(joined)], atol=1e-4):
                return "made of " + " + ".join(m for m, here in zip(step.modalities, presence, strict=True) if here)
    return "made of all modalities, with a caption that says all"  # a whole example, as the prior draws them
