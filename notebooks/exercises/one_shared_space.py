"""Exercises of notebook 06."""

import itertools

import numpy as np

from mmgan_lite.course.checker import Exercise, near, numbers, require


def _units(rng, *shape):
    points = rng.normal(size=shape)
    return points / np.linalg.norm(points, axis=-1, keepdims=True)


def _surprise(logits, axis=1):
    """Mean of -log softmax on the diagonal, the softmax along an axis."""
    top = logits.max(axis, keepdims=True)
    shares = logits - top - np.log(np.exp(logits - top).sum(axis, keepdims=True))
    return -shares.diagonal().mean()


class FindYourPartner(Exercise):
    """The contrastive loss of two senses: both directions, divided by the temperature."""

    hint = (
        "First a matrix of all cosines over T; then -log(softmax) of its diagonal, once for rows and once for columns."
    )

    @staticmethod
    def examine(answer):
        require(callable(answer), "The answer is a function of a, b and the temperature.")
        rng = np.random.default_rng(2)
        a, b = _units(rng, 2, 5, 3)
        b = b + a / 2  # partners are near, as a rule
        b /= np.linalg.norm(b, axis=1, keepdims=True)
        found, cosines = numbers(answer(a.copy(), b.copy(), 0.2), ()), a @ b.T
        there, back = _surprise(cosines / 0.2), _surprise(cosines.T / 0.2)
        require(
            not near(found, (_surprise(cosines) + _surprise(cosines.T)) / 2),
            "Changing the temperature changes nothing in your loss.",
            "temperature_forgotten",
        )
        require(
            not (near(found, there) or near(found, back)),
            "One side asks and the other only answers. Who else should find a partner?",
            "only_one_side_asks",
        )
        require(
            not near(found, there + back),
            "A mean of two directions is asked for, and yours is twice as large.",
            "sum_of_the_directions",
        )
        everybody = "Five examples, and a loss five times too large. A larger batch should not cost more."
        require(not near(found, 5 * (there + back) / 2), everybody, "sum_over_the_batch")
        require(
            not near(found, (_surprise(cosines * 0.2) + _surprise(cosines.T * 0.2)) / 2),
            "Your shares grow more even where T is small. Should a cold loss be undecided?",
            "multiplied_by_the_temperature",
        )
        require(not near(found, -(there + back) / 2), "A loss grows when things go wrong. Look at the sign.", "sign")
        everywhere = np.log(np.exp(cosines / 0.2).sum()) - (cosines / 0.2).diagonal().mean()
        whole = "All cosines of the batch compete with each other in your softmax. Among whom does one image choose?"
        require(not near(found, everywhere), whole, "softmax_over_the_whole_batch")
        moved = cosines / 0.2 - (cosines / 0.2).max(1, keepdims=True)
        columns = "Every row loses a number of its own. Its own shares stay; but what happens to the columns?"
        require(not near(found, (there + _surprise(moved.T)) / 2), columns, "columns_of_rows_that_were_moved")
        require(near(found, (there + back) / 2), "Try a batch of two, with the cosines [[1, 0], [0, 1]] and T = 1.")
        order = rng.permutation(5)
        require(
            near(answer(a[order], b[order], 0.2), found), "The order of the examples in the batch changes the loss."
        )
        require(near(answer(b, a, 0.2), found), "Swapping the two senses changes the loss.")
        require(
            near(answer(a, a, 1e-3), 0, 1e-3), "At T = 0.001 the exponentials overflow. What may one subtract first?"
        )
        return "Both directions, any order of the batch, any temperature: that is the loss of CLIP."

    @staticmethod
    def further():
        rng = np.random.default_rng(10)
        for batch, temperature in ((2, 1.0), (9, 0.07)):
            yield *_units(rng, 2, batch, 6), temperature

    @staticmethod
    def solution(a, b, temperature):
        logits = a @ b.T / temperature
        logits = logits - logits.max()  # the shares stay as they are, and nothing overflows
        there = np.log(np.exp(logits).sum(axis=1)) - logits.diagonal()
        back = np.log(np.exp(logits).sum(axis=0)) - logits.diagonal()
        return (there.mean() + back.mean()) / 2

    @staticmethod
    def wrong_temperature_forgotten(a, b, temperature):
        return FindYourPartner.solution(a, b, 1.0)

    @staticmethod
    def wrong_only_one_side_asks(a, b, temperature):
        return _surprise(a @ b.T / temperature)

    @staticmethod
    def wrong_softmax_over_the_whole_batch(a, b, temperature):
        logits = a @ b.T / temperature
        return np.log(np.exp(logits).sum()) - logits.diagonal().mean()

    @staticmethod
    def wrong_sum_of_the_directions(a, b, temperature):
        return 2 * FindYourPartner.solution(a, b, temperature)

    @staticmethod
    def wrong_sum_over_the_batch(a, b, temperature):
        return len(a) * FindYourPartner.solution(a, b, temperature)

    @staticmethod
    def wrong_multiplied_by_the_temperature(a, b, temperature):
        return FindYourPartner.solution(a, b, 1 / temperature)

    @staticmethod
    def wrong_columns_of_rows_that_were_moved(a, b, temperature):
        logits = a @ b.T / temperature
        logits = logits - logits.max(axis=1, keepdims=True)
        return (_surprise(logits) + _surprise(logits.T)) / 2

    @staticmethod
    def wrong_sign(a, b, temperature):
        return -FindYourPartner.solution(a, b, temperature)


