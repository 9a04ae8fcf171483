"""Exercises of notebook 04."""

import zlib

import numpy as np

from mmgan_lite import metrics
from mmgan_lite.course import clinic_recipes, doctor, toys
from mmgan_lite.course.checker import Exercise, numbers, require

NAMES = {*doctor.ILLNESSES, "healthy"}
KEY = {
    4158400195,
    3915026160,
    2488026629,
    3060230621,
    3592999191,
    3849001790,
}  # what each run has, so that nobody reads it here by accident


def true_of(letter, name):
    return zlib.crc32(f"{letter} {name}".encode()) in KEY


class Hidden(Exercise):
    """Six recorded runs: which illness has each?"""

    hint = (
        "One question after another: Is D sure? If so, has G a gradient? If not, do the samples sit in a crowd? Do "
        "they settle? And if all of that is well: do they do as the condition says?"
    )
    solution = {
        "P": "condition ignored", "Q": "vanishing gradient", "R": "mode collapse", "S": "healthy", "T": "oscillation",
        "U": "D too strong",
    }  # fmt: skip
    wrong_d_at_half_is_success = solution | {"P": "healthy"}
    wrong_d_s_loss_at_zero_is_success = solution | {"Q": "healthy"}
    wrong_whatever_moves_oscillates = solution | {"R": "oscillation", "T": "mode collapse"}
    wrong_a_sure_d_means_no_gradient = solution | {"Q": "D too strong", "U": "vanishing gradient"}
    wrong_some_illness_everywhere = solution | {"S": "condition ignored"}

    @staticmethod
    def examine(answer):
        letters = sorted(clinic_recipes.load_cases())
        require(isinstance(answer, dict) and set(answer) == set(letters), f"A name for each of {', '.join(letters)}.")
        require(any(answer.values()), "Not yet: the answers are still blank.")
        require(all(isinstance(name, str) and name in NAMES for name in answer.values()),
                f"Each name must be one of: {', '.join(sorted(NAMES))}.")  # fmt: skip
        wrong = [letter for letter, name in answer.items() if not true_of(letter, name)]
        if wrong:
            hint, misconception = _think_about(answer, wrong)
            require(False, f"{6 - len(wrong)} of 6 are right. {hint}", misconception)
        return "All six. Now compare with what the doctor says, and why."


def _think_about(answer, wrong):
    """A question that leads on from the first wrong answer, and the misconception behind it."""
    histories = {letter: case["history"] for letter, case in clinic_recipes.load_cases().items()}
    called = {answer[letter] for letter in wrong}
    for letter in wrong:
        if answer[letter] == "healthy" and histories[letter]["d_loss"][-1] < 0.6:
            hint = "One that you call healthy has a very small loss of D. Whose success is that?"
            return hint, "d_s_loss_at_zero_is_success"
        if answer[letter] == "healthy":
            hint = (
                "D cannot tell the fakes of one that you call healthy. Look at all its signals: is nothing else asked?"
            )
            return hint, "d_at_half_is_success"
    if {"mode collapse", "oscillation"} & called:
        hint = "Samples may move in both. At any one moment: do they sit in a crowd, or is the whole shape swinging?"
        return hint, "whatever_moves_oscillates"
    if {"vanishing gradient", "D too strong"} & called:
        hint = "A D that is sure is a sign of two illnesses. What does G's gradient say, and does it creep on or stand?"
        return hint, "a_sure_d_means_no_gradient"
    hint = "Not every patient is ill. Compare “agrees with its condition” with the share that chance alone would bring."
    return hint, "some_illness_everywhere"


