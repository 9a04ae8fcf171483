"""Widgets, one a file. Nothing else in the package needs ipywidgets."""

from mmgan_lite.widgets.compare import CompareRuns
from mmgan_lite.widgets.dashboard import TrainingRun, budget, device
from mmgan_lite.widgets.dose import Dose
from mmgan_lite.widgets.experiment import Experiment
from mmgan_lite.widgets.guard import Guard
from mmgan_lite.widgets.loop import LoopRun
from mmgan_lite.widgets.miner import Miner
from mmgan_lite.widgets.pad import Pad
from mmgan_lite.widgets.page import Page
from mmgan_lite.widgets.panel import Panel
from mmgan_lite.widgets.plane import Plane
from mmgan_lite.widgets.predict import Predict
from mmgan_lite.widgets.redraw import Redrawn

__all__ = [
    "CompareRuns", "Dose", "Experiment", "Guard", "LoopRun", "Miner", "Pad", "Page", "Panel", "Plane", "Predict",
    "Redrawn", "TrainingRun", "budget", "device",
]  # fmt: skip
