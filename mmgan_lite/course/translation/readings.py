"""What a judge reads in samples, in words."""

from mmgan_lite import modalities
from mmgan_lite.datasets import captions
from mmgan_lite.evaluation import judges


def reads(sense, samples, facts=None):
    """What a judge reads in n samples, as n strings such as "three, thin, upright".

    Args:
        sense: "image", "text" or "speech".
        samples: As `judges.READ` takes them.
        facts: Which ones to tell; None tells all that the sense carries. One that a sample leaves open is left out.
    """
    read = judges.READ[sense](samples)
    columns = [
        [captions.FACTS[fact][level] if level >= 0 else "" for level in read[fact]]
        for fact in facts or modalities.known()[sense].facts
    ]
    return [", ".join(filter(None, words)) or "no sentence that it knows" for words in zip(*columns, strict=True)]
