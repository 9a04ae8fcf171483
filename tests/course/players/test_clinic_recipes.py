"""The clinic's configs and recorded runs."""

from mmgan_lite.course.players import clinic_recipes, doctor


def test_there_are_configs_for_every_illness_and_for_health():
    assert set(clinic_recipes.ILL) == {*doctor.ILLNESSES, "healthy"}


def test_recorded_cases_hold_samples_for_every_record():
    for case in clinic_recipes.load_cases().values():
        assert case["samples"].shape == (len(case["history"]["round"]), 128, 2)