class CountModes(Exercise):
    """How many modes do samples hit?"""

    hint = (
        "First find the nearest mode of each sample. Then ask which of the samples are near enough. Then count modes."
    )

    @staticmethod
    def further():
        rng = np.random.default_rng(10)
        for radius in (0.05, 0.4):
            yield rng.uniform(-1, 1, (40, 2)), rng.uniform(-1, 1, (12, 2)), radius

    @staticmethod
    def solution(samples, modes, radius):
        distances = np.linalg.norm(samples[:, None] - modes, axis=-1)  # (samples, modes)
        hits = distances.min(axis=1) <= radius
        return len(np.unique(distances.argmin(axis=1)[hits]))

    @staticmethod
    def wrong_counts_samples_in_place_of_modes(samples, modes, radius):
        distances = np.linalg.norm(samples[:, None] - modes, axis=-1)
        return int((distances.min(axis=1) <= radius).sum())

    @staticmethod
    def wrong_the_nearest_however_far(samples, modes, radius):
        return len(np.unique(np.linalg.norm(samples[:, None] - modes, axis=-1).argmin(axis=1)))

    @staticmethod
    def wrong_every_mode_within_reach(samples, modes, radius):
        return int((np.linalg.norm(samples[:, None] - modes, axis=-1) <= radius).any(axis=0).sum())

    @staticmethod
    def examine(answer):
        require(callable(answer), "Hand in the function itself: count_modes, without calling it.")

        def agrees(samples, modes, radius, hint, misconception):
            mine = numbers(answer(samples.copy(), modes.copy(), radius), ())
            wanted = metrics.mode_coverage(samples, modes, radius).num_covered
            require(mine == wanted, f"{hint} You count {mine:g}.", misconception)

        ring, radius = toys.ring_modes(), 3 * toys.SPREAD
        blobs = toys.blobs(50, ring[:3], seed=1)
        agrees(blobs, ring, radius, "Fifty samples lie around three modes.", "counts_samples_in_place_of_modes")
        far = np.float32([[0, 0.02], [1, 0], [0.3, 0.31]])
        hint = "Three samples; only one of them lies within the radius of any mode."
        agrees(far, ring, radius, hint, "the_nearest_however_far")
        row = np.float32([[0, 0], [1, 0], [2, 0]])
        hint = "One sample between two modes: it can hit one, its nearest."
        agrees(np.float32([[0.4, 0]]), row, 0.7, hint, "every_mode_within_reach")
        return "It counts as metrics.mode_coverage does."


class Cure(Exercise):
    """An experiment: one control turned, a prediction, several seeds, before and after."""

    reports = True
    hint = "Write down what you expect, turn one control, and let the same three seeds run without and with it."
    solution = {"expected": "With turns of equal number, D keeps up, and G spreads out.", "changed": {"g_steps": 1},
                "seeds": [50, 51, 52], "before": [1, 0, 1], "after": [8, 8, 8]}  # fmt: skip
    wrong_one_seed_is_enough = solution | {"seeds": [50], "before": [1], "after": [8]}
    wrong_everything_at_once = solution | {"changed": {"g_steps": 1, "penalty": "r1", "momentum": 0.0}}
    wrong_nothing_to_compare_with = solution | {"before": []}
    wrong_no_prediction = solution | {"expected": ""}
    wrong_a_penalty_cures_everything = solution | {"changed": {"penalty": "r1"}, "after": [0, 0, 1]}

    @staticmethod
    def examine(answer):
        parts = {"expected", "changed", "seeds", "before", "after"}
        require(isinstance(answer, dict) and parts <= set(answer), "Hand in the result of `experiment` above.")
        expected, changed = answer["expected"], answer["changed"]
        require(
            isinstance(expected, str) and expected.strip(),
            "What did you expect? Without that, nothing can surprise.",
            "no_prediction",
        )
        require(isinstance(changed, dict) and changed, "Turn a control.")
        require(
            len(changed) == 1,
            "Several controls were turned. If it is cured: which of them did it?",
            "everything_at_once",
        )
        count = len(answer["seeds"])
        require(count >= 3, "One run may be chance, either way. Take three seeds at least.", "one_seed_is_enough")
        require(
            len(answer["before"]) == count,
            "What do the same seeds reach without your change?",
            "nothing_to_compare_with",
        )
        before, after = (numbers(answer[when], (count,)) for when in ("before", "after"))
        if after.min() < 7:
            require(
                False,
                "The patient is no better on every seed. What did the doctor say of the runs after it?",
                "a_penalty_cures_everything",
            )
        require((before < after).all(), "Were those runs ill before? Begin with the sick recipe.")
        return f"From {before.mean():.1f} modes to {after.mean():.1f}, by one control, on {count} seeds: a cure."
