"""The dashboard for a function that trains by Keras's `fit`, such as `mm.train`."""

from mmgan_lite.course.kit.dashboard import Dashboard
from mmgan_lite.datasets import digits
from mmgan_lite.training import callbacks, trainer


class TrainingRun(Dashboard):
    """Runs a training function under a `Dashboard`, with samples of the same prompts again and again.

    Args:
        train: A function such as `mm.train`, called with `extra` (Keras callbacks), `stop` (a `threading.Event`) and
            the options; it returns the model.
        prompts: What the samples are made from, see `SampleGrid`; None takes a caption of each digit.
        every: GAN steps between two pictures.
        resumable: Whether `train` can go on: it is then called with `resume=True` in place of `minutes` and `steps`.
            None takes it that `mm.train` can, and no other.
        **options: Passed to `train`; `minutes` or `steps` among them tells the dashboard how long it takes.

    Attributes:
        gan: The trained model, once there is one.
    """

    def __init__(self, train, prompts=None, every=100, resumable=None, **options):
        resumable = train is trainer.train if resumable is None else resumable
        super().__init__(options.get("minutes"), options.get("steps"), resumable)
        self.gan, self._train, self._options, self._every = None, train, options, every
        self._prompts = digits.load_digits("valid") if prompts is None else prompts
        self.samples.layout.min_height = "320px"

    def train_on(self, progress):
        """Call `train` with what makes it follow the dashboard."""
        samples = callbacks.SampleGrid(self._prompts, every=self._every, show=self.show_samples)
        extra = [progress, samples, callbacks.StopOnRequest(self.worker.stopping)]
        options = self._options
        if self.resumed:
            kept = {name: value for name, value in options.items() if name not in ("minutes", "steps")}
            options = kept | {"resume": True}
        self.gan = self._train(extra=extra, stop=self.worker.stopping, **options)
