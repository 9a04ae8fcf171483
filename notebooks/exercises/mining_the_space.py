"""Exercises of notebook 11."""

import numpy as np

from mmgan_lite.course.checker import Exercise, numbers, require


class OddOneOut(Exercise):
    """Which of a few points does not belong to the others?"""

    hint = "Each row of the table says how near one point is to all of them. Which row would you read for a stranger?"

    @staticmethod
    def examine(answer):
        found = []
        for place in (0, 2, 3, 1):
            points = _family(place)
            found.append((place, float(numbers(answer(points), ())), points @ points.T))
        require(all(one in range(4) for _, one, _ in found), "The rows of four points have the numbers 0, 1, 2 and 3.")
        typical = [together.sum(1).argmax() for _, _, together in found]
        require(
            [one for _, one, _ in found] != typical,
            "You found the most typical of them. Who is the least?",
            "the_most_typical",
        )
        missed = [place for place, one, _ in found if one != place]
        require(
            missed != [0],
            "It fails where the odd one comes first. Is the first point a fair yardstick?",
            "beside_the_first_only",
        )
        words = (
            "Sometimes one of the family is accused. A single far pair has two ends: which of the two is the stranger?"
        )
        require(not missed, words, "an_end_of_the_farthest_pair")
        return "Found in every place."

    @staticmethod
    def further():
        yield from ((_family(place)[[2, 0, 3, 1]],) for place in range(4))

    @staticmethod
    def solution(points):
        together = points @ points.T
        return together.sum(axis=1).argmin()

    @staticmethod
    def wrong_the_most_typical(points):
        together = points @ points.T
        return together.sum(axis=1).argmax()

    @staticmethod
    def wrong_beside_the_first_only(points):
        together = points @ points.T
        return together[0].argmin()

    @staticmethod
    def wrong_an_end_of_the_farthest_pair(points):
        together = points @ points.T
        return together.min(axis=1).argmin()


def _family(place):
    """float (4, 16): unit vectors, three near one another and a stranger at a place."""
    rng = np.random.default_rng(place)
    points = np.eye(16)[[0] * 4] + 0.15 * rng.normal(size=(4, 16))
    points[place] = np.eye(16)[1] + 0.15 * rng.normal(size=16)
    return _unit(points)


def _unit(points):
    return points / np.linalg.norm(points, axis=-1, keepdims=True)


class Analogy(Exercise):
    """A is to B as C is to which of many?"""

    hint = "What must be added to A to get B? Add the same to C. Then ask who lies in that *direction*."

    @staticmethod
    def examine(answer):
        rng = np.random.default_rng(0)
        for _ in range(5):
            things, step = _unit(rng.normal(size=(6, 24))), 0.8 * _unit(rng.normal(size=24))
            # 0–5; the same six with a change, 6–11; and with the opposite change, 12–17
            points = np.concatenate([_unit(things), _unit(things + step), _unit(things - step)])
            a, c = rng.choice(6, 2, replace=False)
            at = _row(answer(points[a], points[a + 6], points[c], points), points)
            require(at != c, "You found C itself: what A has to do with B plays no part yet.", "nearest_to_c")
            require(at != a + 6, "You found B. Where do you start from: B, or C?", "nearest_to_b")
            require(
                at == c + 6, "It goes the wrong way. Write A + change = B, and solve for the change.", "the_other_way"
            )
            lengths = np.where(np.arange(18) == c + 6, 1.0, 4.0)[:, None]
            at = _row(answer(points[a], points[a + 6], points[c], lengths * points), points)
            require(
                at == c + 6,
                "A long vector wins over a near one. The space knows directions; what do lengths count?",
                "long_vectors_win",
            )
        return "Found, whatever the lengths."

    @staticmethod
    def solution(a, b, c, candidates):
        target = c + (b - a)
        directions = candidates / np.linalg.norm(candidates, axis=1, keepdims=True)
        return (directions @ target).argmax()

    @staticmethod
    def wrong_nearest_to_c(a, b, c, candidates):
        return (candidates @ c).argmax()

    @staticmethod
    def wrong_the_other_way(a, b, c, candidates):
        return (candidates @ (c + (a - b))).argmax()

    @staticmethod
    def wrong_nearest_to_b(a, b, c, candidates):
        return (candidates @ b).argmax()

    @staticmethod
    def wrong_long_vectors_win(a, b, c, candidates):
        return (candidates @ (c + (b - a))).argmax()


def _row(found, points):
    """A row number of points, as it was found."""
    require(np.shape(found) != points[0].shape, "You return a point. Asked for is its row number.")
    row = float(numbers(found, ()))
    require(row in range(len(points)), f"The candidates have the rows 0 to {len(points) - 1}. Yours is {row:g}.")
    return int(row)


class Strangeness(Exercise):
    """A score that is high for what is unlike everything known, whatever shape the known things have."""

    hint = "The known things are islands. A stranger may swim in the middle of them: far from *each*."

    @staticmethod
    def examine(answer):
        rng = np.random.default_rng(0)
        islands = np.eye(8)[:6]
        known, fresh = (_unit(np.repeat(islands, 40, 0) + 0.08 * rng.normal(size=(240, 8))) for _ in range(2))
        outside = _unit(-np.eye(8)[rng.integers(6, size=60)] + 0.1 * rng.normal(size=(60, 8)))
        between = _unit(islands.sum(0) + 0.3 * rng.normal(size=(60, 8)))
        scores = [numbers(answer(points, known), (len(points),)) for points in (fresh, outside, between)]
        found = [_auc(strange, scores[0]) for strange in scores[1:]]
        require(
            found[0] > 0.2,
            f"AUC {found[0]:.2f}: strangers get the low scores. Which way round should the score be?",
            "nearness_for_strangeness",
        )
        require(found[0] > 0.9, f"AUC {found[0]:.2f} for strangers far outside. Do familiar things get low scores?")
        words = (
            f"AUC {found[1]:.2f} for strangers *between* the islands. Is the middle of all islands a familiar place?"
        )
        require(found[1] > 0.9, words, "far_from_the_middle")
        return f"AUC {found[0]:.2f} for strangers outside, {found[1]:.2f} for strangers between the islands."

    @staticmethod
    def solution(points, known):
        return 1 - (points @ known.T).max(axis=1)

    @staticmethod
    def wrong_nearness_for_strangeness(points, known):
        return (points @ known.T).max(axis=1)

    @staticmethod
    def wrong_far_from_the_middle(points, known):
        return np.linalg.norm(points - known.mean(axis=0), axis=1)


def _auc(strange, familiar):
    """The chance that a stranger gets the higher score."""
    return float(np.mean(strange[:, None] > familiar) + 0.5 * np.mean(strange[:, None] == familiar))
