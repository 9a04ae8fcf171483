"""Exercises of notebook 10."""

import numpy as np

from mmgan_lite import metrics
from mmgan_lite.course.checker import Exercise, numbers, require


class IndependentFeatures(Exercise):
    """Squared Fréchet distance of Gaussians with independent features, from means and standard deviations alone."""

    hint = "Solve it for one feature first: the shift squared, and one more square. Then add up over the features."

    @staticmethod
    def examine(answer):
        rng = np.random.default_rng(0)
        mean_a, mean_b, std_a, std_b = *rng.normal(size=(2, 5)), *rng.uniform(0.5, 2, (2, 5))
        still = float(numbers(answer(mean_a, std_a, mean_a, std_a), ()))
        require(abs(still) < 1e-9, "A heap is at distance 0 from itself. Yours is not.")
        shift = float(numbers(answer(mean_a, std_a, mean_b, std_a), ()))
        due = np.sum((mean_a - mean_b) ** 2)
        require(
            abs(shift - np.sqrt(due)) > 1e-6,
            "This distance is a squared one by custom: no root at the end.",
            "root_at_the_end",
        )
        require(abs(shift - due) < 1e-6, "Equal widths, other centres: which term of the formula is left over?")
        width = float(numbers(answer(mean_a, std_a, mean_a, std_b), ()))
        require(
            width > 0, f"A narrow and a wide heap of one centre are apart, though not by {width:.2f}.", "centres_only"
        )
        by_variance = np.sum((std_a**2 - std_b**2) ** 2)
        require(
            abs(width - by_variance) > 1e-6,
            "In which unit is a width: the feature's, or its square's?",
            "variances_for_widths",
        )
        require(abs(width - np.sum((std_a - std_b) ** 2)) < 1e-6, "The centres are right. Look at the widths again.")
        return "No matrix needed: with independent features, the trace is a sum of (σ - σ')²."

    @staticmethod
    def further():
        rng = np.random.default_rng(10)
        for count in (1, 12):
            mean_a, mean_b, std_a, std_b = *rng.normal(size=(2, count)), *rng.uniform(0.1, 3, (2, count))
            yield mean_a, std_a, mean_b, std_b

    @staticmethod
    def solution(mean_a, std_a, mean_b, std_b):
        return np.sum((mean_a - mean_b) ** 2) + np.sum((std_a - std_b) ** 2)

    @staticmethod
    def wrong_variances_for_widths(mean_a, std_a, mean_b, std_b):
        return np.sum((mean_a - mean_b) ** 2) + np.sum((std_a**2 - std_b**2) ** 2)

    @staticmethod
    def wrong_centres_only(mean_a, std_a, mean_b, std_b):
        return np.sum((mean_a - mean_b) ** 2)

    @staticmethod
    def wrong_root_at_the_end(mean_a, std_a, mean_b, std_b):
        return np.sqrt(np.sum((mean_a - mean_b) ** 2) + np.sum((std_a - std_b) ** 2))


class CatchTheCopier(Exercise):
    """A check that says whether a generator hands out its training images."""

    hint = "How near do *real* images come that nobody can have copied? Count the samples that come clearly nearer."

    @staticmethod
    def examine(answer):
        for name, spread in (("wide", 1.0), ("narrow", 0.02)):
            training, held_out, honest = (_pictures(spread, seed) for seed in (1, 2, 3))
            words = f"An honest generator was accused, on data where all images are {name} apart. What is usual there?"
            require(not _told(answer, honest, training, held_out), words, "a_fixed_threshold")
            copies = training[:200]
            require(_told(answer, copies, training, held_out), "A generator of exact copies went free.")
            shaken = copies + 0.05 * spread * np.random.default_rng(4).normal(size=copies.shape)
            words = "A copier went free that shakes every copy a little. How near is too near?"
            require(_told(answer, shaken, training, held_out), words, "only_exact_copies")
            a_third = np.concatenate([shaken[:66], honest[:134]])
            words = "A generator went free that copies a third of the time. Does your figure see a part of the samples?"
            require(_told(answer, a_third, training, held_out), words, "the_typical_sample")
            words = "Another honest generator was accused. Does your verdict hang on one or two samples?"
            for seed in range(5, 11):
                require(
                    not _told(answer, _pictures(spread, seed), training, held_out), words, "the_single_nearest_sample"
                )
        return "Copies, shaken copies and a part-time copier are caught, and honest generators go free."

    @staticmethod
    def solution(samples, training, held_out):
        usual = metrics.nearest_distance(held_out, training)
        near = metrics.nearest_distance(samples, training) < np.quantile(usual, 0.01)
        return bool(near.mean() > 0.05)

    @staticmethod
    def wrong_only_exact_copies(samples, training, held_out):
        return bool((metrics.nearest_distance(samples, training) < 1e-7).any())

    @staticmethod
    def wrong_the_single_nearest_sample(samples, training, held_out):
        return bool(
            metrics.nearest_distance(samples, training).min() < metrics.nearest_distance(held_out, training).min()
        )

    @staticmethod
    def wrong_a_fixed_threshold(samples, training, held_out):
        return bool((metrics.nearest_distance(samples, training) < 0.1).mean() > 0.05)

    @staticmethod
    def wrong_the_typical_sample(samples, training, held_out):
        usual = metrics.nearest_distance(held_out, training)
        return bool(np.median(metrics.nearest_distance(samples, training)) < np.quantile(usual, 0.01))


