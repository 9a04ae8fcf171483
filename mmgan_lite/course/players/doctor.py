"""The doctor: reads what was recorded of a run, names the illness, shows the evidence and the control to turn.

    history = ToyRun(ToyConfig(g_steps=5)).finish()
    print(doctor.examine(history))

Its rules are few and written out below, and so are its thresholds. How often it is right, on runs made ill on purpose,
`tests/benchmarks/bench_doctor.py` prints. Notebook 04.
"""

import dataclasses

import numpy as np

from mmgan_lite import plots

# Chosen between the ill and the healthy runs of seeds 0 to 4 of `clinic_recipes.ILL`; the benchmark tries others.
SURE = 0.85  # D that ranks real above fake this often is hard to fool
DEAD = 1e-2  # a gradient on G's weights so short moves nothing
FLAT = 0.05  # a loss of G that hands on so small a share of D's slope is flat, however steep D is
CROWDED = 0.3  # samples whose distances are so small a share of the real ones' sit in a crowd
RESTLESS = 0.3  # the samples drift so far between two records, in the same unit
COVERED = 0.3  # share of the real samples that have a sample next to them
PRECISE = 0.4  # share of the samples that have a real one next to them
LISTENING = 0.5  # share of the way from a shuffled condition to perfect agreement
DEAF = 0.1  # share that the condition has in what moves G's samples; the rest is the noise's
MIN_RECORDS = 9

CONTROLS = {
    "mode collapse": "Let D keep up: fewer steps of G for each of D, a lower rate for G, or a penalty (R1).",
    "vanishing gradient": "Change G's loss: non-saturating in place of minimax. Then hold D back with a penalty (R1).",
    "oscillation": "Calm both players: less momentum (β1 of 0 to 0.5), lower rates, or a penalty (R1).",
    "D too strong": "Hold D back: its rate nearer to G's, one step of D for each of G, or a penalty (R1).",
    "condition ignored": "Look at D's pairs: is each real sample with its own condition, and does D get to see it? "
                         "Does G? Then show D mismatched pairs as further fakes.",
    "healthy": "Nothing to turn.",
}  # fmt: skip
ILLNESSES = tuple(name for name in CONTROLS if name != "healthy")
NEEDS = {  # needed to tell an illness; "g_loss_slope" and "condition_sensitivity" help to tell two of them
    "vanishing gradient": ("d_auc", "g_gradient"),
    "D too strong": ("d_auc", "g_gradient", "precision"),
    "mode collapse": ("spread", "coverage", "precision", "drift"),
    "oscillation": ("drift", "spread", "coverage"),
    "condition ignored": ("agreement", "agreement_shuffled"),
}
_SHOWN = {  # the telltale curves
    "mode collapse": ("spread", "coverage"), "vanishing gradient": ("d_auc", "g_gradient"),
    "oscillation": ("drift", "coverage"), "D too strong": ("d_auc", "precision"),
    "condition ignored": ("agreement", "agreement_shuffled"), "healthy": ("coverage", "precision"),
    "cannot tell": ("d_loss", "g_loss"),
}  # fmt: skip


