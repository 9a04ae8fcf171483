"""Replicas: one training on several devices, each of which learns from its rows of every batch.

Under a `tf.distribute` strategy a step runs once on each device, a replica each time. What a step compares within a
batch, or draws for it, belongs to the whole batch. So all of it goes through here, and any number of replicas learn
what one would have learnt from the whole; where there is one, nothing here does anything.

What is a mean over rows, adversarial losses and penalties, needs none of this: the mean of the replicas' gradients is
the gradient of the whole.
"""

from collections.abc import Sequence
from typing import Any

import tensorflow as tf

Tensor = Any  # TensorFlow's stubs know less of tensors than TensorFlow does


def count() -> int:
    """How many replicas run this step."""
    context = tf.distribute.get_replica_context()
    return context.num_replicas_in_sync if context else 1


def gathered(x: Tensor) -> Tensor:
    """The rows of all replicas.

    Args:
        x: (rows, …) of this replica.

    Returns:
        (rows of the whole batch, …), the same everywhere. A gradient through it is the sum over the replicas, which
        `shared_gradients` divides again.
    """
    number, context = count(), tf.distribute.get_replica_context()
    if number == 1:
        return x
    # a sum of what stands in its place and zeros elsewhere: `all_gather` fails where each machine has one device
    here = tf.one_hot(context.replica_id_in_sync_group, number, dtype=x.dtype)
    parts = tf.reshape(here, (number, *[1] * len(x.shape))) * x[None]  # (number, rows, …)
    return tf.reshape(context.all_reduce("SUM", parts), (number * x.shape[0], *x.shape[1:]))


def shared_gradients(gradients: Sequence) -> Sequence:
    """Gradients as an optimizer takes them: it sums over the replicas, and a mean is meant."""
    number = count()
    return gradients if number == 1 else [g if g is None else g / number for g in gradients]


def normal(shape: Sequence, seed: Tensor) -> Tensor:
    """`tf.random.stateless_normal` for this replica's rows, the first of `shape`: no two replicas draw the same."""
    return _own(lambda whole: tf.random.stateless_normal(whole, seed), shape)


def uniform(shape: Sequence, seed: Tensor, low: float = 0.0, high: float = 1.0, dtype: Any = tf.float32) -> Tensor:
    """`tf.random.stateless_uniform`, likewise."""
    return _own(lambda whole: tf.random.stateless_uniform(whole, seed, low, high, dtype), shape)


def _own(draw, shape):
    """This replica's rows of what is drawn for the whole batch."""
    number = count()
    if number == 1:
        return draw(shape)
    rows, *rest = shape
    parts = tf.reshape(draw((number * rows, *rest)), (number, rows, *rest))
    return parts[tf.distribute.get_replica_context().replica_id_in_sync_group]
