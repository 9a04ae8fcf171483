"""The dashboard for a training loop of your own: anything that yields its losses after every step."""

from mmgan_lite import plots
from mmgan_lite.course.kit.dashboard import Dashboard


class LoopRun(Dashboard):
    """Runs a loop under a `Dashboard`.

    Args:
        loop: An iterable, such as a generator function's result, that takes one training step for each
            {name: loss} that it yields.
        steps: How many there will be.
        draw: A function without arguments that returns a Figure of how things stand, with alt text; or None.
        every: Steps between two pictures; the first and the last step have one too.

    Attributes:
        complete: Whether all steps were taken; False once it was stopped, until it has gone on to its end.

    Example:
        run = LoopRun(train(discriminator, generator), steps=900)
        await run.finished()
    """

    def __init__(self, loop, steps, draw=None, every=50):
        super().__init__(steps=steps)
        self._loop, self._draw, self._every = enumerate(loop, 1), draw, every  # it stands where a Stop left it
        self.complete = False
        self.button.add_class("stop-button")

    def train_on(self, progress):
        """Take steps until the last one, or until a Stop."""
        progress.on_train_begin()
        for step, losses in self._loop:
            progress.on_train_batch_end(step, {name: float(loss) for name, loss in losses.items()})
            self.complete = step == self.steps
            ended = self.worker.stopping.is_set() or self.complete
            if self._draw and (ended or step == 1 or step % self._every == 0):
                fig = self._draw()
                self.show_samples(plots.png(fig), plots.alt_text(fig))
            if ended:
                break
        progress.on_train_end()
