"""The kit's side of the comparison: it writes what is asked, and judges the answers."""

import contest
import numpy as np

import mmgan_lite as mm
from mmgan_lite.evaluation import evaluate, judges, left_open, open_section

EPOCHS = 8  # of rows that are worded and paired anew each time, as the kit's own batches are
SEEN = ("image", "speech")  # modalities that a judge has features of


def write(path):
    """The rows to learn from and the prompts to answer, for contestants without the kit."""
    digits, test = mm.load_digits("train"), mm.load_digits("test")
    drawn = [mm.as_dataset(digits, 500, epoch, say=None).as_numpy_iterator() for epoch in range(EPOCHS)]
    batches = [batch for epoch in drawn for batch in epoch]
    rows = {f"rows/{m}": contest.packed(m, np.concatenate([b[m] for b in batches])) for m in contest.MODALITIES}
    labels = np.concatenate([batch["facts_of"]["image"][:, 0] for batch in batches])
    asked = {name: {name: test[name]} for name in contest.MODALITIES}
    asked["bare"], _ = open_section.prompts_of(open_section.BARE, test)
    prompts = {f"{name}/{m}": _stored(m, x) for name, given in asked.items() for m, x in given.items()}
    np.savez(path, **rows, **prompts, **{"rows/label": labels})


def _stored(name, samples):
    return contest.packed(name, mm.text.encode(list(samples)) if name == "text" else samples)


def read(path):
    """What a contestant wrote: {question: {modality: samples (n, count, …)}}, and {name: number} about itself."""
    with np.load(path) as file:
        stored = {name: file[name] for name in file}
    answers, about = {}, {name: float(x) for name, x in stored.items() if "/" not in name}
    for name in [name for name in stored if name not in about]:  # in the file's order, for the names of the rows
        question, _, m = name.rpartition("/")
        made = contest.unpacked(m, stored[name])
        answers.setdefault(question, {})[m] = [mm.text.decode(row) for row in made] if m == "text" else made
    return answers, about


def judged(answers, split="test", reference="valid"):
    """{row of the table: value} of what a contestant answered; what it cannot answer has no row."""
    real, world = mm.load_digits(split), open_section.digits_world(("train", "valid", "test"))
    return {
        **dict(coherence(answers, real)),
        **dict(bare(answers, real, mm.load_digits(reference), world)),
        **dict(agreement(answers, real, world)),
    }


def coherence(answers, real):
    """What a prompt says, and whether whole things are of one piece."""
    for source, to, _ in contest.ASKED:
        made = answers.get(contest.key(source, to))
        if made and len(to) == 1 and source in contest.MODALITIES:
            read = judges.READ[to[0]]([sample for row in made[to[0]] for sample in row])["digit"]
            right = read.reshape(len(real["label"]), -1) == real["label"][:, None]
            yield f"{contest.key(source, to)}: digit, %", 100 * float(right.mean())
    things = {m: x[0] for m, x in answers.get(contest.key("nobody", contest.MODALITIES), {}).items()}
    if things:
        yield "nobody asked: digits agree, %", 100 * evaluate.joint(things)["value"]
        yield "nobody asked: grammatical captions, %", 100 * mm.metrics.grammatical_share(things["text"])


def bare(answers, real, reference, world):
    """What "a three" leaves open."""
    made = {m: answers[f"bare→{m}"][m] for m in SEEN if f"bare→{m}" in answers}
    _, said = open_section.prompts_of(open_section.BARE, real)
    found, like = left_open.measure(said, made, world), open_section.likeness(real, reference, made)
    for m in made:
        yield f"bare→{m}: digit, %", 100 * found["said"][m]["digit"]["value"]
        for fact, cell in found["levels"][m].items():
            yield f"bare→{m}: distance of {fact} (floor {cell['floor']:.2f})", cell["value"]
        yield f"bare→{m}: spread over real", found["spread"][m]["value"]
        yield f"bare→{m}: squared Fréchet distance over floor", like["frechet"][f"bare→{m}"]["ratio"]
        yield f"bare→{m}: recall", like["precision_recall"][f"bare→{m}"]["recall"]["value"]


def agreement(answers, real, world):
    """Whether what was drawn together tells the same of what the prompt left open."""
    for source, to, _ in contest.ASKED:
        drawn = answers.get(contest.key(source, to))
        if drawn and len(to) > 1 and source != "nobody":
            _, said = open_section.prompts_of(source, real)
            for pair, facts in left_open.agreement(said, drawn, world).items():
                for fact, cell in facts.items():
                    yield f"{source}→{pair}: agreement on {fact}, %", 100 * cell["value"]
