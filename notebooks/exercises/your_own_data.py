"""Exercises of notebook 13."""

import tempfile
from pathlib import Path

import numpy as np

from mmgan_lite.course.checker import Exercise, near, numbers, require

COLUMNS = ("image", "text", "speech", "label", "split")


def _filled(answer, keys):
    """A dict of these keys, none of them blank."""
    require(isinstance(answer, dict), f"A dictionary is expected here, {{…}}. Received: {type(answer).__name__}.")
    missing = [key for key in keys if key not in answer]
    require(not missing, f"One key is missing: {missing[:1]}.")
    blank = [key for key in keys if answer[key] is ...]
    require(not blank, f"Not yet: still to be filled in: {', '.join(blank)}.")
    return answer


def _text(value):
    return value.strip() if isinstance(value, str) else value


class Row(Exercise):
    """A row of metadata.csv: a picture of a green anchor, no recording, kept for the last test."""

    hint = (
        "Read the four lines of metadata.csv that the notebook printed. How does the second one say that there is no "
        "sound? What did we call a label, and what would the space be told if two colours shared one?"
    )
    solution = {
        "image": "pictures/7.png",
        "text": "a green anchor",
        "speech": "",
        "label": "a green anchor",
        "split": "test",
    }
    wrong_the_label_is_the_kind = {**solution, "label": "anchor"}
    wrong_absent_is_a_word = {**solution, "speech": "none"}
    wrong_it_may_be_learnt = {**solution, "split": "train"}
    wrong_a_path_of_one_machine = {**solution, "image": "/pictures/7.png"}

    @staticmethod
    def examine(answer):
        answer = _filled(answer, COLUMNS)
        row = {name: _text(answer[name]) for name in COLUMNS}
        require(all(isinstance(cell, str) for cell in row.values()), "Every cell of a table is a string.")
        require(row["text"] == "a green anchor", "The caption was right as it stood.")
        require(
            row["speech"] == "",
            "What stands in a cell of `speech` is taken for a file's name. How is absence told?",
            "absent_is_a_word",
        )
        require(
            row["split"] in ("valid", "test"),
            "A row that is learnt from cannot test what was learnt.",
            "it_may_be_learnt",
        )
        require(row["split"] == "test", "On `valid` choices are made; and for the last figure?")
        require("anchor" in row["label"], "What does this row go together with? The label should tell.")
        require(
            "green" in row["label"],
            "With this label the space is told that all colours of it are the same thing.",
            "the_label_is_the_kind",
        )
        return _read(row)


def _read(row):
    """Let `load_pairs` read the row, in a folder with its picture, next to one that has a sound."""
    from PIL import Image

    import mmgan_lite as mm

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "pictures").mkdir()
        Image.new("RGB", (20, 20)).save(folder / "pictures" / "7.png")
        cells = ",".join(f'"{row[column]}"' for column in COLUMNS)
        (folder / "metadata.csv").write_text(f"{','.join(COLUMNS)}\n{cells}\n", encoding="utf-8")
        try:
            pairs = mm.load_pairs(folder, split="test")
        except (ValueError, OSError) as error:
            require(False, f"load_pairs says: {str(error).replace(name, 'the folder')}", "a_path_of_one_machine")
    return f"load_pairs reads it: {pairs['text'][0]!r}, senses {', '.join(pairs['present'])}."


REAL = np.array([[-2.0], [0.0], [0.5], [3.0]], "float32")
FAKE = np.array([[-1.5], [0.5], [1.0], [4.0]], "float32")
OTHER = np.array([[2.0], [2.0], [1.0], [-1.0]], "float32")  # mismatched


