"""Exercises of notebook 12, and its tools: what the notebook needs on the way and does not teach."""

import functools
import re
import warnings

import keras
import numpy as np

import mmgan_lite as mm
from mmgan_lite.course.checker import Exercise, numbers, require


def attempt(action):
    """Run what may fail, and say in a line how it ended: a traceback of forty lines would bury the news."""
    result = None
    with warnings.catch_warnings(record=True) as notes:
        warnings.simplefilter("always", UserWarning)
        try:
            result = action()
            print("It ran.")
        except Exception as error:
            plain = re.sub(r"\x1b\[\d+m", "", str(error))  # Keras prints in bold
            lines = [line.strip() for line in plain.splitlines() if line and "Exception encountered" not in line]
            print(f"{type(error).__name__}: {lines[0]}")
    for words in dict.fromkeys(str(note.message).splitlines()[0] for note in notes):
        print(f"With a warning: {words}")
    return result


def player(network):
    """A network and an optimizer of its own: a shared one would count both players' steps."""
    optimizer = keras.optimizers.Adam(5e-4, beta_1=0.0, beta_2=0.99)
    optimizer.build(network.trainable_weights)
    return network, optimizer


@functools.cache
def _real_digits():
    return mm.load_digits("valid")["image"]


def distance(pictures):
    """Squared Fréchet distance of 500 pictures from 500 real digits, each shrunk to 7 by 7 grey values."""
    real, fake = (np.reshape(some, (500, 7, 4, 7, 4)).mean((2, 4)) for some in (_real_digits(), pictures))
    return mm.metrics.frechet_distance(real, fake)


def as_inputs(sense, samples):
    """What an embedder takes: for captions, which word stands in which place, (n, 15, words)."""
    one_hot = np.eye(len(mm.text.VOCABULARY), dtype="float32")
    return one_hot[mm.text.encode(list(samples))] if sense == "text" else samples


def spoilt_board(picture, sound, image_level, speech_level, shares, note):
    """A spoilt picture (1, 28, 28, 1), a spoilt sound (32, 32), and {name: share} that is read rightly.

    Returns:
        (figure, numbers), as `Redrawn` takes it.
    """
    fig, ((left, middle, right),) = mm.plots.figure(8, 2.6, columns=3)
    mm.plots.image_grid(picture, left)
    left.alt = f"A picture, {image_level:.0%} of it spoilt."
    mm.plots.spectrogram(sound, middle, labels=False)
    colours = [mm.plots.COLOURS.get(name, mm.plots.OKABE_ITO["purple"]) for name in shares]
    right.bar_label(
        right.bar(list(shares), list(shares.values()), color=colours), [f"{x:.0%}" for x in shares.values()]
    )
    right.set(ylim=(0, 1.15))
    right.alt = "Digits read rightly: " + ", ".join(f"{name} {share:.0%}" for name, share in shares.items()) + "."
    titles = f"{image_level:.0%} spoilt", f"{speech_level:.0%} spoilt", "digits read rightly"
    for ax, title in zip(fig.axes, titles, strict=True):
        ax.set_title(title, fontsize="medium")
    return mm.plots.note(fig, note), {"by": list(shares), "digits read rightly": list(shares.values())}


