"""Conditions: which modalities one comes from, what it tells, and which other ones contradict it.

Facts are int32 (batch, facts), a level for each fact that a sample or a condition tells, and -1 where it does not.

Sources: Reed et al. 2016 (mismatched pairs); Zhang et al. 2017, StackGAN (conditioning augmentation).
"""

import itertools
from collections.abc import Sequence

import tensorflow as tf

from mmgan_lite import replicas
from mmgan_lite.replicas import Tensor


def random_presence(batch_size: int, num_modalities: int, seed: Tensor, whole_fraction: float = 0.0) -> Tensor:
    """Which modalities a condition comes from: a random non-empty subset for each row.

    A modality alone is drawn twice as often as any other subset: that is what a prompt mostly is.

    Args:
        batch_size: Rows.
        num_modalities: Columns.
        seed: int32 (2,).
        whole_fraction: Share of rows that have every modality whatever is drawn.

    Returns:
        float32 (batch, num_modalities), 1 where the modality is present.
    """
    subsets = [subset for subset in itertools.product((0.0, 1.0), repeat=num_modalities) if any(subset)]
    subsets += [subset for subset in subsets if sum(subset) == 1]
    presence = tf.gather(subsets, replicas.uniform((batch_size,), seed, 0, len(subsets), tf.int32))
    whole = replicas.uniform((batch_size, 1), tf.convert_to_tensor(seed) + 3) < whole_fraction
    return tf.maximum(presence, tf.cast(whole, tf.float32))


def conditioning_augmentation(e: Tensor, distance: float, seed: Tensor) -> Tensor:
    """A random neighbour of each condition, for G to hear in its place.

    A G that always heard the same points would know what to do there, and would have to guess beyond them, which is
    where a voice or a hand lies that it never met.

    Args:
        e: Unit vectors float32 (batch, embed_dim).
        distance: Length of the noise, on average, before the way back to the sphere; 0 changes nothing.
        seed: int32 (2,).

    Returns:
        Unit vectors float32 (batch, embed_dim), with cosine 1/√(1 + distance²) to e, or about that.
    """
    noise = replicas.normal(tf.unstack(tf.shape(e)), seed) / e.shape[-1] ** 0.5  # of length 1, or about that
    return tf.math.l2_normalize(e + distance * noise, -1)


def facts_agree(facts: Tensor, other_facts: Tensor) -> Tensor:
    """Who may go together: pairs of rows of which neither contradicts what the other tells.

    Args:
        facts: int32 (n, facts), -1 where a fact is not told.
        other_facts: int32 (m, facts).

    Returns:
        bool (n, m).
    """
    a, b = facts[:, None], other_facts[None]  # (n, 1, facts), (1, m, facts)
    return tf.reduce_all((a == b) | (a < 0) | (b < 0), -1)


def merge_facts(facts: dict, modalities: Sequence[str], presence: Tensor) -> Tensor:
    """What a fused condition tells: for each fact, what any of the present modalities tells of it.

    Args:
        facts: {modality: int32 (batch, facts)}, -1 where a fact is not told.
        modalities: Names, in the order of `presence`'s columns.
        presence: float32 (batch, modalities).

    Returns:
        int32 (batch, facts).
    """
    stacked = tf.stack([facts[modality] for modality in modalities], 1)  # (batch, modalities, facts)
    return tf.reduce_max(tf.where(presence[..., None] > 0, stacked, -1), 1)


def sample_mismatched(facts: Tensor, condition_facts: Tensor, seed: Tensor, hard_fraction: float = 0.5) -> Tensor:
    """For each row, another row whose condition contradicts what this row's sample tells.

    Args:
        facts: int32 (rows, facts), of the real samples.
        condition_facts: int32 (batch, facts), what each row's condition tells; of all replicas, if there are several.
        seed: int32 (2,).
        hard_fraction: Share of rows that prefer a contradiction within the same class (the first fact): a subtler one.

    Returns:
        int32 (rows,) row numbers of the batch; -1 where no row contradicts, as in data of one class.
    """
    contradicts = tf.cast(~facts_agree(facts, condition_facts), tf.float32)  # (rows, batch)
    luck = replicas.uniform(tf.unstack(tf.shape(contradicts)), seed)
    same_class = tf.cast(facts[:, None, 0] == condition_facts[None, :, 0], tf.float32)
    hard = tf.cast(replicas.uniform((facts.shape[0], 1), seed + 1) < hard_fraction, tf.float32)
    found = tf.argmax(contradicts * (0.1 + luck + hard * same_class), 1, tf.int32)
    return tf.where(tf.reduce_any(contradicts > 0, 1), found, -1)


def wrong_conditions(rows: Tensor, e: Tensor, all_e: Tensor) -> Tensor:
    """The conditions of mismatched rows; where a row has none, the point opposite to its own, where nothing lies.

    Args:
        rows: int32 (rows,), of `sample_mismatched`.
        e: float32 (rows, embed_dim), the rows' own conditions.
        all_e: float32 (batch, embed_dim); of all replicas, if there are several.

    Returns:
        float32 (rows, embed_dim).
    """
    return tf.where(rows[:, None] < 0, -e, tf.gather(all_e, tf.maximum(rows, 0)))
