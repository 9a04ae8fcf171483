"""Exercises of notebook 03."""

import keras
import numpy as np
import tensorflow as tf

from mmgan_lite import losses
from mmgan_lite.course.checker import Exercise, near, numbers, require


class StableCrossEntropy(Exercise):
    """The cross-entropy of yes-or-no labels from logits, at any logit."""

    hint = (
        "Where does exp overflow, and where does log meet a 0? np.logaddexp(0, x) is log(1 + exp(x)), without either."
    )

    @staticmethod
    def further():
        rng = np.random.default_rng(10)
        yield rng.integers(0, 2, 30).astype("float64"), rng.normal(0, 40, 30)
        yield np.array([1.0, 0.0]), np.array([-1e5, -1e5])

    @staticmethod
    def solution(labels, logits):
        return labels * np.logaddexp(0, -logits) + (1 - labels) * np.logaddexp(0, logits)

    @staticmethod
    def wrong_log_of_a_sigmoid(labels, logits):
        with np.errstate(all="ignore"):
            p = 1 / (1 + np.exp(-logits))
            return -(labels * np.log(p) + (1 - labels) * np.log(1 - p))

    @staticmethod
    def wrong_clipped(labels, logits):
        p = np.clip(1 / (1 + np.exp(-np.clip(logits, -50, 50))), 1e-7, 1 - 1e-7)
        return -(labels * np.log(p) + (1 - labels) * np.log(1 - p))

    @staticmethod
    def wrong_sign(labels, logits):
        return labels * np.logaddexp(0, logits) + (1 - labels) * np.logaddexp(0, -logits)

    @staticmethod
    def examine(answer):
        labels, logits = np.array([1.0, 1.0, 0.0, 0.0]), np.array([2.0, -1.0, 2.0, -1.0])
        mild = numbers(answer(labels, logits), (4,))
        require((mild >= 0).all(), "A surprise is never negative: at mild logits some of yours are.")
        turned = near(mild, _keras(1 - labels, logits))
        require(not turned, "Label 1 and a high logit agree: is that a large surprise, or a small one?", "sign")
        require(
            near(mild, _keras(labels, logits)),
            "At mild logits (−1 and 2) it should be −log of the label's probability.",
        )
        labels, logits = np.array([1.0, 1.0, 0.0, 0.0]), np.array([1000.0, -1000.0, 1000.0, -1000.0])
        wild = np.asarray(answer(labels, logits), "float64")
        told = "At mild logits it is right. At ±1000 something became NaN or infinite: which step rounds, or overflows?"
        require(np.isfinite(wild).all(), told, "log_of_a_sigmoid")
        told = (
            f"Nothing overflows, but D, surely wrong at logit 1000, is told {wild.max():.0f}. How wrong is it really?"
        )
        require(near(wild, _keras(labels, logits)), told, "clipped")
        return "At logits of ±1000 it agrees with Keras: 0 where D is right, 1000 where it is wrong."


def _keras(labels, logits):
    loss = keras.losses.BinaryCrossentropy(from_logits=True, reduction=None)
    return loss(labels[:, None].astype("float32"), logits[:, None].astype("float32")).numpy()


class PushOnG(Exercise):
    """Where a step of the non-saturating G pushes each fake logit."""

    hint = "The slope of softplus(x) is sigmoid(x). What is the slope of softplus(-x)? And a step goes down the slope."

    @staticmethod
    def further():
        yield (np.random.default_rng(10).normal(0, 4, 30),)

    @staticmethod
    def solution(fake_logits):
        return 1 / (1 + np.exp(fake_logits))

    @staticmethod
    def wrong_the_slope_itself(fake_logits):
        return -1 / (1 + np.exp(fake_logits))

    @staticmethod
    def wrong_of_minimax(fake_logits):
        return 1 / (1 + np.exp(-fake_logits))

    @staticmethod
    def wrong_the_loss(fake_logits):
        return np.logaddexp(0, -fake_logits)

    @staticmethod
    def examine(answer):
        logits = np.array([-5.0, -1.0, 0.0, 1.0, 5.0])
        push = numbers(answer(logits), (5,))
        require(
            (push > 0).all(),
            "Some of yours push a fake logit down. What does G want it to do? A step goes downhill.",
            "the_slope_itself",
        )
        saturates = push[0] < push[-1]
        require(
            not saturates,
            "Weak where D is sure of a fake (−5), and strong where G has won. Whose loss is that?",
            "of_minimax",
        )
        bounded = push.max() <= 1
        require(
            bounded,
            f"At logit −5 yours pushes by {push.max():.1f}. That is the height of the loss; we need its slope.",
            "the_loss",
        )
        require(
            near(push, _slope(logits), 1e-3), "Right in sign and order. Compare with the board: at logit 0 it is 0.5."
        )
        return "It agrees with TensorFlow's gradient of the package's loss."


