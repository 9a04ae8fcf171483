"""Prompts about the digits that leave something open."""

import numpy as np
import pytest

from mmgan_lite.datasets import captions, digits
from mmgan_lite.evaluation import open_section

VALID = digits.load_digits("valid")


def test_bare_captions_say_the_digit_alone():
    prompts, said = open_section.prompts_of("bare", VALID)
    assert prompts["text"][3] == "a three" and len(prompts["text"]) == 10
    assert said["digit"].tolist() == list(range(10))
    assert all((said[fact] == captions.UNKNOWN).all() for fact in captions.FACTS if fact != "digit")


def test_captions_with_one_fact_say_each_level_that_has_a_word():
    prompts, said = open_section.prompts_of("one fact", VALID)
    assert len(set(prompts["text"])) == 10 * (2 + 3 + 2 + 2 + 2)
    told = sum((said[fact] >= 0).astype(int) for fact in captions.FACTS)
    assert (told == 2).all() and (said["digit"] >= 0).all()


def test_captions_with_two_facts_say_two_of_a_picture_or_of_a_sound():
    prompts, said = open_section.prompts_of("two facts", VALID)
    of_picture = (said["thickness"] >= 0) & (said["slant"] >= 0)
    assert of_picture.sum() == 10 * 2 * 3 and "a thin three leaning left" in prompts["text"]
    told = np.stack([said[fact] >= 0 for fact in ("sex", "pitch", "speed")]).sum(0)
    assert ((told == 2) ^ of_picture).all()


@pytest.mark.parametrize(("source", "facts"), [("image", 3), ("speech", 4)])
def test_images_and_sounds_say_what_their_records_tell(source, facts):
    prompts, said = open_section.prompts_of(source, VALID)
    assert len(said) == facts and next(iter(said)) == "digit"
    assert prompts[source] is VALID[source]
