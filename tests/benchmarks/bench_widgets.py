"""How soon a widget answers: from the move of a control to the changed page.

    python tests/benchmarks/bench_widgets.py [--moves 10] [panel arena …]

A control is to answer within 200 ms on two cores, or to show at once that it is working. Each widget is built as its
notebook builds it, and each control is moved as a hand moves it: by its value or its click. The first move, which may
have to compile something, stands apart. Beside the clock stands processor time, which a busy machine changes less.
"""

import argparse
import itertools
import tempfile
import time

import numpy as np

import mmgan_lite as mm


def cycling(control, values=None, trait="value"):
    """A move: the next of some values; of a slider's or a menu's own where none are given."""
    if values is None:
        return lambda: setattr(control, "index", (control.index + 1) % len(control.options))
    around = itertools.cycle(values)
    return lambda: setattr(control, trait, next(around))


def toggling(box):
    return lambda: setattr(box, "value", not box.value)


def stepping(slider):
    return lambda: setattr(slider, "value", slider.value + slider.step if slider.value < slider.max else slider.min)


CAPTIONS = [f"a {digit}" for digit in mm.text.FACTS["digit"]]


def panel():
    """Notebooks 00 and 13, on the shipped model."""
    made = mm.course.Panel(mm.load())
    text, image, speech = (made.sources[sense] for sense in ("text", "image", "speech"))
    yield "caption", cycling(text.line, CAPTIONS)
    yield "digit", cycling(text.menus["digit"], range(10))
    yield "another", made.another.click
    yield "the rest", cycling(made.rest)
    yield "how many", cycling(made.count, range(1, 7))
    made.count.value, made.tabs.value = 3, "image"
    yield "image", stepping(image.number)
    image.choice.index = 1
    sheet = np.zeros((image.pad.size, image.pad.size), "uint8")
    sheet[20:60, 10:17] = 255  # a one
    yield "pad", cycling(image.pad, [np.roll(sheet, across).tobytes() for across in range(20)], "pixels")
    made.tabs.value = "speech"
    yield "sound", stepping(speech.number)


def generator_curve():
    """Notebook 01: all knots bent, the data, the ideal curve."""
    rng = np.random.default_rng(0)
    data = {"one hill": rng.normal(size=2000), "two": rng.normal(size=2000) + rng.choice([-1, 1])}
    made = mm.course.GeneratorCurve(data)
    yield "knots", lambda: made.bend(rng.uniform(-2, 2, 8))
    yield "data", cycling(made.menu)
    yield "ideal curve", toggling(made.ideal)


def arena():
    """Notebook 02: each player's step, the way back, a rate, what is drawn; after two hundred steps."""
    made = mm.course.Arena()
    for _ in range(100):
        made.duel.step_both()
    for name in ("d", "g", "both"):
        yield f"step {name}", made.buttons[name].click
    yield "rewind", cycling(made.rewind, range(0, 200, 17))
    yield "rate", cycling(made.rates[0])
    for layer in made.layers:
        yield layer.description, toggling(layer)
    yield "data", cycling(made.data)
    yield "start anew", made.buttons["reset"].click
    made.speed.value = 1
    yield "run, then pause", toggling(made.running)


def logits():
    """Notebook 03: the real logits dragged, another loss, mismatched pairs."""
    made, rng = mm.course.LogitBoard(), np.random.default_rng(0)
    yield "drag", lambda: made.set(real=rng.uniform(-5, 5, 3))
    yield "loss", cycling(made.menu)
    yield "mismatched", toggling(made.mismatched)


def embedding_explorer():
    """Notebook 05: another caption, and each dial of an image and of a sound."""
    made = mm.course.EmbeddingExplorer(mm.load(), mm.load_digits("test"))
    yield "caption", cycling(made.sources["text"].menus["digit"], range(10))
    for sense, dials in made.dials.items():
        made.tabs.value = sense
        yield from ((change, stepping(dial)) for change, dial in dials.items())
    yield "other sound", stepping(made.sources["speech"].number)
    yield "undo", made.reset.click


def contrastive_forces():
    """Notebook 06: a point dragged, the temperature, the targets, the three buttons."""
    made, angles = mm.course.ContrastiveForces(), iter(np.random.default_rng(0).uniform(0, 2 * np.pi, 100))

    def drag():
        angle = next(angles)
        made.plane.points = [[np.cos(angle), np.sin(angle)], *made.plane.points[1:]]

    yield "drag", drag
    yield "temperature", cycling(made.temperature, [value for _, value in made.temperature.options])
    yield "targets", cycling(made.targets, made.targets.options[::-1])
    yield "one step", made.once.click
    yield "forty steps", made.often.click
    yield "shuffle", made.shuffle.click


def training_step():
    """Notebook 07: another loss, another example, another pace, once all losses are worked out."""
    made = mm.course.TrainingStep(mm.load())
    made.worker.wait()
    yield "loss", cycling(made.loss)
    yield "example", stepping(made.example)
    yield "pace", cycling(made.pace)


def noise_by_condition():
    """Notebook 08: another caption, the size of z, other noise; images, then sounds."""
    made = mm.course.NoiseByCondition(mm.load())
    yield "caption", cycling(made.captions[0], CAPTIONS)
    yield "size of z", cycling(made.size, made.size.options)
    yield "other noise", made.another.click
    yield "images or sounds", cycling(made.to, ["speech", "image"])