@dataclasses.dataclass
class Diagnosis:
    """What the doctor found.

    Attributes:
        illness: One of `ILLNESSES`, "healthy", or "cannot tell".
        evidence: Sentences with the numbers.
        control: What to turn.
        also: Further illnesses whose signs were there.
        record: Signals that are missing, and that would tell more.
        history: What was examined.
    """

    illness: str
    evidence: list
    control: str
    also: tuple
    record: tuple
    history: dict

    def __str__(self):
        lines = [f"{self.illness[0].upper()}{self.illness[1:]}.", *self.evidence, self.control]
        lines += [f"There are signs of this too: {', '.join(self.also)}."] if self.also else []
        if self.record and self.illness != "cannot tell":  # whose control says it already
            lines.append(f"Not recorded, and needed to tell more: {', '.join(self.record)}.")
        return "\n".join(lines)

    def figure(self):
        """The telltale curves over the run, the examined third shaded; a Figure with alt text."""
        names = [name for name in _SHOWN[self.illness] if name in self.history] or list(self.history)[:1]
        fig, axes = plots.figure(3.0 * len(names), 2.2, columns=len(names))
        numbers = self.history.get("round", np.arange(len(self.history[names[0]])))
        for ax, name, colour in zip(np.ravel(axes), names, ("blue", "vermilion"), strict=False):
            values = np.asarray(self.history[name], float)
            ax.plot(numbers, values, color=plots.OKABE_ITO[colour])
            ax.axvspan(numbers[_start(values)], numbers[-1], color="#EEEEEE", zorder=0)
            logarithmic = name == "g_gradient" and (values > 0).all()
            ax.set(title=name, xlabel="round", yscale="log" if logarithmic else "linear")
            if not logarithmic:
                ax.set_ylim(min(0, np.nanmin(values)), max(1.05, np.nanmax(values) * 1.05))
            usual = f"{_usual(values):.2g} in the middle of the last third, which the doctor reads"
            ax.alt = f"{name} over the rounds; {usual}."
        return fig


def examine(history):
    """Name what is wrong with a run.

    Args:
        history: {signal: numbers, one a record}, as `logbook.Logbook` makes it; whatever is missing, the doctor goes
            without, and says what it would need. Some 60 records a run: "drift" counts from one to the next.

    Returns:
        `Diagnosis`.

    Raises:
        ValueError: if there is no signal that it knows, or signals differ in length.
    """
    history = {name: np.asarray(values, float) for name, values in history.items()}
    known = {name for names in NEEDS.values() for name in names} | {"d_loss", "g_loss"}
    if not known & set(history) or len({len(values) for values in history.values()}) > 1:
        lengths = {name: len(values) for name, values in history.items()}
        raise ValueError(f"history must hold signals such as {sorted(known)}, of one length. Received: {lengths}")
    unfit = _unfit(history)
    if unfit:
        return Diagnosis("cannot tell", [unfit[0]], unfit[1], (), (), history)
    core = [name for name in ILLNESSES if name != "condition ignored" or "agreement" in history]
    missing = tuple(dict.fromkeys(need for name in core for need in NEEDS[name] if need not in history))
    # of the spread a higher quantile: a crowd is one at nearly every record
    late = {name: _usual(values, 0.75 if name == "spread" else 0.5) for name, values in history.items()}
    found = {}
    for illness, sign in _SIGNS:
        evidence = sign(late) if all(need in history for need in NEEDS[illness]) else None
        if evidence:
            found.setdefault(illness, evidence)
    if found:
        illness, *also = found
        return Diagnosis(illness, [found[illness]], CONTROLS[illness], tuple(also), missing, history)
    return _none_found(history, late, missing)


def from_losses(history, modality):
    """The part of a `MultimodalGAN`'s history (`callbacks.read_history` of its history.csv) that the doctor can read.

    Losses alone name no illness for sure: expect "cannot tell", with a list of what to record.

    Args:
        history: {column: numbers}, with "step", "d_<modality>" and "g_<modality>".
        modality: "image", "text" or "speech".

    Returns:
        {"round", "d_loss", "g_loss"}: arrays of the records in which this modality's players were at work.
    """
    columns = {"round": "step", "d_loss": f"d_{modality}", "g_loss": f"g_{modality}"}
    missing = [name for name in columns.values() if name not in history]
    if missing:
        raise ValueError(f"history lacks {missing}; pass one of a GAN with this modality. Received: {sorted(history)}")
    at_work = ~np.isnan(np.asarray(history[f"d_{modality}"], float))
    return {name: np.asarray(history[column], float)[at_work] for name, column in columns.items()}


def _unfit(history):
    """(what is the matter, what to do) with a history that nobody could read; or None."""
    length = len(next(iter(history.values())))
    if length < MIN_RECORDS:
        return f"There are {length} records.", f"Train longer, or record more often: {MIN_RECORDS} records at least."
    for name, values in history.items():
        broken = np.flatnonzero(~np.isfinite(values[1:]))  # the first record cannot know what moved
        if len(broken):
            words = f"{name} is no finite number from record {broken[0] + 2} of {length} on: the run flew apart."
            return words, "Lower both rates, or add a penalty; then record again."
    return None


