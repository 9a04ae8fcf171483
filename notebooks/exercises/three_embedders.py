"""Exercises of notebook 05."""

import functools

import numpy as np

from mmgan_lite.course.checker import Exercise, near, numbers, require


class Cosines(Exercise):
    """The cosine of every row of one array with every row of another."""

    hint = (
        "Bring every row to length 1 first: np.linalg.norm can do all rows at once, and keepdims=True keeps the axis."
    )

    @staticmethod
    def examine(answer):
        require(callable(answer), "The answer is a function of two arrays.")
        rng = np.random.default_rng(0)
        a, b = rng.normal(size=(3, 5)), 4 * rng.normal(size=(2, 5))
        found = answer(a.copy(), b.copy())
        shape = getattr(found, "shape", None)
        require(
            shape != (2, 3),
            "Rows of `a` should run down, rows of `b` across. Which one is transposed?",
            "b_down_and_a_across",
        )
        found = numbers(found, (3, 2))
        wanted = np.array([[x @ y / np.sqrt((x @ x) * (y @ y)) for y in b] for x in a])
        require(
            not near(found, a @ b.T),
            "That grows with the lengths. What must a vector times two not change?",
            "a_product_is_a_cosine",
        )
        columns = (a / np.linalg.norm(a, axis=0)) @ (b / np.linalg.norm(b, axis=0)).T
        require(
            not near(found, columns),
            "Each *vector* should get length 1. Along which axis does a vector lie?",
            "columns_are_the_vectors",
        )
        require(not near(found * np.linalg.norm(b, axis=1), wanted * np.linalg.norm(b, axis=1) ** 2),
                "Both lengths count, once each.")  # fmt: skip
        require(near(found, wanted), "Try two rows that you can check in your head, such as (3, 4) and (4, 3).")
        require(near(numbers(answer(a, a), (3, 3)).diagonal(), 1), "A vector's cosine with itself should be 1.")
        return "The same for vectors of any length, as it should be."

    @staticmethod
    def further():
        rng = np.random.default_rng(10)
        yield rng.normal(size=(1, 7)), 0.01 * rng.normal(size=(6, 7))
        yield 100 * rng.normal(size=(4, 2)), rng.normal(size=(4, 2))

    @staticmethod
    def solution(a, b):
        a = a / np.linalg.norm(a, axis=1, keepdims=True)
        b = b / np.linalg.norm(b, axis=1, keepdims=True)
        return a @ b.T

    @staticmethod
    def wrong_a_product_is_a_cosine(a, b):
        return a @ b.T

    @staticmethod
    def wrong_columns_are_the_vectors(a, b):
        return (a / np.linalg.norm(a, axis=0)) @ (b / np.linalg.norm(b, axis=0)).T

    @staticmethod
    def wrong_b_down_and_a_across(a, b):
        return Cosines.solution(b, a)