def _slope(logits):
    x = tf.constant(logits, tf.float32)
    with tf.GradientTape() as tape:
        tape.watch(x)
        loss = len(logits) * losses.non_saturating_generator_loss(x)
    return -tape.gradient(loss, x).numpy()


class OwnLoss(Exercise):
    """A generator's loss of your own, which pushes fakes up, hardest where D is sure, and never overflows."""

    hint = "Begin with a loss of the package that behaves well at −10, and change one thing; mind the mean, and ±1000."

    @staticmethod
    def solution(fake_logits, real_logits=None):
        return keras.ops.mean(keras.ops.relu(1 - fake_logits) + 0.1 * keras.ops.softplus(-fake_logits))

    @staticmethod
    def wrong_pushes_down(fake_logits, real_logits=None):
        return keras.ops.mean(keras.ops.softplus(fake_logits))

    @staticmethod
    def wrong_saturates(fake_logits, real_logits=None):
        return -keras.ops.mean(keras.ops.softplus(fake_logits))

    @staticmethod
    def wrong_no_mean(fake_logits, real_logits=None):
        return keras.ops.softplus(-fake_logits)

    @staticmethod
    def wrong_overflows(fake_logits, real_logits=None):
        return keras.ops.mean(keras.ops.exp(-fake_logits))

    @staticmethod
    def examine(answer):
        x = tf.constant([[-10.0], [-2.0], [0.0], [2.0]])
        with tf.GradientTape() as tape:
            tape.watch(x)
            loss = _called(answer, x)
        require(loss is not None and loss is not ..., "Not yet: your function returns nothing. Write its line first.")
        require(
            tf.is_tensor(loss),
            "TensorFlow must be able to follow the slope: use functions such as keras.ops.relu or keras.ops.exp.",
        )
        require(
            loss.shape == (),
            f"A loss is one number, the mean over the batch. Yours has the shape {tuple(loss.shape)}.",
            "no_mean",
        )
        slope = tape.gradient(loss, x)
        require(slope is not None, "The loss does not hang on the logits: there is no slope for G to walk down.")
        push = -4 * slope.numpy()[:, 0]
        require(np.isfinite(push).all(), "At mild logits a slope became NaN or infinite.")
        require(
            (push[:3] >= 0).all(), "A step down your loss moves some fake logits down. What does G want?", "pushes_down"
        )
        require(
            push[0] > 0.3,
            f"At logit −10, where D is sure, yours pushes by {push[0]:.3f} only. G would never get away.",
            "saturates",
        )
        far = [float(_called(answer, tf.constant([[x]]))) for x in (-1000.0, 1000.0)]
        require(
            np.isfinite(far).all(),
            "At logits of ±1000 yours becomes infinite: one bad sample would spoil the batch.",
            "overflows",
        )
        return f"Pushes at −10, −2, 0, 2: {', '.join(f'{p:.2f}' for p in push)}. It is a loss; is it a better one?"


def _called(loss, fake_logits):
    """As the training step calls it, with the logits of real samples too."""
    try:
        return loss(fake_logits, tf.zeros_like(fake_logits))
    except TypeError as error:
        told = "The game hands it the real samples' logits as well: keep real_logits=None as its second argument."
        require("positional argument" not in str(error), told)
        raise


# TensorFlow takes its time at the first use, and that must not count as the answer's.
_keras(np.ones(1), np.zeros(1))
_slope(np.zeros(1))
