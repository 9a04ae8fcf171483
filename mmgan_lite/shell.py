"""A shell: one Keras model around several networks, and what of Keras's surface serves it.

`fit` with any callback does. What Keras would do to one network with one loss is closed off, with the remedy.
"""

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf


class Conductor(keras.optimizers.Optimizer):
    """Stands for the optimizers of several networks where Keras knows of one.

    Its learning rate is that of the first; who sets it, as `LearningRateScheduler` and `ReduceLROnPlateau` do, sets
    all of them, in proportion.

    Args:
        parts: [(optimizer, the weights that it moves), …].
    """

    def __init__(self, parts: Sequence[tuple]):
        super().__init__(learning_rate=0.0, name="conductor")
        self.parts, self.built = list(parts), True

    @property
    def learning_rate(self):
        return self.parts[0][0].learning_rate

    @learning_rate.setter
    def learning_rate(self, rate):
        before = float(keras.ops.convert_to_numpy(self.learning_rate))
        for optimizer, _ in self.parts:
            own = float(keras.ops.convert_to_numpy(optimizer.learning_rate))
            optimizer.learning_rate = rate * own / before if before else rate

    def finalize_variable_values(self, trainable_variables):
        """What an optimizer does at the end of `fit`: with `use_ema`, its averages become the weights."""
        for optimizer, weights in self.parts:
            optimizer.finalize_variable_values(weights)


def _closed(name, remedy):
    """A method that says what to use in its place."""

    def refuse(self, *args, **kwargs):
        raise ValueError(f"{remedy}. Received: a call of {name}")

    refuse.__doc__ = f"Closed: {remedy}."
    return refuse


_KEEP = "keep the whole model by mm.save(gan, folder) and mm.load(folder), and weights alone by save_weights"
_MEASURE = "measure a run by mm.evaluate(run), and watch the training by mm.SampleGrid(pairs) among the callbacks"
_WEIGH = "let rows count by how often the data set draws them; mm.as_dataset(pairs, batch_size) makes its batches"
_CLOSED_OPTIONS = {
    **dict.fromkeys(("validation_data", "validation_split", "validation_batch_size"), _MEASURE),
    **dict.fromkeys(("y", "class_weight", "sample_weight", "batch_size"), _WEIGH),
}
_USE = 'ask for samples by gan.generate({"text": ["…"]}, to="image"), and for vectors by gan.embed(prompts)'


class Shell(keras.Model):
    """A model whose networks are built already and whose `train_step` returns its losses itself.

    Attributes:
        modalities: Names that each batch must have.
    """

    modalities: Sequence[str] = ()

    def __init__(self):
        super().__init__()
        self.built = True

    @property
    def metrics(self):
        return []

    def fit(self, dataset: tf.data.Dataset, *args, shuffle: bool = False, **kwargs) -> keras.callbacks.History:
        """As `keras.Model.fit`, on a data set from `as_dataset`, which shuffles itself.

        Raises:
            ValueError: for batches that cannot be learnt from, what serves one network alone (`class_weight`), or
                validation, which is done elsewhere.
        """
        options = dict(zip(("y", "batch_size"), args, strict=False)) | kwargs
        for name, remedy in _CLOSED_OPTIONS.items():
            given = options.get(name)
            if given is not None and (not np.isscalar(given) or given):  # validation_split=0.0 asks for none
                raise ValueError(f"{remedy}. Received: {name}")
        check_callbacks(kwargs.get("callbacks"))
        check_batches(dataset, self.modalities)
        return super().fit(dataset, *args, shuffle=shuffle, **kwargs)

    get_config = _closed("get_config", _KEEP)
    from_config = classmethod(_closed("from_config", _KEEP))
    save = _closed("save", _KEEP)
    __reduce__ = _closed("copy.deepcopy or pickle", _KEEP)
    export = _closed("export", 'export a network of it, such as gan.ema_generators["image"].export(path)')
    quantize = _closed("quantize", 'quantize a network of it, such as gan.ema_generators["image"].quantize("int8")')
    evaluate, test_on_batch = (_closed(name, _MEASURE) for name in ("evaluate", "test_on_batch"))
    predict, predict_on_batch = (_closed(name, _USE) for name in ("predict", "predict_on_batch"))
    __call__ = _closed("gan(…)", _USE)
    train_on_batch = _closed("train_on_batch", "call gan.train_step(batch)")


def check_callbacks(callbacks: Any) -> None:
    """Raise a ValueError for a callback that would save the whole model, before the first step rather than after it."""
    for callback in keras.tree.flatten(getattr(callbacks, "callbacks", callbacks)):
        if isinstance(callback, keras.callbacks.ModelCheckpoint) and not callback.save_weights_only:
            raise ValueError(f"{_KEEP}. Received: ModelCheckpoint without save_weights_only=True")


def check_batches(dataset: Any, names: Sequence[str]) -> None:
    """Raise a ValueError if batches are not {modality: (batch, …), "facts_of": {modality: int32 (batch, facts)}}."""
    spec = getattr(dataset, "element_spec", None)
    if not isinstance(spec, dict):
        raise ValueError(f"give a data set of batches as mm.as_dataset makes it. Received: {type(dataset).__name__}")
    missing = [name for name in names if name not in spec]
    if missing:
        raise ValueError(f"each batch needs {', '.join(names)}; it lacks {missing[0]!r}. Received: {', '.join(spec)}")
    facts = spec.get("facts_of")
    if not isinstance(facts, dict) or not set(names) <= set(facts):
        form = '"facts_of": {modality: int32 (batch, facts)}; rows of the same number belong together'
        raise ValueError(f"each batch needs {form}, and mm.as_dataset makes it. Received: {', '.join(spec)}")
    for name, part in [(name, group[name]) for name in names for group in (spec, facts)]:
        if not part.shape.rank or part.shape[0] is None:
            remedy = "all batches need one number of rows: dataset.batch(n, drop_remainder=True)"
            raise ValueError(f"{remedy}. Received: {name} of shape {part.shape}")
