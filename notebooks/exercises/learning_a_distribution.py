"""Exercises of notebook 01."""

import numpy as np

from mmgan_lite import metrics
from mmgan_lite.course import toys
from mmgan_lite.course.checker import Exercise, near, numbers, require

HILLS = toys.blobs(1000, [[-1], [1]], seed=11, spread=0.25)[:, 0]


class FlatNoise(Exercise):
    """Numbers with a given mean and spread, out of noise that is even between 0 and 1."""

    hint = (
        "Two moves are needed. Where is the middle of u, and where should it be? How wide is u, and how wide should it?"
    )

    @staticmethod
    def solution(u, mean, spread):
        return mean + spread * (u - 0.5) / np.sqrt(1 / 12)

    @staticmethod
    def wrong_middle_forgotten(u, mean, spread):
        return mean + spread * u / np.sqrt(1 / 12)

    @staticmethod
    def wrong_width_taken_for_spread(u, mean, spread):
        return mean + spread * (u - 0.5)

    @staticmethod
    def wrong_noise_not_used(u, mean, spread):
        return np.random.default_rng(0).normal(mean, spread, len(u))

    @staticmethod
    def examine(answer):
        u = np.random.default_rng(3).random(20_000)
        made = numbers(answer(u, 10.0, 4.0), u.shape)
        require(made.std() > 0, "All numbers came out equal: a generator must let the noise through.")
        follows = np.abs(np.corrcoef(u, made)[0, 1]) > 0.999
        require(
            follows,
            "Your numbers do not hang on u. A generator draws no noise of its own: it bends what it is given.",
            "noise_not_used",
        )
        mean, spread = made.mean(), made.std()
        require(
            near(mean, 10, 0.01),
            f"For mean 10 and spread 4, yours have mean {mean:.2f}. Where does u have its middle?",
            "middle_forgotten",
        )
        require(
            near(spread, 4, 0.02),
            f"The mean is right. The spread should be 4, and is {spread:.2f}. How spread is u itself?",
            "width_taken_for_spread",
        )
        again = numbers(answer(u, -1.0, 0.5), u.shape)
        both = near(again.mean(), -1, 0.02) and near(again.std(), 0.5, 0.02)
        require(both, "Right for mean 10 and spread 4, but not for mean −1 and spread 0.5. Do you use both arguments?")
        return f"Of 20 000 numbers, the mean is {mean:.2f} and the spread {spread:.2f}; 10 and 4 were asked for."


class IdealCurve(Exercise):
    """The ideal generator on a line: the share u of the data below gives the number."""

    hint = "Line the data up from the smallest to the largest. Who stands at the share u of the queue?"

    @staticmethod
    def solution(u, data):
        ranked = np.sort(data)
        return ranked[np.minimum((u * len(ranked)).astype(int), len(ranked) - 1)]

    @staticmethod
    def wrong_share_below_a_number(u, data):
        return np.searchsorted(np.sort(data), u) / len(data)

    @staticmethod
    def wrong_not_in_order(u, data):
        return data[np.minimum((u * len(data)).astype(int), len(data) - 1)]

    @staticmethod
    def wrong_straight_line(u, data):
        return data.min() + u * (data.max() - data.min())

    @staticmethod
    def examine(answer):
        u = np.linspace(0.01, 0.99, 197)
        made = numbers(answer(u, HILLS.copy()), u.shape)
        within = made.min() >= 0 and made.max() <= 1
        require(
            not within,
            "Shares between 0 and 1 come out. That is the way from a number to its share; we need the way back.",
            "share_below_a_number",
        )
        rising = np.all(np.diff(made) >= 0)
        require(
            rising, "A larger share u must never give a smaller number. In which order do the data lie?", "not_in_order"
        )
        off = np.abs(made - np.quantile(HILLS, u)).max()
        straight = np.abs(np.diff(made, 2)).max() < 1e-6
        require(
            not straight,
            "Your curve is straight, so every number is as likely as any other. Where do the data crowd?",
            "straight_line",
        )
        require(off < 0.1, f"Rising, but up to {off:.2f} away from the right number. What should come out for u = 0.5?")
        mixed = np.random.default_rng(4).random(1000)
        same_in_any_order = near(answer(mixed, HILLS.copy()), np.quantile(HILLS, mixed), 0.15)
        require(
            same_in_any_order, "Right for rising u, but noise comes in any order: each number must follow its own u."
        )
        return "This is the best generator that there is on a line, and it needed no training."


class FoolTheMoments(Exercise):
    """A thousand numbers with the data's mean and spread, and another distribution."""

    hint = "Mean and spread are two numbers. Take any shape you like, then move and stretch it until both agree."

    @staticmethod
    def solution(data):
        box = np.linspace(-1, 1, 1000)
        return data.mean() + data.std() * box / box.std()

    @staticmethod
    def wrong_the_data_themselves(data):
        return data

    @staticmethod
    def wrong_only_the_mean(data):
        return np.full(1000, data.mean())

    @staticmethod
    def wrong_only_the_spread(data):
        return data.std() * np.linspace(0, 3, 1000)

    @staticmethod
    def examine(answer):
        made = numbers(answer(HILLS.copy()), (1000,))
        frechet = metrics.frechet_distance(HILLS[:, None], made[:, None])
        earth = metrics.earth_movers_distance(HILLS, made)
        off = abs(made.mean() - HILLS.mean())
        require(off < 0.05, f"The mean is {off:.2f} away from the data's. Move all your numbers.", "only_the_spread")
        ratio = made.std() / HILLS.std()
        require(
            abs(ratio - 1) < 0.05,
            f"The mean agrees; the spread is {ratio:.2f} times the data's. Stretch or squeeze.",
            "only_the_mean",
        )
        require(
            earth > 0.15,
            f"These lie only {earth:.2f} from the data: a good copy, but we look for a fraud.",
            "the_data_themselves",
        )
        return f"Squared Fréchet distance {frechet:.3f}, as good as none; earth mover's distance {earth:.2f}."
