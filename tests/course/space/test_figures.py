"""The figures of notebooks 05 and 06: what they draw, their words say in numbers, and their tables list."""

import numpy as np

from mmgan_lite.course.space import figures

RNG = np.random.default_rng(0)


def test_lengths_are_in_order_and_the_marked_ones_counted():
    html = figures.lengths({"three": 1.5, "a": 0.7, "nine": 0.9, "thin": 1.2}, ("three", "nine")).data
    assert "from a, 0.70, to three, 1.50; 1 of the 2 longest are digits." in html
    assert html.index("<td>a</td>") < html.index("<td>nine</td>") < html.index("<td>1.5</td>")


def test_words_tell_what_they_won():
    html = figures.words_won({"a three": [0.45, 0.55], "a thin one": [0.2, 0.5, 0.3]}).data
    assert "wins: a 45%, three 55%." in html and "wins: a 20%, thin 50%, one 30%." in html


def test_channels_of_each_layer_stand_next_to_the_digit():
    answers = {"round 1": RNG.standard_normal((14, 14, 9)), "round 2": RNG.standard_normal((7, 7, 12))}
    html = figures.liveliest_channels(np.zeros((28, 28, 1)), answers).data
    assert "18 tiles" in html and "2 by 9. Rows: round 1, round 2." in html


def test_a_wave_tells_where_it_is_loud_and_its_tone():
    seconds = np.arange(8000) / 8000
    word = np.sin(2 * np.pi * 250 * seconds) * (seconds < 0.5)
    html = figures.wave_to_picture(word, word[:512], np.zeros((32, 32))).data
    assert "from 0.00 to 0.50 s." in html and "One window of 64 milliseconds" in html and "tone is at 250 Hz" in html


def test_maps_say_how_often_the_nearest_is_of_the_same_kind():
    labels = np.array([0, 0, 1, 1])
    far = np.array([[0.0, 0, 0], [0, 0.1, 0], [1, 0, 0], [1, 0.1, 0]])
    senses = {name: far + shift * np.array([0, 0, 1]) for name, shift in (("image", 0), ("text", 0.03), ("speech", 5))}
    turned = np.zeros(3), np.array([[0, 0, 1.0], [0, 1, 0]])
    html = figures.four_maps(senses, senses, turned, labels, "budget smoke").data
    assert "after, by digit: 100% lie nearest to one of their digit." in html and "budget smoke" in html
    assert "<td>the same, turned</td>" in html


def test_nearest_alike_counts_neighbours_of_the_same_kind():
    places = np.array([[0.0, 0], [0, 1], [0, 1.5], [9, 9]])
    assert figures.nearest_alike(places, np.array([0, 0, 1, 1])) == 0.5
