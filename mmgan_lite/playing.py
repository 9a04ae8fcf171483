"""How the players learn: what `MultimodalGAN.compile` is given, checked and brought into one form."""

from collections.abc import Callable, Mapping
from typing import Any

import keras

from mmgan_lite import arguments, losses, steps

KERAS_OPTIONS = ("run_eagerly", "steps_per_execution", "jit_compile")
_AN_OPTIMIZER = "optimizer must be a function, called once a network, such as lambda: keras.optimizers.Adam(5e-4)"


def optimizers_of(
    make: Callable | None, players: Mapping[str, steps.Players], prior: keras.Model | None
) -> tuple[dict[str, steps.Players], keras.Optimizer | None]:
    """An optimizer for each network: {name: Players of built optimizers}, and the prior's.

    Raises:
        ValueError: if `make` is no function, or makes anything but a new optimizer at each call.
    """
    make, made = make or steps.gan_adam, []
    if isinstance(make, keras.optimizers.Optimizer) or not callable(make):
        raise ValueError(f"{_AN_OPTIMIZER}; each network needs its own. Received: {make!r}")

    def build(network):
        optimizer = make()
        if not isinstance(optimizer, keras.optimizers.Optimizer) or any(optimizer is other for other in made):
            raise ValueError(f"{_AN_OPTIMIZER}, that makes a new one. Received: {optimizer!r}")
        made.append(optimizer)
        return steps.build_optimizer(optimizer, network)

    of_players = {name: steps.Players(*map(build, pair)) for name, pair in players.items()}
    return of_players, build(prior) if prior is not None else None


def adversarial_of(given: Any) -> losses.AdversarialLoss:
    """A pair of losses, or the name of one in `losses.ADVERSARIAL`. ValueError for anything else."""
    if isinstance(given, str) and given in losses.ADVERSARIAL:
        return losses.ADVERSARIAL[given]
    if isinstance(given, tuple) and len(given) == 2 and all(map(callable, given)):
        return losses.AdversarialLoss(*given)
    names = ", ".join(losses.ADVERSARIAL)
    raise ValueError(f"adversarial must be a losses.AdversarialLoss, or one of {names}. Received: {given!r}")


def penalty_of(given: Any) -> Callable | None:
    """A penalty, the name of one in `losses.PENALTIES`, or None; "none" is None too. ValueError for anything else."""
    if given is None or given == "none":
        return None
    if isinstance(given, str) and given in losses.PENALTIES:
        return losses.PENALTIES[given]
    if callable(given):
        return given
    names = ", ".join(("none", *losses.PENALTIES))
    raise ValueError(f"penalty must be a function such as losses.r1, or one of {names}. Received: {given!r}")


def check_numbers(counts: Mapping, shares: Mapping, positive: Mapping, weights: Mapping) -> None:
    """Raise a ValueError for a number that cannot be meant: a share outside [0, 1], a temperature of 0."""
    for name, value in counts.items():
        arguments.whole(name, value, 1)
    for group, least, most in ((shares, 0, 1), (positive, 1e-6, float("inf")), (weights, 0, float("inf"))):
        for name, value in group.items():
            arguments.number(name, value, least, most)


def check_keras_options(given: Mapping) -> None:
    """Raise a ValueError for an option of Keras's `compile` that would do nothing here, such as `loss`."""
    for name, value in given.items():
        if name not in KERAS_OPTIONS:
            remedy = "the losses are adversarial= and penalty=; of Keras's own options, compile takes"
            raise ValueError(f"{remedy} {', '.join(KERAS_OPTIONS)}. Received: {name}={value!r}")
