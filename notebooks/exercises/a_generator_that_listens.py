"""Exercises of notebook 08."""

import numpy as np

from mmgan_lite.course.checker import Exercise, near, numbers, require


class Together(Exercise):
    """The second term of the projection, for every image with every condition."""

    hint = "V turns each condition into 128 numbers. Every image's 128 meet every condition's 128 in a scalar product."

    @staticmethod
    def examine(answer):
        require(callable(answer), "The answer is a function of the features, of e and of V.")
        rng = np.random.default_rng(0)
        features, e, V = rng.standard_normal((5, 128)), rng.standard_normal((5, 64)), rng.standard_normal((64, 128))
        table = np.array([[np.dot(x, c @ V) for c in e] for x in features])  # slowly, entry by entry
        given = answer(features, e, V)
        require(
            np.shape(given) not in ((5,), (5, 1)),
            "One number for each image: image 1 with condition 1, 2 with 2, … Where are all the other pairs?",
            "only_matching_pairs",
        )
        given = numbers(given, (5, 5))
        require(
            not near(given, table.T),
            "The right numbers; but which of the two do the rows stand for?",
            "conditions_in_rows",
        )
        cosines = np.abs(given).max() < 1.0001 and (np.sign(given) == np.sign(table)).all()
        require(
            not cosines,
            "These are cosines. Does the formula say anything about dividing by lengths?",
            "cosine_in_place_of_scalar_product",
        )
        features_1 = features / np.linalg.norm(features, axis=1, keepdims=True)
        require(
            not near(given, features_1 @ (e @ V).T),
            "The features are divided by their length. Does the formula do that?",
        )
        require(
            near(given, table), "The shape is right, the numbers are not. Check one entry by hand: a scalar product."
        )
        numbers(answer(features[:3], e, V), (3, 5))
        return "A matrix product asks every image about every condition at once."

    @staticmethod
    def further():
        rng = np.random.default_rng(10)
        yield rng.standard_normal((2, 128)), rng.standard_normal((7, 64)), rng.standard_normal((64, 128))

    @staticmethod
    def solution(features, e, V):
        return features @ (e @ V).T

    @staticmethod
    def wrong_only_matching_pairs(features, e, V):
        return np.sum(features * (e @ V), axis=1, keepdims=True)

    @staticmethod
    def wrong_conditions_in_rows(features, e, V):
        return (e @ V) @ features.T

    @staticmethod
    def wrong_cosine_in_place_of_scalar_product(features, e, V):
        wishes = e @ V
        lengths = np.linalg.norm(features, axis=1)[:, None] * np.linalg.norm(wishes, axis=1)
        return features @ wishes.T / lengths


class BeatsShuffled(Exercise):
    """By how much is a generator right beyond what its pictures score for others' wishes?"""

    hint = "Count twice: against the own wishes, and against the same wishes in another order. How do they differ?"

    @staticmethod
    def examine(answer):
        require(callable(answer), "The answer is a function of what was asked and of what was read.")
        rng = np.random.default_rng(1)
        asked = rng.integers(10, size=20000)
        perfect = numbers(answer(asked, asked), ())
        require(
            perfect < 1.02,
            f"A perfect listener gets {perfect:.1f} from you. By how much can a share grow at most?",
            "how_many_times_better",
        )
        require(
            perfect < 0.98,
            "A perfect listener gets 1 from you: that is the share which is right. What would chance alone have given?",
            "the_share_that_is_right",
        )
        require(
            perfect > 0.02,
            "A perfect listener gets 0. Does your shuffling tear wish and picture apart, or move them together?",
            "wishes_and_pictures_are_shuffled_together",
        )
        mostly_ones = np.where(rng.random(20000) < 0.8, 1, asked)
        deaf = numbers(answer(mostly_ones, np.ones_like(asked)), ())
        require(
            abs(deaf) < 0.03,
            "Four fifths of the wishes are for a one, and this generator draws nothing but ones, without listening. It "
            f"should get 0; it gets {deaf:.2f}. Is chance always one in ten?",
            "luck_is_one_in_ten",
        )
        require(
            abs(perfect - 0.9) < 0.03,
            f"For ten equally frequent wishes, perfection is worth 0.9. Yours: {perfect:.2f}.",
        )
        read = np.where(rng.random(20000) < 0.5, asked, rng.integers(10, size=20000))
        half = numbers(answer(asked, read), ())
        require(abs(half - 0.45) < 0.03, f"One that listens every second time is worth 0.45. Yours: {half:.2f}.")
        return "Deaf is 0, whatever is drawn; and chance is counted, not assumed."

    @staticmethod
    def solution(asked, read):
        others = np.random.default_rng(0).permutation(asked)
        return np.mean(read == asked) - np.mean(read == others)

    @staticmethod
    def wrong_the_share_that_is_right(asked, read):
        return np.mean(read == asked)

    @staticmethod
    def wrong_how_many_times_better(asked, read):
        return np.mean(read == asked) / np.mean(read == np.random.default_rng(0).permutation(asked))

    @staticmethod
    def wrong_luck_is_one_in_ten(asked, read):
        return np.mean(read == asked) - 0.1

    @staticmethod
    def wrong_wishes_and_pictures_are_shuffled_together(asked, read):
        order = np.random.default_rng(0).permutation(len(asked))
        return np.mean(read == asked) - np.mean(read[order] == asked[order])


