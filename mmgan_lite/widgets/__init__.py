"""Widgets, one a file. Nothing else in the package needs ipywidgets."""

from mmgan_lite.widgets.dashboard import TrainingRun, budget, device
from mmgan_lite.widgets.guard import Guard
from mmgan_lite.widgets.pad import Pad
from mmgan_lite.widgets.panel import Panel

__all__ = ["Guard", "Pad", "Panel", "TrainingRun", "budget", "device"]