def _start(values):
    return 2 * len(values) // 3


def _usual(values, share=0.5):
    """What is usual in the last third: the median, or another quantile."""
    return float(np.quantile(values[_start(values) :], share))


# The signs, each in what is usual late in the run, {signal: number}: a sentence with the numbers, or None.


def _deaf(late):
    """A G that does not hear can do nothing else right: D sees every mismatch, and looks too strong."""
    share = late.get("condition_sensitivity", 1.0)
    if share < DEAF:
        return f"Another condition has a share of {share:.0%} in what moves G's samples, other noise all the rest."
    return None


def _loses_slope(late):
    """What is wrong with the slope that reaches G, in words; or None."""
    gradient, slope = late["g_gradient"], late.get("g_loss_slope", 1.0)
    if gradient < DEAD:
        return f"G's gradient is {gradient:.1e}: dead"
    return f"G's loss is flat: it hands on {slope:.1e} of D's slope" if slope < FLAT else None


def _vanishing(late):
    d_auc, lost = late["d_auc"], _loses_slope(late)
    if d_auc > SURE and lost:
        return f"D ranks a real sample above a fake one {d_auc:.0%} of the time, and {lost}."
    return None


def _too_strong(late):
    d_auc, gradient, precision = late["d_auc"], late["g_gradient"], late["precision"]
    if d_auc > SURE and not _loses_slope(late) and precision < PRECISE:
        lags = f"{precision:.0%} of the samples have a real one nearby, though G has a gradient ({gradient:.2g})"
        return f"D ranks a real sample above a fake one {d_auc:.0%} of the time, and {lags}: it cannot keep up."
    return None


def _collapsed(late):
    spread, coverage, precision, drift = (late[name] for name in NEEDS["mode collapse"])
    if coverage < COVERED and spread < CROWDED:
        goes = "and the crowd wanders" if drift > RESTLESS else "and stays there"
        return f"The samples sit in a crowd, {spread:.0%} as far apart as real ones, {goes}; they reach {coverage:.0%}."
    if coverage < COVERED and precision > 2 * PRECISE and drift <= RESTLESS:
        few = f"they reach only {coverage:.0%} of what is real, and stay there"
        return f"{precision:.0%} of the samples look real, but {few}."
    return None


def _oscillates(late):
    drift, spread, coverage = (late[name] for name in NEEDS["oscillation"])
    if drift > RESTLESS and coverage < COVERED and spread >= CROWDED:
        return (f"From one record to the next, the samples of the same noise go {drift:.0%} of the distance between "
                f"real ones, and there is no crowd: they circle, and do not settle.")  # fmt: skip
    return None


def _ignores(late):
    agreement, shuffled = late["agreement"], late["agreement_shuffled"]
    if (agreement - shuffled) / max(1 - shuffled, 1e-9) < LISTENING:
        return f"Samples agree with their condition in {agreement:.0%}, and with another one's in {shuffled:.0%}."
    return None


# In this order: a run that shows several signs is named after the one that has to be cured first.
_SIGNS = (
    ("condition ignored", _deaf), ("vanishing gradient", _vanishing), ("D too strong", _too_strong),
    ("mode collapse", _collapsed), ("oscillation", _oscillates), ("condition ignored", _ignores),
)  # fmt: skip


def _none_found(history, late, missing):
    if missing:
        words = "What was recorded shows no illness, and does not show health either."
        return Diagnosis("cannot tell", [words], f"Record {', '.join(missing)}.", (), missing, history)
    coverage, precision = late["coverage"], late["precision"]
    words = f"{coverage:.0%} of what is real is reached, and {precision:.0%} of the samples have a real one nearby"
    if coverage >= COVERED and precision >= PRECISE:
        return Diagnosis("healthy", [f"{words}."], CONTROLS["healthy"], (), (), history)
    words = f"Only {words}, and no illness shows."
    return Diagnosis("cannot tell", [words], "Train on, and ask again.", (), (), history)