class Suspects(Exercise):
    """A friend's program of fourteen lines: three silent faults, each in a line of its own."""

    hint = "Three questions: what arrives in the loss, what does each player wish, and who moves when?"
    solution = {3: 8, 9: 9, 13: 11}
    wrong_labels_of_d_suspected = {4: 5, 9: 9, 13: 11}
    wrong_g_must_see_real_data = {3: 8, 7: 10, 13: 11}
    wrong_order_overlooked = {3: 8, 9: 9}
    wrong_wishes_overlooked = {3: 8, 13: 11}
    wrong_fault_for_the_place = {3: 9, 9: 8, 13: 11}

    @staticmethod
    def examine(answer):
        require(isinstance(answer, dict), "A dictionary is expected: {line: number of its fault}.")
        require(answer, "Not yet: the answer is still blank. Fill it in, and run the cell again.")
        found = {int(numbers(line, ())): int(numbers(fault, ())) for line, fault in answer.items()}
        require(
            4 not in found,
            "Line 4 is sound: real points should get a 1, fakes a 0, and that is what it says.",
            "labels_of_d_suspected",
        )
        require(
            7 not in found and 10 not in found.values(),
            "Who must be shown real data, and does that player see it?",
            "g_must_see_real_data",
        )
        innocent = sorted(set(found) - {3, 9, 12, 13, 14})
        require(not innocent, f"Line {innocent[:1]} does what it should. Read it aloud.")
        require(3 in found, "Follow a logit from D to the loss. Through what does it go on the way?")
        require(9 in found, "What does each player want to hear about a fake? Ask both.", "wishes_overlooked")
        require(
            {12, 13, 14} & set(found),
            "Each line is well now, taken alone. In which order do they happen?",
            "order_overlooked",
        )
        named = {(3, 8), (9, 9), (12, 11), (13, 11), (14, 11)}
        wrong = [line for line, fault in found.items() if (line, fault) not in named]
        require(
            not wrong,
            f"The right place, line {wrong[:1]}, and another fault's number. What is its symptom?",
            "fault_for_the_place",
        )
        return "Three silent faults, and no error message would have told you of one."


def _crowd(spoilt, seed, n=2000):
    """Points of ten digits, some way off their places: unit vectors (n, 64), and the digits."""
    rng = np.random.default_rng(seed)
    digits = np.arange(n) % 10
    points = (1 - spoilt) * np.eye(64)[digits] + spoilt * 0.7 * rng.standard_normal((n, 64))
    return (points / np.linalg.norm(points, axis=1, keepdims=True)).astype("float32"), digits


class Joined(Exercise):
    """Join two senses so that a ruined one does no harm, and two equally good ones still help each other."""

    hint = "How much should a sense count that is not spoilt at all, and how much one of which nothing is left?"

    @staticmethod
    def solution(image, speech, image_spoilt, speech_spoilt):
        return (1 - image_spoilt) * image + (1 - speech_spoilt) * speech

    @staticmethod
    def wrong_both_trusted_alike(image, speech, image_spoilt, speech_spoilt):
        return image + speech

    @staticmethod
    def wrong_the_spoilt_one_trusted_more(image, speech, image_spoilt, speech_spoilt):
        return image_spoilt * image + speech_spoilt * speech

    @staticmethod
    def wrong_the_better_one_alone(image, speech, image_spoilt, speech_spoilt):
        return image if image_spoilt <= speech_spoilt else speech

    @staticmethod
    def wrong_always_the_picture(image, speech, image_spoilt, speech_spoilt):
        return image

    @staticmethod
    def examine(answer):
        def right(image_spoilt, speech_spoilt):
            """Shares read rightly: by the better sense, by the plain sum, by the answer."""
            (image, digits), (speech, _) = _crowd(image_spoilt, 1), _crowd(speech_spoilt, 2)
            joined = numbers(answer(image, speech, image_spoilt, speech_spoilt), image.shape)
            return [np.mean(np.argmax(some[:, :10], 1) == digits) for some in (image, speech, image + speech, joined)]

        image, speech, plain, joined = right(0.3, 0.9)
        require(
            joined > 0.6,
            "Where the sound is ruined, yours reads less than a plain sum. Who is trusted more, and why?",
            "the_spoilt_one_trusted_more",
        )
        harmed = joined < image - 0.02
        require(
            not harmed,
            f"A ruined sound drags the picture from {image:.0%} down to {joined:.0%}. Trust whom how far?",
            "both_trusted_alike",
        )
        image, speech, plain, joined = right(0.9, 0.3)
        require(
            joined > speech - 0.02,
            "And if it is the picture that is ruined, and the sound is clean?",
            "always_the_picture",
        )
        image, speech, plain, joined = right(0.5, 0.5)
        lost = joined < plain - 0.02
        require(
            not lost,
            f"Equally spoilt, the two read {plain:.0%} together; yours reads {joined:.0%}. Who is left out?",
            "the_better_one_alone",
        )
        return f"No harm from a ruined sense, and {joined:.0%} where each alone reads {max(image, speech):.0%}."
