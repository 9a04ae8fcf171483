"""The recipe of a training: every number that changes the result, in one record that each run keeps."""

import dataclasses
import importlib.metadata
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import mmgan_lite
from mmgan_lite import files, losses
from mmgan_lite.arguments import cut, shown
from mmgan_lite.datasets import paths
from mmgan_lite.networks.precision import PRECISIONS

MAX_BYTES = 2**22  # of a config's file, which may be a whole run.json


@dataclasses.dataclass(frozen=True)
class Config:
    """How a model is trained; what it is trained on, for how long and from which seed, the run's record says.

    Attributes:
        embedder_batch_size, gan_batch_size: Rows in a batch of each stage.
        embedder_rate, gan_rate: Adam's learning rates; `beta_1`, `beta_2` are those of the players' optimizers.
        embedder_share: Share of the minutes that the embedders get.
        decay_share: Share of a stage's steps, at its end, in which the rate falls to zero.
        say: Chance that a caption of the digits says a fact, for the embedders; the players and the prior meet
            captions of every chance.
        augment: Whether the embedders meet their sounds as other throats, rooms and microphones would give them.
        temperature: Of the embedders' contrastive loss.
        precision: "float32", or "mixed_bfloat16", see `networks.precision`.
        adversarial, penalty: Names in `losses.ADVERSARIAL` and `losses.PENALTIES`; "none" is no penalty.
        gamma, penalty_interval, mismatched, hard_fraction, whole_fraction, condition_noise, matching_weight,
            matching_temperature, teacher_forcing_weight, point_steps, prior_prompts, prior_matching_weight,
            prior_matching_margin, ema_decay: See `MultimodalGAN.compile`.

    Raises:
        ValueError: for a value that cannot be one; all others are named.
    """

    embedder_batch_size: int = 128
    gan_batch_size: int = 64
    embedder_rate: float = 2e-3
    gan_rate: float = 1e-3
    beta_1: float = 0.0
    beta_2: float = 0.99
    embedder_share: float = 0.16
    decay_share: float = 0.4
    say: float = 0.75
    augment: bool = True
    temperature: float = 0.1
    precision: str = "float32"
    adversarial: str = "non_saturating"
    penalty: str = "r1"
    gamma: float = 0.5
    penalty_interval: int = 4
    mismatched: bool = True
    hard_fraction: float = 0.5
    whole_fraction: float = 0.5
    condition_noise: float = 0.5
    matching_weight: float = 0.2
    matching_temperature: float = 0.1
    teacher_forcing_weight: float = 1.0
    point_steps: int = 3
    prior_prompts: int = 4
    prior_matching_weight: float = 0.1
    prior_matching_margin: float = 0.2
    ema_decay: float = 0.995

    def __post_init__(self):
        for field in dataclasses.fields(self):
            self._check(field.name, field.type, getattr(self, field.name))
        penalties = ("none", *losses.PENALTIES)
        choices = {"adversarial": losses.ADVERSARIAL, "penalty": penalties, "precision": PRECISIONS}
        for name, known in choices.items():
            if getattr(self, name) not in known:
                raise ValueError(f"{name} must be one of {', '.join(known)}. Received: {shown(getattr(self, name))}")

    def _check(self, name, kind, value):
        if isinstance(value, bool) != (kind is bool) or not isinstance(value, (int, float) if kind is float else kind):
            raise ValueError(f"{name} must be of type {kind.__name__}. Received: {shown(value)}")
        if kind in (int, float) and not (math.isfinite(value) and value >= (kind is int)):
            raise ValueError(
                f"{name} must be {'a whole number from 1' if kind is int else 'at least 0'}. Received: {value}"
            )
        if name.endswith("temperature") and value == 0:
            raise ValueError(f"{name} must be more than 0. Received: {value}")
        if name.endswith(("share", "fraction", "beta_1", "beta_2", "say", "decay")) and value > 1:
            raise ValueError(f"{name} must be at most 1. Received: {value}")

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> "Config":
        """A config of some values, the others as they are by default. ValueError for a name that is none of them."""
        names = [field.name for field in dataclasses.fields(cls)]
        unknown = sorted(set(given) - set(names))
        if unknown:
            raise ValueError(f"a config holds {', '.join(names)}. Received: {cut(', '.join(unknown))}")
        return cls(**given)

    @classmethod
    def read(cls, path: str | Path) -> "Config":
        """The config of a JSON file: of such values, or a run.json, whose "config" it takes."""
        with paths.naming(path):
            given = files.read_json(path, MAX_BYTES)
            values = given.get("config", given) if isinstance(given, dict) else given
            if not isinstance(values, dict):
                raise ValueError(f"a config must be a JSON object of names and values. Received: {shown(values)}")
            return cls.of(values)

    def compile_options(self) -> dict[str, Any]:
        """What `MultimodalGAN.compile` takes of it, but for the optimizer."""
        names = ("gamma", "penalty_interval", "mismatched", "hard_fraction", "whole_fraction", "condition_noise",
                 "matching_weight", "matching_temperature", "teacher_forcing_weight", "point_steps", "prior_prompts",
                 "prior_matching_weight", "prior_matching_margin", "ema_decay")  # fmt: skip
        functions = {"adversarial": losses.ADVERSARIAL[self.adversarial], "penalty": losses.PENALTIES.get(self.penalty)}
        return functions | {name: getattr(self, name) for name in names}


def versions() -> dict[str, str]:
    """Of what a result may depend on."""
    packages = {name: importlib.metadata.version(name) for name in ("tensorflow", "keras", "numpy")}
    return {"mmgan_lite": mmgan_lite.__version__, **packages}