class Walking(Exercise):
    """A walk from one unit vector to another, over unit vectors, in even steps."""

    hint = "How far have you turned at t? Ask for the angle between a and each of your points, and compare it with t."

    @staticmethod
    def examine(answer):
        require(callable(answer), "The answer is a function of a, b and t.")
        a, b = np.eye(16)[0], np.array([-0.6, 0.8] + 14 * [0.0])
        t = np.linspace(0, 1, 9)
        way = numbers(answer(a, b, t), (9, 16))
        require(
            not (near(way[0], b) and near(way[-1], a)),
            "You walk from b to a. Where should you be at t = 0?",
            "backwards",
        )
        require(near(way[0], a) and near(way[-1], b), "At t = 0 you should stand on a, and at t = 1 on b.")
        lengths = np.linalg.norm(way, axis=1)
        require(
            near(lengths, 1.0, 1e-3),
            f"On the way your points get as short as {lengths.min():.2f}. Where is that, seen from the sphere?",
            "straight_through_the_sphere",
        )
        steps = np.degrees(np.arccos(np.clip(np.sum(way[1:] * way[:-1], 1), -1, 1)))
        require(
            np.ptp(steps) < 0.05 * steps.mean(),
            f"You stay on the sphere, but some steps turn by {steps.min():.1f}° and others by {steps.max():.1f}°. "
            "What would you have to share out evenly?",
            "straight_and_then_onto_the_sphere",
        )
        require(steps.sum() < 130, "You take a detour: the direct way turns by 127° in all.")
        return f"On the sphere all the way, {steps.mean():.1f}° at each step."

    @staticmethod
    def further():
        rng = np.random.default_rng(11)
        for dim in (2, 64):
            a, b = (point / np.linalg.norm(point) for point in rng.standard_normal((2, dim)))
            yield a, b, np.array([0.9, 0.0, 0.25])

    @staticmethod
    def solution(a, b, t):
        angle = np.arccos(np.dot(a, b))
        t = np.asarray(t)[:, None]
        return (np.sin((1 - t) * angle) * a + np.sin(t * angle) * b) / np.sin(angle)

    @staticmethod
    def wrong_straight_through_the_sphere(a, b, t):
        t = np.asarray(t)[:, None]
        return (1 - t) * a + t * b

    @staticmethod
    def wrong_straight_and_then_onto_the_sphere(a, b, t):
        t = np.asarray(t)[:, None]
        way = (1 - t) * a + t * b
        return way / np.linalg.norm(way, axis=1, keepdims=True)

    @staticmethod
    def wrong_backwards(a, b, t):
        angle = np.arccos(np.dot(a, b))
        t = np.asarray(t)[:, None]
        return (np.sin(t * angle) * a + np.sin((1 - t) * angle) * b) / np.sin(angle)
