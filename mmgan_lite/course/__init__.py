"""Widgets, one a file. Nothing else in the package needs ipywidgets.

To build on: `Guard` (errors show in the page), `Page` (a picture that never flickers), `Redrawn` (a figure under
controls), `Plane` (points to drag), `Predict` (a guess before the widget opens), `LoopRun` and `TrainingRun` (a
training with a Stop). The others belong each to one notebook.
"""

from mmgan_lite.widgets.arena import Arena
from mmgan_lite.widgets.bend import Bender
from mmgan_lite.widgets.board import Board
from mmgan_lite.widgets.clinic import Clinic
from mmgan_lite.widgets.compare import CompareRuns
from mmgan_lite.widgets.crossed import Crossed
from mmgan_lite.widgets.dashboard import TrainingRun, budget, device
from mmgan_lite.widgets.dose import Dose
from mmgan_lite.widgets.experiment import Experiment
from mmgan_lite.widgets.guard import Guard
from mmgan_lite.widgets.journey import Journey
from mmgan_lite.widgets.logits import LogitBoard
from mmgan_lite.widgets.loop import LoopRun
from mmgan_lite.widgets.miner import Miner
from mmgan_lite.widgets.pad import Pad
from mmgan_lite.widgets.page import Page
from mmgan_lite.widgets.panel import Panel
from mmgan_lite.widgets.plane import Plane
from mmgan_lite.widgets.predict import Predict
from mmgan_lite.widgets.redraw import Redrawn
from mmgan_lite.widgets.tug import Tug
from mmgan_lite.widgets.walk import Walk

__all__ = [
    "Arena", "Bender", "Board", "Clinic", "CompareRuns", "Crossed", "Dose", "Experiment", "Guard", "Journey",
    "LogitBoard", "LoopRun", "Miner", "Pad", "Page", "Panel", "Plane", "Predict", "Redrawn", "TrainingRun", "Tug",
    "Walk", "budget", "device",
]  # fmt: skip
