"""The clinic: a sick run under the hand, its samples, its signals, and a doctor to ask."""

import ipywidgets as widgets
import numpy as np
import tensorflow as tf
from matplotlib.figure import Figure

from mmgan_lite import losses, plots
from mmgan_lite.course.kit.plane import lattice
from mmgan_lite.course.kit.widget import CourseWidget, row
from mmgan_lite.course.kit.worker import Worker
from mmgan_lite.course.players import doctor, toys
from mmgan_lite.course.players.scene import OPINION
from mmgan_lite.course.players.toy_run import ToyRun
from mmgan_lite.evaluation import metrics

CURVES = (("precision", "coverage"), ("d_auc", "drift"), ("d_loss", "g_loss"))
NAMES = {"precision": "samples next to real ones", "coverage": "real ones reached", "d_auc": "D tells apart",
         "drift": "samples moved", "d_loss": "D's loss", "g_loss": "G's loss"}  # fmt: skip
EDGE = 1.8  # of the plane that is drawn


def picture(history, samples, real, *, field=None, treated=(), at=None):
    """Samples and signals of a run on a ring, side by side.

    Args:
        history: {signal: numbers}, as `logbook.Logbook` makes it.
        samples, real: float (n, 2).
        field: float (side, side), D's probability over the plane from the bottom up; or None.
        treated: Rounds to mark, where the settings changed.
        at: The record to mark; None marks none.

    Returns:
        The Figure, with alt text.
    """
    fig = Figure(figsize=(10.4, 2.75))  # fixed places: the automatic layout takes longer than all the drawing
    plane, *axes = fig.subplots(1, 4, width_ratios=(1.25, 1, 1, 1))
    fig.subplots_adjust(left=0.03, right=0.99, bottom=0.18, top=0.79, wspace=0.24)
    _draw_plane(plane, samples, real, field)
    for ax, names in zip(axes, CURVES, strict=True):
        _draw_curves(ax, history, names, treated, at)
    return fig


def _draw_plane(ax, samples, real, field):
    if field is not None:
        ax.imshow(field, OPINION, origin="lower", extent=(-EDGE, EDGE, -EDGE, EDGE), vmin=0, vmax=1, alpha=0.45)
    ax.scatter(*real.T, s=5, color=plots.OKABE_ITO["blue"], marker="s", linewidths=0, alpha=0.6, label="real")
    inside = np.clip(np.nan_to_num(samples), -EDGE, EDGE)  # who flew off is drawn at the edge
    ax.scatter(*inside.T, s=12, color=plots.OKABE_ITO["vermilion"], edgecolors="white", linewidths=0.4, label="samples")
    ax.set(xlim=(-EDGE, EDGE), ylim=(-EDGE, EDGE), xticks=[], yticks=[], aspect="equal")
    ax.legend(fontsize=8, loc="upper center", bbox_to_anchor=(0.5, 1.17), ncols=2, frameon=False, markerscale=2)
    hit = metrics.mode_coverage(inside, toys.ring_modes(), 3 * toys.SPREAD)
    ax.alt = f"G's samples lie on {hit.num_covered} of 8 modes; {hit.share_near:.0%} of them lie near one."


def _draw_curves(ax, history, names, treated, at):
    told, ends = [], []
    for name, colour, style in zip(names, ("blue", "vermilion"), ("-", "--"), strict=True):
        values = np.asarray(history[name], float)
        ax.plot(history["round"], values, style, color=plots.OKABE_ITO[colour], label=NAMES[name], linewidth=1.3)
        told.append(f"{NAMES[name]} {values[-1]:.2f}")
        ends.append(np.nanquantile(np.abs(values), 0.97) if np.isfinite(values).any() else 1)
    for number in treated:
        ax.axvline(number, color="black", linewidth=0.8, linestyle=":")
    if at is not None:
        ax.axvline(history["round"][at], color="#999999", linewidth=2)
    if names != ("d_loss", "g_loss"):
        ax.set_ylim(-0.03, max(1.05, 1.1 * max(ends)))
    ax.locator_params(nbins=4)  # few, and large enough to read
    ax.tick_params(labelsize=8)
    ax.set_xlabel("round", fontsize=8)
    ax.legend(fontsize=8, loc="upper center", bbox_to_anchor=(0.5, 1.3), frameon=False)
    ax.alt = f"At the end: {', '.join(told)}."


def _field(trial, side=32):
    """D's probability over the plane, float32 (side, side); None where it has a condition."""
    if len(trial.discriminator.inputs) > 1:
        return None
    places = lattice((-EDGE, EDGE, -EDGE, EDGE), side)
    return tf.sigmoid(trial.discriminator(places)).numpy().reshape(side, side)


def draw_trial(trial):
    """The `picture` of a `ToyRun` as it stands."""
    return picture(trial.history, trial.snapshots[-1], trial.logbook.real, field=_field(trial), treated=trial.treated)


RATES = (5e-4, 1e-3, 2e-3, 3e-3, 5e-3, 1e-2)
RATIOS = {"1/500": 1 / 500, "1/100": 1 / 100, "1/10": 0.1, "1/2": 0.5, "1": 1, "2": 2, "5": 5, "10": 10}
TURNS = {f"{d} : {g}": (d, g) for d, g in ((10, 1), (5, 1), (3, 1), (2, 1), (1, 1), (1, 2), (1, 5), (1, 10))}


