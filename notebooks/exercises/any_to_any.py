"""Exercises of notebook 09."""

import numpy as np

from mmgan_lite.course.checker import Exercise, near, numbers, require


class Count(Exercise):
    """How many networks, translations and ways to ask are there with n senses?"""

    hint = (
        "Write the choices down for two senses, A and B: A alone, … Then for three. Each choice can go to every sense."
    )

    @staticmethod
    def examine(answer):
        found = np.array([numbers(answer(n), (3,)) for n in (1, 2, 3, 5)])
        networks, translations, ways = found.T
        require(
            near(networks, [2, 4, 6, 10]),
            "Networks: each sense needs a way into the space and a way out of it.",
            "a_network_for_each_translation",
        )
        require(near(translations, [1, 4, 9, 25]), "Translations: from each sense to each sense, itself included.")
        require(
            not near(ways, [1, 4, 9, 25]),
            "Those are the ways to give exactly one sense. What of two at once?",
            "one_sense_at_a_time",
        )
        require(
            not near(ways, [2, 8, 24, 160]),
            "Nearly. One of your choices is to give no sense at all: is that asking?",
            "nothing_is_a_choice_too",
        )
        require(not near(ways, [1, 3, 7, 31]), "So many choices there are to give. And what can come out of each?")
        require(near(ways, [1, 6, 21, 155]), "Ways to ask: each sense is on or off. Count them for two senses by hand.")
        return "Three senses: 6 networks, and 21 ways to ask."

    @staticmethod
    def further():
        yield from ((n,) for n in (4, 6, 10))

    @staticmethod
    def solution(n):
        return 2 * n, n**2, (2**n - 1) * n

    @staticmethod
    def wrong_one_sense_at_a_time(n):
        return 2 * n, n**2, n**2

    @staticmethod
    def wrong_nothing_is_a_choice_too(n):
        return 2 * n, n**2, 2**n * n

    @staticmethod
    def wrong_a_network_for_each_translation(n):
        return n**2, n**2, (2**n - 1) * n


class Join(Exercise):
    """The joint point of the senses that are present."""

    hint = "What is 1 times a vector, and 0 times a vector? And which length do points of this space have?"

    @staticmethod
    def examine(answer):
        rng = np.random.default_rng(0)
        vectors = rng.standard_normal((6, 3, 16))
        vectors /= np.linalg.norm(vectors, axis=2, keepdims=True)
        present = np.array([[1, 0, 0], [0, 1, 0], [1, 1, 0], [0, 1, 1], [1, 0, 1], [1, 1, 1]], "float64")
        wanted = np.array([sum(v[keep > 0]) for v, keep in zip(vectors, present, strict=True)])
        wanted /= np.linalg.norm(wanted, axis=1, keepdims=True)
        given = numbers(answer(vectors.copy(), present.copy()), (6, 16))
        garbage = np.where(present[..., None] > 0, vectors, 100.0)
        moved = numbers(answer(garbage, present.copy()), (6, 16))
        require(
            near(given, moved),
            "I put other numbers in the places of absent senses, and your answer moved.",
            "mean_over_all_places",
        )
        lengths = np.linalg.norm(given, axis=1)
        require(
            lengths.min() > 1e-9,
            "With one absent sense, your answer is all zeros. What does a zero do to a sum, and what to a product?",
            "product",
        )
        require(
            near(lengths, 1.0),
            f"Absent senses have no influence. But your points have lengths from {lengths.min():.2f} to "
            f"{lengths.max():.2f}; is it right that the length depends on the number of senses?",
            "divided_by_the_number_of_senses",
        )
        require(
            near(given, wanted),
            "Of length 1, but not half-way between the senses that are there. Draw two of them, and your answer.",
        )
        return "Any senses that are there, and no trace of the others."

    @staticmethod
    def further():
        rng = np.random.default_rng(10)
        vectors = rng.standard_normal((7, 4, 8))
        yield vectors / np.linalg.norm(vectors, axis=2, keepdims=True), np.eye(4)[[0, 1, 2, 3, 0, 1, 2]] + np.eye(4)[3]

    @staticmethod
    def solution(vectors, present):
        total = np.sum(vectors * present[:, :, None], axis=1)
        return total / np.linalg.norm(total, axis=1, keepdims=True)

    @staticmethod
    def wrong_mean_over_all_places(vectors, present):
        total = vectors.mean(axis=1)
        return total / np.linalg.norm(total, axis=1, keepdims=True)

    @staticmethod
    def wrong_divided_by_the_number_of_senses(vectors, present):
        return np.sum(vectors * present[:, :, None], axis=1) / vectors.shape[1]

    @staticmethod
    def wrong_product(vectors, present):
        product = np.prod(vectors * present[:, :, None], axis=1)
        return product / (np.linalg.norm(product, axis=1, keepdims=True) + 1e-9)