def interpolation():
    """Notebook 08: a place on the way; and another way, which makes everything on it."""
    made = mm.course.Interpolation(mm.load())
    yield "t", cycling(made.t)
    yield "caption", cycling(made.ends[0], CAPTIONS)


def translation_board():
    """Notebook 09: another example, caption or noise; a sense spoilt, or switched off and on."""
    made = mm.course.TranslationBoard(mm.load())
    yield "image", stepping(made.given["image"])
    yield "sound", stepping(made.given["speech"])
    yield "caption", cycling(made.given["text"], CAPTIONS)
    yield "spoilt", cycling(made.level["image"])
    yield "on", toggling(made.switch["speech"])
    yield "other noise", made.another.click


def compare():
    """Notebook 10: candidates as large as there, drawn from the data."""
    train, test = mm.load_digits("train"), mm.load_digits("test")
    sets = {f"set {i}": tuple(train[key][500 * i :][:500] for key in ("image", "label")) for i in range(1, 6)}
    made = mm.course.CompareRuns(sets, test["image"], train["image"][3000:])
    yield "left", cycling(made.controls["left"])
    yield "right", cycling(made.controls["right"])
    yield "samples", cycling(made.controls["n"])
    yield "draw", stepping(made.controls["draw"])


def mined():
    """The shipped model, the test split, and its points in every sense."""
    gan, test = mm.load(), mm.load_digits("test")
    given = {sense: list(test[sense]) if sense == "text" else test[sense] for sense in gan.modalities}
    return gan, test, {sense: gan.embed({sense: things}) for sense, things in given.items()}


def retrieval_game():
    """Notebook 11: the three tasks on 500 things."""
    _, test, points = mined()
    made = mm.course.RetrievalGame(test, points)
    yield "item", stepping(made.controls["item"])
    yield "task", cycling(made.controls["task"])
    yield "given", cycling(made.controls["given"])
    yield "looked for", cycling(made.controls["wanted"])
    yield "hide", toggling(made.controls["hide"])


def direction_slider():
    """Notebook 11: six points pushed along a direction of images and along one of sounds."""
    gan, _, points = mined()
    asked = ["a thin three", "a thick three", "a low voice says three", "a high voice says three"]
    thin, thick, low, high = gan.embed({"text": asked})
    ways = {"thicker": ("image", thick - thin, "thickness"), "higher": ("speech", high - low, "pitch")}
    made = mm.course.DirectionSlider(gan, points["image"][:6], ways)
    for name in ways:
        made.controls["direction"].value = name
        yield f"dose, {name}", stepping(made.controls["dose"])
    yield "direction", cycling(made.controls["direction"], ways)


def experiment():
    """Notebook 13: the design, the prediction, and a sweep of six scores that cost nothing."""
    offers = {"loss": ["old", "new"], "penalty": ["none", "R1"], "rate": [2e-3, 5e-4, 1e-2]}
    with tempfile.TemporaryDirectory() as folder:
        made = mm.course.Experiment(lambda **_: 0.5, offers, vary=["rate"], path=f"{folder}/kept.json")
        yield "seeds", cycling(made.design.seeds, [4, 5, 6, 3])
        yield "vary", cycling(made.design.names[0], ["penalty", "loss", "rate"])
        made.design.names[0].value = "rate"
        yield "levels", cycling(made.design.levels[0], [["0.002"], ["0.002", "0.01"], ["0.0005", "0.01"]])
        made.design.levels[0].value = ["0.002", "0.01"]
        yield "prediction", cycling(made.design.prediction, [f"guess {i}: slower wins" for i in range(20)])


WIDGETS = (
    panel,
    generator_curve,
    arena,
    logits,
    embedding_explorer,
    contrastive_forces,
    training_step,
    noise_by_condition,
    interpolation,
    translation_board,
    compare,
    retrieval_game,
    direction_slider,
    experiment,
)


def measure(moves, times):
    """Yields (control, seconds (times + 1, 2)): of each move by the clock and of the processor."""
    for control, move in moves:
        taken = []
        for _ in range(times + 1):
            start = time.perf_counter(), time.process_time()
            move()
            taken.append((time.perf_counter() - start[0], time.process_time() - start[1]))
        yield control, 1000 * np.array(taken)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("widgets", nargs="*", help="names, such as: panel arena (default: all)")
    parser.add_argument("--moves", type=int, default=10)
    asked = parser.parse_args()
    print(f"{'widget':20}{'control':20}{'first':>8}{'median':>8}{'most':>8}{'processor':>11}   ms")
    for widget in WIDGETS:
        if asked.widgets and widget.__name__ not in asked.widgets:
            continue
        for control, taken in measure(widget(), asked.moves):
            first, later = taken[0, 0], taken[1:]
            slow = "  over 200" if np.median(later[:, 0]) > 200 else ""
            print(f"{widget.__name__:20}{control:20}{first:8.0f}{np.median(later[:, 0]):8.0f}{later[:, 0].max():8.0f}"
                  f"{np.median(later[:, 1]):11.0f}{slow}", flush=True)  # fmt: skip


if __name__ == "__main__":
    main()
