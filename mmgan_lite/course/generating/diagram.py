"""The diagram of one training step: boxes with real tensors, and the lines on which they flow, there and back."""

import traitlets

from mmgan_lite.course.kit.front import Front

STAGES = (
    ("A batch enters", "Real examples: an image, a caption and a sound of the same digit. Each box shows one of them."),
    ("Each is embedded", "An embedder a modality makes a point of the shared space: 64 numbers, of length 1."),
    ("One condition", "The points of some of the modalities, drawn by chance, are joined in one: the condition e."),
    ("Noise", "Each generator draws a z of its own."),
    ("A fake of each modality", "G hears z and the condition, a little blurred. It is never shown a real sample."),
    ("D gives logits", "D judges a real sample, a fake, and the real sample with a wrong condition."),
    (
        "The loss pulls at the logits",
        "An arrow: how far D’s loss wants a logit to move. G’s wish is another.",
    ),
    (
        "Slopes flow back into D",
        "The chain rule hands the pulls on to D’s weights: a bar for each array of them.",
    ),
    ("Slopes flow through D to the fake", "D’s weights stay. What arrives at the fake is all that G learns from D."),
    ("… and into G", "From the fake on to G’s weights. Then both players move a little, and the next batch enters."),
)


class Diagram(Front):
    """Boxes in a lattice, shown stage after stage; point at one, or reach it by keyboard, to see it large.

    Args:
        nodes: [{"id", "name", "x", "y", "stage", "picture" (an HTML `<img>`), "shape", "words"}, …].
        edges: [{"from", "to", "stage", "back"}, …].

    Attributes:
        stage: Which of the stages is shown, from 0.
        pace: Seconds a stage, while it plays.
    """

    nodes, edges = traitlets.List().tag(sync=True), traitlets.List().tag(sync=True)
    stages = traitlets.List([{"title": title, "words": words} for title, words in STAGES]).tag(sync=True)
    stage, pace = traitlets.Int(0).tag(sync=True), traitlets.Float(2.5).tag(sync=True)
    alt = traitlets.Unicode("One training step as a diagram.").tag(sync=True)


def edges(modalities):
    """The lines of the diagram, for nodes as `node_id` names them."""
    found = []
    for m in modalities:
        forward = (("real", "vector", 1), ("vector", "e", 2), ("e", "fake", 4), ("z", "fake", 4), ("fake", "logits", 5),
                   ("logits", "pushes", 6))  # fmt: skip
        back = (("pushes", "d", 7), ("pushes", "slope", 8), ("slope", "g", 9))
        for backwards, lines in ((False, forward), (True, back)):
            found += [
                {"from": node_id(one, m), "to": node_id(other, m), "stage": stage, "back": backwards}
                for one, other, stage in lines
            ]
    return found


def node_id(kind, modality):
    """A name for a box; there is one condition for all modalities."""
    return "e" if kind == "e" else f"{kind} {modality}"
