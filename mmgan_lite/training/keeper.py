"""Callbacks that keep a training's record: every step is counted, held against NaN, and each minute kept on disk."""

import math
import time
from collections.abc import Mapping

import keras

CHECKPOINT_SECONDS = 60
RUNAWAY = 1e6  # a loss so far from 0 does not come back; healthy ones lie within some tens


class Keeper(keras.callbacks.Callback):
    """Tells the run of every step, and lets it write a checkpoint a minute: a crash costs at most that.

    Args:
        run: What is kept: `end_step(stage)`, `checkpoint()`, and `midway`, whether a step is under way.
        stage: "embedders" or "gan".
        control: What the learning rate of this stage is called, and its value, for messages.
    """

    def __init__(self, run, stage: str, control: str):
        super().__init__()
        self.run, self.stage, self.control = run, stage, control
        self._saved = time.monotonic()

    def on_train_batch_end(self, batch, logs=None):
        self.run.end_step(self.stage)
        check_losses(logs or {}, self.run.record["steps"], self.control)
        self.run.midway = False
        if time.monotonic() - self._saved > CHECKPOINT_SECONDS:
            self.run.checkpoint()
            self._saved = time.monotonic()


def check_losses(losses: Mapping[str, float], steps: Mapping[str, int], control: str) -> None:
    """Raise a ValueError if a loss is no number, or has run away: nothing is learnt after that.

    Args:
        losses: Of one step, {"d_<name>": loss, "g_<name>": loss} or {"loss": loss}.
        steps: {stage: steps}, this one among them.
        control: What to turn down, such as "gan_rate=0.001".
    """
    for name, loss in losses.items():
        if not math.isfinite(loss) or abs(loss) > RUNAWAY:
            done = "+".join(map(str, steps.values()))
            message = f"step {done}: {_player(name)} ran away; train anew with a lower {control.partition('=')[0]}"
            kept = "the last good checkpoint stays, and can be used"
            raise ValueError(f"{message}, in a --config file ({kept}). Received: {name}={loss:.5g} at {control}")


def _player(name):
    """Whose loss it is: "d_image" is D's of image."""
    part, _, of = name.partition("_")
    return {"prior": "the prior", "d": f"the discriminator of {of}", "g": f"the generator of {of}"}.get(
        part, "the embedders' loss"
    )
