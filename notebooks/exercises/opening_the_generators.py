"""Exercises of the notebook "The generating side, opened"."""

import numpy as np

from mmgan_lite.course.checker import Exercise, near, numbers, require


class Stamp(Exercise):
    """A transposed convolution of one channel: every number of a small picture stamps the kernel into a large one."""

    hint = "Begin with zeros. For each i and j, add x[i, j] times the kernel, its upper left corner at stride · (i, j)."

    @staticmethod
    def examine(answer):
        require(callable(answer), "The answer is a function of x, the kernel and the stride.")
        rng = np.random.default_rng(0)
        x, kernel = rng.standard_normal((3, 4)), rng.standard_normal((4, 4))
        given = answer(x.copy(), kernel.copy(), 2)
        shape = np.shape(given)
        require(
            shape != (6, 7),
            "That is the size for a stride of 1: neighbours stamp one place apart. How far apart should they?",
            "the_stride_is_forgotten",
        )
        require(
            shape != (6, 8),
            "That is twice the size of x. The last stamp reaches beyond it, and nothing is cut off here.",
            "cut_to_twice_the_size",
        )
        given, wanted = numbers(given, (8, 10)), Stamp.stamped(x, kernel, 2)
        require(
            not near(given, Stamp.stamped(x, kernel, 2, add=False)),
            "Where two stamps overlap, the later one wipes out the earlier. What should happen to both?",
            "the_last_stamp_wins",
        )
        require(
            not near(given, Stamp.stamped(x, kernel[::-1, ::-1], 2)),
            "Your stamp stands on its head. Try a picture with a single 1: what should come out?",
            "the_kernel_is_turned",
        )
        require(near(given, wanted), "The size is right, the numbers are not. Try a picture with a single 1.")
        one = numbers(answer(x.copy(), kernel.copy(), 1), (6, 7))
        require(near(one, Stamp.stamped(x, kernel, 1)), "It works for a stride of 2. And for 1?")
        return "A number in, a whole patch out, and patches that meet are added up."

    @staticmethod
    def stamped(x, kernel, stride, add=True):
        """The loop; with `add=False`, each stamp wipes out what lay there before."""
        rows, columns = x.shape
        side = len(kernel)
        out = np.zeros(((rows - 1) * stride + side, (columns - 1) * stride + side))
        for i in range(rows):
            for j in range(columns):
                place = slice(i * stride, i * stride + side), slice(j * stride, j * stride + side)
                out[place] = out[place] * add + x[i, j] * kernel
        return out

    @staticmethod
    def further():
        rng = np.random.default_rng(10)
        for rows, columns, side, stride in ((1, 1, 3, 2), (5, 2, 2, 3), (2, 6, 3, 1)):
            yield rng.standard_normal((rows, columns)), rng.standard_normal((side, side)), stride

    @staticmethod
    def solution(x, kernel, stride):
        rows, columns = x.shape
        side = len(kernel)
        out = np.zeros(((rows - 1) * stride + side, (columns - 1) * stride + side))
        for i in range(rows):
            for j in range(columns):
                out[i * stride : i * stride + side, j * stride : j * stride + side] += x[i, j] * kernel
        return out

    @staticmethod
    def wrong_the_last_stamp_wins(x, kernel, stride):
        return Stamp.stamped(x, kernel, stride, add=False)

    @staticmethod
    def wrong_the_stride_is_forgotten(x, kernel, stride):
        return Stamp.stamped(x, kernel, 1)

    @staticmethod
    def wrong_the_kernel_is_turned(x, kernel, stride):
        return Stamp.stamped(x, kernel[::-1, ::-1], stride)

    @staticmethod
    def wrong_cut_to_twice_the_size(x, kernel, stride):
        rows, columns = x.shape
        return Stamp.stamped(x, kernel, stride)[1 : 1 + rows * stride, 1 : 1 + columns * stride]