class BreakingPoint(Exercise):
    """At which level does a system answer half of the examples rightly? An experiment to design."""

    hint = "Walk through many levels; at each, average over many draws; then look where the averages cross one half."

    @staticmethod
    def examine(answer):
        for middle, steep in ((0.37, 25.0), (0.68, 12.0), (0.52, 40.0)):
            system = _System(middle, steep)
            found = float(numbers(answer(system), ()))
            require(len(system.calls) > 0, "You have not tried the system out at all.")
            levels, draws = ({call[place] for call in system.calls} for place in (0, 1))
            require(
                len(levels) > 2,
                f"You looked at no more than {len(levels)} level(s). Could you see a curve cross one half there?",
                "ends_alone",
            )
            require(
                len(draws) > 4,
                f"All that you know rests on {len(draws)} throw(s) of the dice. What would another one have told you?",
                "one_throw_of_the_dice",
            )
            require(
                abs(found - middle) < 0.06,
                f"A system that breaks at {middle:.2f}: you found {found:.2f}, from {len(levels)} levels and "
                f"{len(draws)} draws. Finer steps, more draws, or another way to find the crossing?",
                "first_mistake",
            )
        return "Three systems, three breaking points, each within 0.06."

    @staticmethod
    def solution(try_out):
        levels = np.linspace(0, 1, 41)
        shares = np.array([np.mean([try_out(level, draw) for draw in range(40)]) for level in levels])
        return levels[np.argmin(np.abs(shares - 0.5))]

    @staticmethod
    def wrong_one_throw_of_the_dice(try_out):
        levels = np.linspace(0, 1, 41)
        shares = np.array([np.mean(try_out(level, 0)) for level in levels])
        return levels[np.argmin(np.abs(shares - 0.5))]

    @staticmethod
    def wrong_ends_alone(try_out):
        ends = [np.mean([try_out(level, draw) for draw in range(40)]) for level in (0.0, 1.0)]
        return (ends[0] - 0.5) / (ends[0] - ends[1])

    @staticmethod
    def wrong_first_mistake(try_out):
        levels = np.linspace(0, 1, 41)
        shares = np.array([np.mean([try_out(level, draw) for draw in range(40)]) for level in levels])
        return levels[np.argmax(shares < 0.95)]


class _System:
    """Answers like a model whose accuracy falls from 1 to 0 around a level; each draw of chance shifts that level."""

    def __init__(self, middle, steep):
        self.middle, self.steep, self.calls = middle, steep, []

    def __call__(self, level, draw):
        require(len(self.calls) < 2000, "You have called the system 2000 times. Which of the calls told you little?")
        require(0 <= level <= 1, f"A level is a share, from 0 to 1. You tried {level}.")
        self.calls.append((float(level), int(draw)))
        rng = np.random.default_rng((7, int(draw)))
        middle = self.middle + 0.1 * rng.standard_normal()
        return rng.random(20) < 1 / (1 + np.exp(self.steep * (level - middle)))
