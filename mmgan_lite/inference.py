"""Inference: prompts to points of the shared space, and points to samples; what a trained `MultimodalGAN` is for."""

import functools
from collections.abc import Mapping, Sequence
from typing import Any, overload

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import ArrayLike

from mmgan_lite import arguments, together
from mmgan_lite.networks import embedders
from mmgan_lite.networks.generators import latent_dim_of
from mmgan_lite.prompts import check, check_count, counted


class Inference:
    """The half of `MultimodalGAN` that uses its networks; the other half trains them.

    The generators and the prior that are asked are the running averages (EMA) of those that learn.
    """

    modalities: Sequence[str]
    records: Mapping[str, Any]
    sizes: Mapping[str, list[int]]
    embedders: Mapping[str, keras.Model]
    generators: Mapping[str, keras.Model]
    ema_generators: Mapping[str, keras.Model]
    ema_prior: keras.Model | None

    def embed(self, prompts: Mapping) -> np.ndarray:
        """Prompts {modality: n prompts}, as `generate` takes them, to unit vectors float32 (n, embed_dim)."""
        samples = check(prompts, self.records, self.sizes)
        vectors = [self._in_batches(self.embedders[m], x) for m, x in samples.items()]
        fused = embedders.fuse(np.stack(vectors, 1), np.ones((len(vectors[0]), len(vectors)), "float32"))
        return keras.ops.convert_to_numpy(fused)

    def decode(
        self, e: ArrayLike, to: str, z: ArrayLike | None = None, *, count: int = 1,
        seed: int | np.random.Generator | None = None,
    ) -> Any:  # fmt: skip
        """Points of the space to samples of one modality: the way back from `embed`.

        Args:
            e: Unit vectors (n, embed_dim).
            to: The modality to make.
            z: Noise (count, latent_dim), the same for every point, or (n, count, latent_dim); None draws it.
            count: Samples a point, where z is None.
            seed: As for `generate`.

        Returns:
            As `generate`.

        Raises:
            ValueError: for an unknown `to`, or points or noise of another size.
        """
        e = self._check_points(e)
        self._check_target(to, count, len(e))
        latent_dim = latent_dim_of(self.generators[to])
        z = self.noise(to, len(e) * count, seed).reshape(len(e), count, -1) if z is None else np.asarray(z, "float32")
        if z.ndim not in (2, 3) or z.shape[-1] != latent_dim or z.shape[:-2] not in ((), (len(e),)):
            raise ValueError(f"z must be ({len(e)}, count, {latent_dim}) or (count, {latent_dim}). Received: {z.shape}")
        count = z.shape[-2]
        self._check_target(to, count, len(e))
        z = np.broadcast_to(z, (len(e), count, latent_dim)).reshape(-1, latent_dim)
        samples = self.records[to].from_network(self._in_batches(self.ema_generators[to], z, np.repeat(e, count, 0)))
        if isinstance(samples, np.ndarray):
            return samples.reshape(len(e), count, *samples.shape[1:])
        return [samples[row * count : (row + 1) * count] for row in range(len(e))]

    def noise(self, to: str, count: int, seed: int | np.random.Generator | None = None) -> np.ndarray:
        """float32 (count, latent_dim), standard normal: what the generator of a modality, or of "imagined", takes."""
        if to not in self.generators:
            raise ValueError(f"noise is for one of {', '.join(self.generators)}. Received: {arguments.shown(to)}")
        check_count("noise", count, (latent_dim_of(self.generators[to]),))
        return _noise(self.generators[to], count, self._rng(seed))

    def complete(self, prompts: Mapping, count: int = 1, seed: int | np.random.Generator | None = None) -> np.ndarray:
        """Draw what prompts leave open: whole examples that they may mean, as points of the space.

        Args:
            prompts, count, seed: As for `generate`.

        Returns:
            Unit vectors float32 (n, count, embed_dim), for `decode`. Without a prior, `count` times the prompt's own.

        Raises:
            ValueError: for prompts that make no sense (the remedy is named), or too many points.
        """
        check_count("points", count, (self.embed_dim,), self._prompted(prompts))
        e, rng = self.embed(prompts), self._rng(seed)
        points = np.repeat(e, count, 0)
        if self.ema_prior is not None:
            given = np.array([[name in prompts for name in self.modalities]], "float32").repeat(len(points), 0)
            points = self._in_batches(self.ema_prior, _noise(self.ema_prior, len(points), rng), points, given)
        return points.reshape(len(e), count, -1)

    @overload
    def generate(
        self, prompts: Mapping, to: str, count: int = ..., *, seed: int | None = ..., typical: bool = ...
    ) -> Any: ...
    @overload
    def generate(
        self, prompts: Mapping, to: Sequence[str], count: int = ..., *, seed: int | None = ..., typical: bool = ...
    ) -> dict: ...
    def generate(self, prompts, to, count=1, *, seed=None, typical=False):
        """Turn prompts of any modalities into samples of one modality, or of several that belong together.

        Args:
            prompts: {modality: n prompts}, one modality or several for the same n things: captions as strings; images
                as uint8 0..255 or float32 in [-1, 1], (n, h, w[, c]); speech as log-mel, see `speech.from_waveform`.
            to: The modality to make, or a sequence of some, to be drawn together (`together.draw`): where the prompt
                leaves something open, they tell the same.
            count: Samples a prompt.
            seed: int; the same seed gives the same samples. None draws new ones each time.
            typical: Leave the prior out: what a prompt leaves open is then as it mostly is, in every sample.

        Returns:
            Images float32 (n, count, h, w, c) in [-1, 1]; speech float32 (n, count, frames, mels) in [-1, 1];
            captions as n lists of `count` strings. For several modalities {modality: samples}, draw for draw.

        Raises:
            ValueError: for prompts that make no sense (the remedy is named), or an unknown `to`.
        """
        names = (to,) if isinstance(to, str) else together.checked(to)
        for name in names:
            self._check_target(name, count, self._prompted(prompts))
        rng = self._rng(seed)
        e = np.repeat(self.embed(prompts)[:, None], count, 1) if typical else self.complete(prompts, count, rng)
        made = together.draw(self, e, names, rng)
        return made[to] if isinstance(to, str) else made

    @staticmethod
    def _rng(seed):
        made = seed is None or isinstance(seed, np.random.Generator)
        return np.random.default_rng(seed if made else arguments.seed(seed))

    def imagine(self, count: int = 1, seed: int | None = None) -> dict[str, Any]:
        """Samples of every modality of things that nobody asked for: one imagined e through all generators.

        Args:
            count: Number of things.
            seed: int; the same seed imagines the same things.

        Returns:
            {modality: samples}: images (count, h, w, c), speech (count, frames, mels), captions a list of strings.
        """
        if "imagined" not in self.ema_generators:
            raise ValueError("this model has no imaginer; build it with imaginer=build_imaginer(). Received: None")
        for name in self.modalities:
            self._check_target(name, count)
        rng = self._rng(seed)
        e = self._in_batches(self.ema_generators["imagined"], self.noise("imagined", count, rng))
        made = {m: self.decode(e, m, seed=rng) for m in self.modalities}
        return {m: x[:, 0] if isinstance(x, np.ndarray) else [row[0] for row in x] for m, x in made.items()}

    def _prompted(self, prompts):
        return max(counted(prompts, self.records, self.sizes).values(), default=1)

    def _check_target(self, to, count, prompted=1):
        if to not in self.modalities:
            raise ValueError(f"to must be one of {', '.join(self.modalities)}. Received: {arguments.shown(to)}")
        check_count(to, count, self.sizes[to], prompted)

    @property
    def embed_dim(self) -> int:
        """Length of the shared vectors."""
        return next(iter(self.embedders.values())).output_shape[-1]

    def _check_points(self, e):
        e, embed_dim = np.asarray(e, "float32"), self.embed_dim
        if e.ndim != 2 or e.shape[1] != embed_dim or not len(e):
            raise ValueError(f"e must be points (n, {embed_dim}), as embed makes them. Received: shape={e.shape}")
        if not np.isfinite(e).all():
            raise ValueError("e must be finite points, as embed makes them. Received: NaN or infinity among them")
        return e

    @functools.cached_property
    def _compiled(self):
        return {}

    def _in_batches(self, network, *inputs, size=256):
        """Run a network over many rows, compiled: `predict` would cost more than the small networks themselves."""
        run = self._compiled.setdefault(id(network), tf.function(network, reduce_retracing=True))
        pieces = [[x[i : i + size] for x in inputs] for i in range(0, len(inputs[0]), size)]
        parts = [run(piece if len(piece) > 1 else piece[0]).numpy() for piece in pieces]
        return np.concatenate(parts)


def _noise(network, count, rng):
    """float32 (count, latent_dim), standard normal."""
    return rng.standard_normal((count, latent_dim_of(network))).astype("float32")