class Loss(Exercise):
    """D's half of a loss: the distance of real logits to +1 and of fakes to -1."""

    hint = (
        "keras.ops.abs and keras.ops.mean are all that is needed; my_d_loss, further up, shows how mismatched pairs "
        "join the fakes. Try it by hand on one real logit of 3 and one fake logit of 0: what should come out?"
    )

    @staticmethod
    def examine(answer):
        require(callable(answer), "Hand over the function itself, without brackets behind its name.")
        found = _number(answer(REAL, FAKE))
        squares = np.mean((REAL - 1) ** 2) + np.mean((FAKE + 1) ** 2)
        require(
            not near(found, squares),
            "That is the square of the distance: one far logit would outweigh all others.",
            "squares",
        )
        to_zero = np.mean(np.abs(REAL - 1)) + np.mean(np.abs(FAKE))
        require(
            not near(found, to_zero),
            "Where do fakes belong? Zero is half way: it says 'I do not know'.",
            "fakes_to_zero",
        )
        far = _number(answer(1000 * np.ones_like(REAL), -1000 * np.ones_like(FAKE)))
        require(
            far > 100,
            "Logits of +1000 and -1000 lie far from +1 and -1. Is there a sigmoid that hides it?",
            "probabilities",
        )
        require(near(found, _distance(REAL, FAKE)), "Take a real logit of 3 and a fake one of 0: is the sum 2 + 1?")
        both = _number(answer(REAL, FAKE, OTHER))
        require(
            not near(both, found),
            "Mismatched pairs change nothing in yours. D would never be told that they are wrong.",
            "mismatched_forgotten",
        )
        as_real = _distance(np.concatenate([REAL, OTHER]), FAKE)
        require(
            not near(both, as_real),
            "A real picture with a wrong caption: does that count as real?",
            "mismatched_are_real",
        )
        extra = found + np.mean(np.abs(OTHER + 1))
        require(
            not near(both, extra), "Mismatched pairs are fakes among fakes: together they weigh what the fakes did."
        )
        require(near(both, _distance(REAL, np.concatenate([FAKE, OTHER]))), "Look again at the third argument.")
        return "Finite, of the right signs, and mismatched pairs count as fakes. Train with it!"

    @staticmethod
    def further():
        rng = np.random.default_rng(10)
        real, fake, mismatched = rng.normal(0, 5, (3, 6, 1)).astype("float32")
        yield real, fake
        yield real, fake, mismatched

    @staticmethod
    def solution(real_logits, fake_logits, mismatched_logits=None):
        import keras

        wrong = fake_logits if mismatched_logits is None else keras.ops.concatenate([fake_logits, mismatched_logits])
        return keras.ops.mean(keras.ops.abs(real_logits - 1)) + keras.ops.mean(keras.ops.abs(wrong + 1))

    @staticmethod
    def wrong_squares(real_logits, fake_logits, mismatched_logits=None):
        return np.mean((real_logits - 1) ** 2) + np.mean((fake_logits + 1) ** 2)

    @staticmethod
    def wrong_fakes_to_zero(real_logits, fake_logits, mismatched_logits=None):
        return np.mean(np.abs(real_logits - 1)) + np.mean(np.abs(fake_logits))

    @staticmethod
    def wrong_probabilities(real_logits, fake_logits, mismatched_logits=None):
        real, fake = (1 / (1 + np.exp(-np.clip(x, -50, 50))) for x in (real_logits, fake_logits))
        return np.mean(np.abs(real - 1)) + np.mean(np.abs(fake + 1))

    @staticmethod
    def wrong_mismatched_forgotten(real_logits, fake_logits, mismatched_logits=None):
        return np.mean(np.abs(real_logits - 1)) + np.mean(np.abs(fake_logits + 1))

    @staticmethod
    def wrong_mismatched_are_real(real_logits, fake_logits, mismatched_logits=None):
        if mismatched_logits is not None:
            real_logits = np.concatenate([real_logits, mismatched_logits])
        return np.mean(np.abs(real_logits - 1)) + np.mean(np.abs(fake_logits + 1))


def _distance(real, fake):
    return np.mean(np.abs(real - 1)) + np.mean(np.abs(fake + 1))


def _number(loss):
    require(loss is not None and loss is not ..., "Not yet: the function returns nothing so far.")
    require(np.shape(loss) == (), f"A loss is one number, the mean over the batch. Yours has shape {np.shape(loss)}.")
    return numbers(loss, ()).item()