class RecallAndChance(Exercise):
    """Recall@1 by label, and what a random key would get."""

    hint = "Chance: go through the labels. How often is it asked for, and how often would a random key have it?"

    @staticmethod
    def examine(answer):
        require(callable(answer), "The answer is a function of queries, keys and both labels.")
        rng = np.random.default_rng(3)
        queries, keys = _units(rng, 40, 4), _units(rng, 30, 4)
        query_labels = rng.choice(3, 40, p=[0.7, 0.2, 0.1])
        key_labels = rng.choice(3, 30, p=[0.6, 0.3, 0.1])
        given = (queries, keys, query_labels, key_labels)
        recall, expected = numbers(answer(*(array.copy() for array in given)), (2,))
        require(
            max(recall, expected) <= 1,
            "A share is at most 1. Did you count in percent, or forget to divide?",
            "counts_in_place_of_shares",
        )
        cosines = queries @ keys.T
        hit = np.mean(key_labels[cosines.argmax(1)] == query_labels)
        chance = np.mean(query_labels[:, None] == key_labels)
        rows = np.mean(cosines.argmax(1) == np.arange(40))
        require(
            not near(recall, rows),
            "The nearest key may stand in another row and still be right. What makes it right?",
            "only_my_own_row_is_right",
        )
        farthest = np.mean(key_labels[cosines.argmin(1)] == query_labels)
        require(
            not near(recall, farthest),
            "You took the key with the smallest cosine. What does a large cosine say?",
            "nearest_is_the_smallest",
        )
        require(near(recall, hit), "Check the recall with three queries and three keys that you can see through.")
        require(
            not near(expected, 1 / 3),
            "One in three is the chance with evenly spread labels. Ours are not: count them.",
            "labels_are_evenly_spread",
        )
        require(not near(expected, 1 / 30), "Is there only one right key for each query?", "one_right_key")
        most = max(np.mean(query_labels == label) for label in range(3))
        require(
            not near(expected, most),
            "That is what one gets by always answering with the most frequent label. We pick keys blindly.",
        )
        require(
            near(expected, chance),
            "The recall is right. For the chance, imagine one query, and draw a key with eyes closed.",
        )
        return f"Recall {hit:.0%} next to {chance:.0%} by chance: on these random vectors there is nothing to find."

    @staticmethod
    def further():
        rng = np.random.default_rng(10)
        yield _units(rng, 9, 5), _units(rng, 50, 5), rng.integers(4, size=9), rng.integers(6, size=50)

    @staticmethod
    def solution(queries, keys, query_labels, key_labels):
        nearest = (queries @ keys.T).argmax(axis=1)
        recall = np.mean(query_labels == key_labels[nearest])
        chance = np.mean(query_labels[:, None] == key_labels)  # over all pairs of a query and a key
        return recall, chance

    @staticmethod
    def wrong_only_my_own_row_is_right(queries, keys, query_labels, key_labels):
        nearest = (queries @ keys.T).argmax(axis=1)
        return np.mean(nearest == np.arange(len(queries))), np.mean(query_labels[:, None] == key_labels)

    @staticmethod
    def wrong_labels_are_evenly_spread(queries, keys, query_labels, key_labels):
        nearest = (queries @ keys.T).argmax(axis=1)
        return np.mean(query_labels == key_labels[nearest]), 1 / len(np.unique(key_labels))

    @staticmethod
    def wrong_counts_in_place_of_shares(queries, keys, query_labels, key_labels):
        recall, chance = RecallAndChance.solution(queries, keys, query_labels, key_labels)
        return len(queries) * recall, len(queries) * chance

    @staticmethod
    def wrong_one_right_key(queries, keys, query_labels, key_labels):
        nearest = (queries @ keys.T).argmax(axis=1)
        return np.mean(query_labels == key_labels[nearest]), 1 / len(keys)

    @staticmethod
    def wrong_nearest_is_the_smallest(queries, keys, query_labels, key_labels):
        nearest = (queries @ keys.T).argmin(axis=1)
        return np.mean(query_labels == key_labels[nearest]), np.mean(query_labels[:, None] == key_labels)