class Clinic(CourseWidget):
    """Patients to choose, the controls of their training, and a doctor who speaks when asked.

    Args:
        patients: {name: ToyConfig}.
        rounds: How long a training is.
        seed: Of all that is drawn.

    Attributes:
        trial, patient: The last `ToyRun`, and the name of the patient whose players it has; or None.
        controls, buttons: {name: widget}.
        worker: The `Worker` that trains.
    """

    name = "clinic"

    def __init__(self, patients, rounds=1500, seed=0):
        super().__init__()
        self.patients, self.rounds, self.seed = patients, rounds, seed
        self.trial, self.patient = None, None
        self.worker = Worker(self._work, self.guard, lambda _: self._allow(working=False))
        self.view, self.told = self.page("view"), self.page("told")
        self._make_controls()
        controls = list(self.controls.values())
        self.lay_out(row(*controls[:4]), row(*controls[4:]), row(*self.buttons.values()), self.told, self.view)
        self._choose()

    def _make_controls(self):
        def slider(label, options):
            return widgets.SelectionSlider(options=options, description=label, continuous_update=False)

        patient = widgets.Dropdown(options=list(self.patients), description="patient")
        settings = {
            "loss": widgets.Dropdown(options=list(losses.ADVERSARIAL), description="loss"),
            "penalty": widgets.Dropdown(options=("none", "r1", "r2", "r1_r2"), description="penalty"),
            "turns": slider("steps D : G", TURNS),
            "d_rate": slider("rate of D", [(f"{rate:g}", rate) for rate in RATES]),
            "ratio": slider("rate G / D", RATIOS),
            "momentum": slider("momentum", (0.0, 0.5, 0.9, 0.95)),
        }
        presses = {
            "anew": ("Train anew", "play", self.train), "treat": ("Treat, and go on", "medkit", self.treat),
            "stop": ("Stop", "stop", self.stop), "ask": ("Ask the doctor", "user-md", self.ask),
        }  # fmt: skip
        self.controls = {"patient": self.control("patient", patient, self._choose)}
        self.controls |= self.named(settings, self._note_change)
        self.buttons = {
            name: self.make_button(name, words, press, icon=icon) for name, (words, icon, press) in presses.items()
        }

    def _choose(self):
        """Set the controls as the chosen patient was treated so far."""
        chosen = self.controls["patient"].value
        recipe = self.patients[chosen]
        nearest = min(RATIOS.values(), key=lambda ratio: abs(np.log(ratio * recipe.d_rate / recipe.g_rate)))
        settings = {"loss": recipe.loss, "penalty": recipe.penalty, "turns": (recipe.d_steps, recipe.g_steps),
                    "d_rate": recipe.d_rate, "ratio": nearest, "momentum": recipe.momentum}  # fmt: skip
        for name, value in settings.items():
            self.controls[name].value = value
        message = f"These are the settings that made {chosen} ill. Press “Train anew” to watch."
        other = self.patient not in (None, chosen)
        self.told.say(f"{message} (The picture still shows {self.patient}.)" if other else message)
        self._allow(self.worker.is_running)

    def _note_change(self):
        if self.worker.is_running:
            message = "Settings changed; the training that runs keeps those with which it began."
        elif self.patient == self.controls["patient"].value:
            message = (
                "Settings changed: “Train anew” begins with fresh players; “Treat, and go on” keeps the sick ones."
            )
        else:
            message = "Settings changed: “Train anew” begins with fresh players."
        self.told.say(message)

    def settings(self):
        """What the controls say, as changes of a `ToyConfig`."""
        values = {name: control.value for name, control in self.controls.items() if name != "patient"}
        (d_steps, g_steps), ratio = values.pop("turns"), values.pop("ratio")
        return values | {
            "d_steps": d_steps,
            "g_steps": g_steps,
            "g_rate": ratio * values["d_rate"],
            "rounds": self.rounds,
        }

    def train(self):
        """Begin with fresh players, by the settings of the controls."""
        name, settings = self.controls["patient"].value, self.settings()

        def prepare():
            self.trial, self.patient = ToyRun(self.patients[name].but(**settings), seed=self.seed), name

        self._begin(prepare)

    def treat(self):
        """Go on with the players as they are, by the settings of the controls."""
        settings = self.settings()
        self._begin(lambda: self.trial.treat(**settings))

    def stop(self):
        """End after the present record; what was learnt stays."""
        if self.worker.is_running:
            self.worker.stop()
            self.told.say("Stopping …")

    def _begin(self, prepare):
        if not self.worker.is_running:  # or it was pressed twice
            self._allow(working=True)
            self.told.say("Preparing; the first rounds take a few seconds …")
            self.worker.go_on(prepare)

    def _work(self, prepare):
        prepare()
        for number, _ in enumerate(self.trial.train()):
            if number % 5 == 0:
                self.view.draw(draw_trial(self.trial))
                self.told.say(f"Training {self.patient}: round {self.trial.round} of {self.trial.until}.")
            if self.worker.stopping.is_set():
                break
        self.view.draw(draw_trial(self.trial))
        self.told.say(f"What is wrong with {self.patient}? Make up your mind; then ask the doctor.")

    def _allow(self, working):
        """Buttons that make no sense now cannot be pressed: one treats no patient whose players are not there."""
        present = self.patient == self.controls["patient"].value
        allowed = {"anew": not working, "treat": not working and present, "stop": working,
                   "ask": not working and self.patient is not None}  # fmt: skip
        for name, button in self.buttons.items():
            button.disabled = not allowed[name]

    def ask(self):
        """Let the doctor speak of the last run."""
        if not self.worker.is_running and self.trial is not None:
            self.told.say(f"The doctor says of {self.patient}: {doctor.examine(self.trial.history)}")

    def still_html(self):
        """The run as it was last drawn."""
        return self.view.value or "<i>A sick run to watch and to cure: run the notebook to use it.</i>"