class PickAWord(Exercise):
    """A word for each row, drawn by chance: the highest of the scores with noise on them, as a one-hot row."""

    hint = "First the scores plus strength times the noise. Then argmax; np.eye turns a number into a one-hot row."

    @staticmethod
    def examine(answer):
        require(callable(answer), "The answer is a function of the scores, the noise and its strength.")
        rng = np.random.default_rng(1)
        scores = np.log(rng.dirichlet(np.ones(5), 400))
        gumbel = rng.gumbel(size=(400, 5))
        given = answer(scores.copy(), gumbel.copy(), 0.5)
        require(
            np.shape(given) != (400,),
            "These are the numbers of the words. A one-hot row has a place for every word.",
            "the_number_of_the_word",
        )
        given = numbers(given, (400, 5))
        noisy = scores + 0.5 * gumbel
        require(
            not near(given, PickAWord.shares(noisy)),
            "These rows are shares of all words. Which one is said?",
            "shares_in_place_of_a_word",
        )
        require(
            near(given.sum(1), 1) and near(given.max(1), 1), "Each row should hold a single 1, and 0 everywhere else."
        )
        require(
            not near(given, PickAWord.hot(scores)),
            "The noise changes nothing in your answer: it says the likeliest word every time.",
            "the_noise_is_forgotten",
        )
        require(
            not near(given, PickAWord.hot(scores + gumbel)),
            "Your noise has its full strength, whatever strength is asked for.",
            "always_at_full_strength",
        )
        require(
            not near(given, PickAWord.hot(PickAWord.shares(scores) + 0.5 * gumbel)),
            "You put the noise on the shares, which lie between 0 and 1. Next to which numbers does it belong?",
            "noise_on_the_shares",
        )
        require(near(given, PickAWord.hot(noisy)), "Some words are others than they should be. Try strength = 0 first.")
        plain = numbers(answer(scores.copy(), gumbel.copy(), 0.0), (400, 5))
        require(near(plain, PickAWord.hot(scores)), "At strength 0 the likeliest word should be said.")
        return (
            "At strength 1 this draws each word exactly as often as its share says; below 1, likely words more often."
        )

    @staticmethod
    def shares(scores):
        """The softmax of each row."""
        grown = np.exp(scores - scores.max(axis=1, keepdims=True))
        return grown / grown.sum(axis=1, keepdims=True)

    @staticmethod
    def hot(scores):
        """The highest of each row, as a one-hot row."""
        return np.eye(scores.shape[1])[scores.argmax(axis=1)]

    @staticmethod
    def further():
        rng = np.random.default_rng(11)
        for rows, words, strength in ((1, 3, 1.0), (50, 32, 0.25)):
            yield rng.standard_normal((rows, words)), rng.gumbel(size=(rows, words)), strength

    @staticmethod
    def solution(scores, gumbel, strength):
        chosen = (scores + strength * gumbel).argmax(axis=1)
        return np.eye(scores.shape[1])[chosen]

    @staticmethod
    def wrong_the_noise_is_forgotten(scores, gumbel, strength):
        return PickAWord.hot(scores)

    @staticmethod
    def wrong_always_at_full_strength(scores, gumbel, strength):
        return PickAWord.hot(scores + gumbel)

    @staticmethod
    def wrong_noise_on_the_shares(scores, gumbel, strength):
        return PickAWord.hot(PickAWord.shares(scores) + strength * gumbel)

    @staticmethod
    def wrong_shares_in_place_of_a_word(scores, gumbel, strength):
        return PickAWord.shares(scores + strength * gumbel)

    @staticmethod
    def wrong_the_number_of_the_word(scores, gumbel, strength):
        return (scores + strength * gumbel).argmax(axis=1)


class HalfLife(Exercise):
    """After how many steps has a running average forgotten half of what it held?"""

    hint = (
        "After n steps, decay multiplied n times with itself is left of the old. Set that to 1/2, and take logarithms."
    )

    @staticmethod
    def examine(answer):
        require(callable(answer), "The answer is a function of the decay.")
        given = np.array([numbers(answer(decay), ()) for decay in (0.5, 0.9, 0.995)])
        require(
            not near(given, [1.0, 5.0, 100.0], 1e-3),
            "You take away the same piece at every step. What is taken away is a share of what is still there.",
            "the_same_piece_each_step",
        )
        require(
            not near(given, [2.0, 10.0, 200.0], 1e-3),
            "1 / (1 − decay) is the mean age of what the average holds. After so many steps, a good third is left.",
            "the_mean_age",
        )
        slow = [np.log(2) / (1 - decay) for decay in (0.5, 0.9, 0.995)]
        require(
            not near(given, slow, 1e-3),
            "Nearly right where the decay is near 1. But at decay 0.5, one single step forgets half.",
            "right_for_slow_ones_alone",
        )
        wanted = [np.log(0.5) / np.log(decay) for decay in (0.5, 0.9, 0.995)]
        require(not near(given, [-n for n in wanted]), "The number of steps is negative. Look at the signs.")
        require(near(given, wanted, 1e-3), "At decay 0.5, half is forgotten after 1 step. What does yours say?")
        return f"At 0.995 that is {wanted[-1]:.0f} steps."

    @staticmethod
    def further():
        yield from ((0.25,), (0.999,))

    @staticmethod
    def solution(decay):
        return np.log(0.5) / np.log(decay)

    @staticmethod
    def wrong_the_same_piece_each_step(decay):
        return 0.5 / (1 - decay)

    @staticmethod
    def wrong_the_mean_age(decay):
        return 1 / (1 - decay)

    @staticmethod
    def wrong_right_for_slow_ones_alone(decay):
        return np.log(2) / (1 - decay)