def _pictures(spread, seed):
    """float (200, 6, 6, 1): pictures of one kind."""
    return spread * np.random.default_rng(seed).normal(size=(200, 6, 6, 1))


def _told(answer, samples, training, held_out):
    found = answer(samples, training, held_out)
    require(found is not None and found is not ..., "Not yet: the function returns nothing.")
    require(isinstance(found, bool | np.bool_), f"True or False is expected. Received: {type(found).__name__}.")
    return bool(found)


class Plan(Exercise):
    """An experiment that finds a true difference of five points within an hour."""

    hint = "What scatters more: runs of one recipe, or repeated judgements of one run? Spend the hour on that."
    solution = {"seeds": 20, "prompts": 200}
    wrong_one_seed_is_enough = {"seeds": 1, "prompts": 17000}
    wrong_three_is_many = {"seeds": 3, "prompts": 2000}
    wrong_hardly_any_prompts = {"seeds": 29, "prompts": 5}
    wrong_as_if_time_were_free = {"seeds": 50, "prompts": 500}

    @staticmethod
    def examine(answer):
        expected = 'A dict is expected, such as {"seeds": 2, "prompts": 10}.'
        require(isinstance(answer, dict) and set(answer) == {"seeds", "prompts"}, expected)
        seeds, prompts = numbers([answer["seeds"], answer["prompts"]], (2,))
        require(min(seeds, prompts) >= 1 and seeds % 1 == prompts % 1 == 0, "Both are whole numbers, from 1.")
        minutes = 2 * seeds * (1 + prompts / 600)
        require(
            minutes <= 60,
            f"That takes {minutes:.0f} minutes; you have 60. Where does the time go?",
            "as_if_time_were_free",
        )
        require(
            seeds > 1,
            "One run each never shows how much runs of one recipe differ: skill or chance?",
            "one_seed_is_enough",
        )
        found, false = _power(int(seeds), int(prompts))
        words = f"It would find the difference in {found:.0%} of such hours only."
        require(prompts >= 20, f"{words} So few prompts measure each run too bluntly.", "hardly_any_prompts")
        require(found >= 0.7, f"{words} Does the time go into judging a few runs ever more exactly?", "three_is_many")
        return f"In {minutes:.0f} minutes it finds the difference in {found:.0%} of hours, a false one in {false:.0%}."


def _power(seeds, prompts, hours=4000, better=0.05, spread=0.05):
    """Shares of simulated hours in which a 95% interval of the difference leaves out 0: with a difference, without."""
    shares = []
    for gain in (better, 0.0):
        rng = np.random.default_rng(seeds)
        skill = rng.normal(0.80, spread, (2, hours, seeds)) + np.array([0.0, gain])[:, None, None]
        measured = rng.binomial(prompts, np.clip(skill, 0, 1)) / prompts
        gap = measured[1].mean(1) - measured[0].mean(1)
        error = np.sqrt(measured.var(2, ddof=1).sum(0) / seeds)
        shares.append(float(np.mean(gap > 2 * error)))
    return shares
