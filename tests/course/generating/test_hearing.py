"""Players side by side."""

import numpy as np

from mmgan_lite.course.generating import hearing


def test_each_sound_has_a_player_with_its_name():
    page = hearing.players({"a click": np.eye(1, 8000)[0], "<nothing>": np.zeros(8000)}).data
    assert page.count("<audio controls") == 2 and 'aria-label="a click"' in page
    assert "<nothing>" not in page