class Ablation(Exercise):
    """A report of an experiment: a prediction, three seeds, an interval, and a conclusion that it allows."""

    reports = True
    hint = (
        "Subtract seed by seed: [a - b for a, b in zip(first, second)], and give the list to sweep.over_seeds. "
        "An interval with 0 inside allows one conclusion only. The second level scores higher if the difference is "
        "below 0 all along."
    )
    solution = {
        "prediction": "R1 helps, since it keeps the slopes of D small",
        "scores": {"no penalty": [0.15, 0.37, 0.42], "R1": [0.44, 0.48, 0.63]},
        "interval": (-0.427, 0.021),
        "conclusion": "cannot tell",
    }
    wrong_the_higher_mean_wins = {**solution, "conclusion": "second"}
    wrong_one_seed_is_enough = {**solution, "scores": {"no penalty": [0.15], "R1": [0.44]}}
    wrong_expected_afterwards = {**solution, "prediction": "see results"}
    wrong_normal_with_three_seeds = {**solution, "interval": (-0.305, -0.101)}
    wrong_second_less_first = {**solution, "interval": (-0.021, 0.427)}

    @staticmethod
    def examine(answer):
        answer = _filled(answer, ("prediction", "scores", "interval", "conclusion"))
        words = answer["prediction"]
        require(isinstance(words, str), "The prediction is a sentence.")
        require(words.strip(), "Not yet: the prediction comes first, and then the runs.")
        require(
            _experiments().wordy(words, 5),
            "Would somebody else know from your prediction what you expected, and why?",
            "expected_afterwards",
        )
        differences = _differences(answer["scores"])
        low, high = numbers(answer["interval"], (2,))
        mean, right_low, right_high = _experiments().over_seeds(differences)
        require(
            not near([-high, -low], [right_low, right_high], 2e-2) or near(mean, 0),
            "Which from which? It is first less second.",
            "second_less_first",
        )
        z = 1.96 * (right_high - right_low) / 2 / _experiments().student(len(differences) - 1)
        narrow = near([low, high], [mean - z, mean + z], 1e-2)
        require(
            not narrow or len(differences) > 20,
            "1.96 is for a spread that one knows. With so few seeds?",
            "normal_with_three_seeds",
        )
        width = max(right_high - right_low, 1e-9)
        fits = max(abs(low - right_low), abs(high - right_high)) < 0.03 * width + 2e-3
        require(fits, "These ends do not follow from these scores. Take the differences seed by seed, then over_seeds.")
        return _concluded(answer["conclusion"], low, high)


def _differences(scores):
    require(isinstance(scores, dict) and len(scores) == 2, "Give the scores of two levels, {name: [one score a seed]}.")
    first, second = scores.values()
    for values in (first, second):
        require(isinstance(values, list | tuple | np.ndarray), "The scores of a level are a list, one a seed.")
    require(len(first) == len(second), "Both levels need the same seeds, so as many scores.")
    require(len(first) > 0, "Not yet: the scores are still to come.")
    require(
        len(first) >= 3,
        "With fewer than three seeds nobody knows the spread. How different would a re-run be?",
        "one_seed_is_enough",
    )
    return numbers(first, (len(first),)) - numbers(second, (len(second),))


def _experiments():
    from mmgan_lite.course import sweep  # loads TensorFlow: not before an answer is there

    return sweep


def _concluded(conclusion, low, high):
    told = conclusion.strip().lower() if isinstance(conclusion, str) else conclusion
    require(told, "Not yet: what do you conclude?")
    require(isinstance(told, str) and told in ("first", "second", "cannot tell"),
            'The conclusion is "first", "second" or "cannot tell".')  # fmt: skip
    allowed = "cannot tell" if low <= 0 <= high else "first" if low > 0 else "second"
    require(
        told == allowed or allowed != "cannot tell",
        "Zero lies inside your interval. What does it allow you to say?",
        "the_higher_mean_wins",
    )
    require(told == allowed, "Your interval leaves zero out: so who scored higher? Mind the sign.")
    return "A report that a sceptic can check: prediction, seeds, interval, and a conclusion that the interval allows."