def _checked(report):
    """The shares of a report, {temperature: float (seeds,)}."""
    require(isinstance(report, dict) and {"shares", "best", "clear"} <= set(report),
            'The report is a dict with "shares", "best" and "clear".')  # fmt: skip
    shares = report["shares"]
    require(isinstance(shares, dict) and len(shares) > 0, '"shares" is a dict: a temperature, and a list of shares.')
    checked = {}
    for temperature, found in shares.items():
        require(isinstance(found, list | tuple), f"The shares at T = {temperature} should be a list, a number a seed.")
        value = numbers(found, (len(found),))
        require(len(value) > 0, f"Nothing was measured at T = {temperature}. Did the training run to its end?")
        require(value.min() >= 0 and value.max() <= 1, "Shares lie between 0 and 1.")
        checked[float(numbers(temperature, ()))] = value
    require(min(checked) > 0, "A temperature is above 0.")
    return checked


class WhichTemperature(Exercise):
    """A report on temperatures: wide enough, with seeds enough, and with a conclusion that follows from it."""

    reports = True
    hint = "Means decide who is best. Whether you can tell is decided by the spread of the seeds."
    solution = {
        "shares": {0.03: [0.134, 0.1], 0.1: [0.876, 0.878], 0.3: [0.876, 0.86], 1.0: [0.676, 0.656]},
        "best": 0.1,
        "clear": False,
    }
    wrong_one_seed_is_enough = {
        "shares": {0.03: [0.1], 0.1: [0.9], 0.3: [0.85], 1.0: [0.45]},
        "best": 0.1,
        "clear": True,
    }
    wrong_neighbours_only = {
        "shares": {0.1: [0.85, 0.87], 0.15: [0.86, 0.84], 0.2: [0.84, 0.85], 0.3: [0.84, 0.86]},
        "best": 0.1,
        "clear": False,
    }
    wrong_the_luckiest_seed_wins = {**solution, "shares": {**solution["shares"], 0.3: [0.70, 0.99]}, "best": 0.3}
    wrong_a_lead_is_a_finding = {**solution, "clear": True}

    @staticmethod
    def examine(answer):
        shares = _checked(answer)
        require(len(shares) >= 4, f"You tried {len(shares)} temperatures; at least four are asked for.")
        wide = max(shares) >= 30 * min(shares) * (1 - 1e-9)
        require(
            wide,
            "These temperatures are close neighbours. The largest should be thirty times the smallest.",
            "neighbours_only",
        )
        seeds = min(map(len, shares.values()))
        require(
            seeds >= 2,
            "With one seed for a temperature you cannot know what another seed would have given.",
            "one_seed_is_enough",
        )
        means = {temperature: found.mean() for temperature, found in shares.items()}
        best, clear = float(numbers(answer["best"], ())), answer["clear"]
        require(best in shares, f"You never measured T = {best:g}.")
        luckiest = max(shares, key=lambda temperature: shares[temperature].max())
        behind = means[best] < max(means.values()) - 1e-9
        require(
            not (behind and best == luckiest),
            "The highest single figure is not the highest mean.",
            "the_luckiest_seed_wins",
        )
        require(not behind, "Another temperature has a higher mean.")
        require(isinstance(clear, bool | np.bool_), '"clear" is True or False.')
        others = itertools.chain.from_iterable(found for temperature, found in shares.items() if temperature != best)
        wins = bool(shares[best].min() > max(others))
        require(clear or not wins, "Look again: does any seed of another temperature reach the worst seed of the best?")
        require(
            wins or not clear,
            "A seed of another temperature did as well as a seed of yours. Can you be that sure?",
            "a_lead_is_a_finding",
        )
        return f"T = {best:g} has the best mean of {len(shares)}, {'and clearly so' if wins else 'but not clearly'}."