class StrongestAnswer(Exercise):
    """The largest answer of each channel over the written places: padding never wins."""

    hint = "Before you take the maximum, replace what stands in the unwritten places by something that cannot win."

    @staticmethod
    def examine(answer):
        require(callable(answer), "The answer is a function of the answers `x` and of `written`.")
        rng = np.random.default_rng(1)
        x = rng.normal(size=(6, 7, 4))
        x[0] -= 10  # a caption whose every answer is negative
        counts = np.array([3, 1, 7, 2, 5, 4])
        written = (np.arange(7) < counts[:, None]).astype("float64")[..., None]  # (6, 7, 1)
        found = answer(x.copy(), written.copy())
        shape = np.shape(found)
        require(
            shape != (6, 7),
            "You kept the places and lost the channels. Over which axis should the strongest win?",
            "strongest_channel",
        )
        found = numbers(found, (6, 4))
        wanted = np.stack([one[:count].max(0) for one, count in zip(x, counts, strict=True)])
        require(
            not near(found, x.max(1)),
            "A place where nothing is written has won. How would you bar it?",
            "padding_may_win",
        )
        zeros = "Your empty places answer 0. Look at a caption whose every answer is below 0: who wins there?"
        require(not near(found, (x * written).max(1)), zeros, "padding_is_zero")
        means = (x * written).sum(1) / written.sum(1)
        require(not near(found, means), "A mean lets every place have a say. We look for the strongest one.", "mean")
        require(
            near(found, wanted), "Try one caption of two words and one channel, with the answers −3, −5 and a padding."
        )
        room = answer(np.pad(x, ((0, 0), (0, 5), (0, 0))), np.pad(written, ((0, 0), (0, 5), (0, 0))))
        require(near(room, wanted), "More padding changed the result.")
        return "However much padding follows a caption, the result stays."

    @staticmethod
    def further():
        rng = np.random.default_rng(10)
        yield rng.normal(-500, 1, (3, 9, 2)), (np.arange(9) < np.array([[9], [1], [4]])).astype("float64")[..., None]

    @staticmethod
    def solution(x, written):
        return np.max(np.where(written > 0, x, -np.inf), axis=1)

    @staticmethod
    def wrong_padding_may_win(x, written):
        return np.max(x, axis=1)

    @staticmethod
    def wrong_padding_is_zero(x, written):
        return np.max(x * written, axis=1)

    @staticmethod
    def wrong_strongest_channel(x, written):
        return np.max(np.where(written > 0, x, -np.inf), axis=2)

    @staticmethod
    def wrong_mean(x, written):
        return np.sum(x * written, axis=1) / np.sum(written, axis=1)


@functools.cache
def _shipped():
    """The shipped model's image embedder, some images, and their vectors."""
    import mmgan_lite as mm

    embed, images = mm.load().embed, mm.load_digits("valid")["image"][:60]
    return embed, images, embed({"image": images})


class BlindSpot(Exercise):
    """A change of all images that the eye sees and that the embedder hardly notices."""

    prepare = staticmethod(_shipped)
    hint = "Think of what happens to a digit between two photographs of it: what do you yourself not even notice?"

    @staticmethod
    def examine(answer):
        require(callable(answer), "The answer is a function of the images that returns the changed images.")
        embed, images, before = _shipped()
        changed = numbers(answer(images.copy()), images.shape)
        require(
            np.abs(changed).max() < 1.001,
            f"Values must stay from −1 to 1. Yours reach {np.abs(changed).max():.2g}.",
            "brighter_than_white",
        )
        moved = np.sqrt(np.mean((changed - images) ** 2))
        require(moved > 1e-3, "These are the same images. What will your eye see?")
        apart = np.abs(changed[:, None] - images[None]).mean((2, 3, 4))  # (60, 60)
        taken = (apart.min(1) < 0.01) & (apart.argmin(1) != np.arange(len(images)))
        require(
            taken.mean() < 0.5,
            "These are other images of the set, put in the place of their neighbours.",
            "another_image_instead",
        )
        require(moved >= 0.3, f"The pixels moved by {moved:.2f} only, and 0.3 are asked for. Be bolder.", "too_timid")
        cosine = float(np.sum(before * embed({"image": changed.astype("float32")}), axis=1).mean())
        require(
            cosine >= 0.85,
            f"The embedder noticed: the mean cosine fell to {cosine:.2f}. What would it have met in training?",
            "upside_down",
        )
        return (
            f"Pixels moved by {moved:.2f}, mean cosine {cosine:.2f}: a blind spot. Why might training have made it so?"
        )

    @staticmethod
    def solution(images):
        return np.roll(images, 1, axis=2)  # one pixel to the right: windows overlap, so a small shift changes little

    @staticmethod
    def wrong_too_timid(images):
        return np.clip(images + 0.02, -1, 1)

    @staticmethod
    def wrong_another_image_instead(images):
        return images[::-1]

    @staticmethod
    def wrong_upside_down(images):
        return images[:, ::-1]

    @staticmethod
    def wrong_brighter_than_white(images):
        return images + 1.0
