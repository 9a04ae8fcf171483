"""Plots: what is drawn, the words beside it, and drawing in many threads."""

import io
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from mmgan_lite import plots
from mmgan_lite.datasets import speech

RNG = np.random.default_rng(0)


def images(n=6, channels=1):
    return RNG.uniform(-1, 1, (n, 28, 28, channels)).astype("float32")


def sounds(n=6):
    return RNG.uniform(-1, 1, (n, 32, 32)).astype("float32")


def pixels(fig):
    return np.asarray(Image.open(io.BytesIO(plots.png(fig))))


def test_image_grid_keeps_every_pixel():
    given = images(5)
    sheet = plots.image_grid(given, columns=3).images[0].get_array()
    assert sheet.shape == (2 * 29 - 1, 3 * 29 - 1)
    np.testing.assert_array_equal(sheet[29:57, 29:57], np.round((given[4, ..., 0] + 1) * 127.5))
    assert (sheet[29:57, 58:] == 0).all()  # the sixth place stays empty


def test_image_grid_takes_colours_and_images_without_a_channel():
    assert plots.image_grid(images(4, 3)).images[0].get_array().shape == (57, 57, 3)
    assert plots.image_grid(images(4)[..., 0]).images[0].get_array().shape == (57, 57)


def test_mel_band_agrees_with_tensorflows_mel_matrix():
    matrix = tf.signal.linear_to_mel_weight_matrix(speech.MELS, 4001, 8000, speech.LOWEST_HZ, speech.HIGHEST_HZ).numpy()
    loudest = matrix.argmax(0)  # Hz, since the bins are one apart
    for band in range(8, 32):
        assert speech.mel_band(loudest[band]) == pytest.approx(band + 0.5, abs=0.05)


def test_spectrogram_puts_time_across_and_low_tones_below():
    log_mel = np.full((32, 32), -1.0)
    log_mel[4, 20] = 1.0
    ax = plots.spectrogram(log_mel)
    assert ax.images[0].origin == "lower"
    assert ax.images[0].get_array()[20, 4] == 1.0
    assert ax.images[0].get_extent() == [0, 1.0, 0, 32]
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("time (s)", "frequency (Hz)")


def test_losses_draw_d_through_and_g_dashed_in_the_colour_of_the_sense():
    history = {"step": [20, 40, 60], "loss": [2, np.nan, np.nan], "d_image": [np.nan, 1, 3], "g_image": [np.nan, 2, 1]}
    ax = plots.losses(history)
    lines = {line.get_label(): line for line in ax.lines}
    assert (lines["d_image"].get_linestyle(), lines["g_image"].get_linestyle()) == ("-", "--")
    assert lines["d_image"].get_color() == lines["g_image"].get_color() == plots.OKABE_ITO["blue"]
    assert list(lines["d_image"].get_xdata()) == [40, 60]
    assert "d_image from 1.00 to 3.00" in ax.alt


def test_rows_of_a_sheet_can_have_names():
    ax = plots.image_grid(np.zeros((6, 4, 4, 1)), columns=3, of="nothings", rows=["first", "second"])
    assert [label.get_text() for label in ax.get_yticklabels()] == ["first", "second"]
    assert ax.alt == "6 nothings, 2 by 3. Rows: first, second."


@pytest.mark.parametrize("own_axes", [False, True])
def test_names_of_rows_are_never_cut_off(own_axes):
    ax = plots.figure(3, 3)[1] if own_axes else None
    ax = plots.image_grid(np.zeros((20, 28, 28, 1)), ax, columns=10, rows=["a three", "a thick three leaning left"])
    plots.png(ax.figure)
    for label in ax.get_yticklabels():
        assert label.get_window_extent().x0 > 2


def test_losses_tell_other_pairs_of_players_apart_by_colour():
    ax = plots.losses({"d_film": [1, 2], "g_film": [1, 2], "d_concatenation": [1, 2]})
    film, its_g, other = (line.get_color() for line in ax.lines)
    assert film == its_g != other


def test_losses_take_a_keras_history_and_names_without_a_value():
    class History:
        history = {"loss": [3.0, 1.0], "d_text": [np.nan, np.nan]}

    ax = plots.losses(History())
    assert ax.get_xlabel() == "epoch"
    assert "loss from 3.00 to 1.00; d_text unknown" in ax.alt


def test_triples_leave_a_missing_sense_out_and_say_what_they_show():
    fig = plots.triples(images(3), ["a one", "a two", "a three"], sounds(3), titles=["first", "second", "third"])
    assert len(fig.axes) == 9
    words = plots.alt_text(fig)
    assert "first: an image." in words and "Caption: a two." in words and "Spectrogram" in words
    assert len(plots.triples(images(2), sounds=sounds(2)).axes) == 4


def test_png_has_the_size_that_was_asked_for():
    fig, _ = plots.figure(3, 2)
    assert pixels(fig).shape == (200, 300, 4)


def test_figures_drawn_in_many_threads_are_those_drawn_alone():
    given = [(images(4), ["a $x^2$"] * 4, sounds(4)) for _ in range(8)]
    alone = [pixels(plots.triples(*one)) for one in given]
    with ThreadPoolExecutor(4) as threads:
        together = list(threads.map(lambda one: pixels(plots.triples(*one)), given))
    for a, b in zip(alone, together, strict=True):
        np.testing.assert_array_equal(a, b)


def test_show_gives_the_picture_its_alt_text():
    ax = plots.image_grid(images(4), of='"digits" & more')
    page = plots.show(ax).data
    assert 'alt="4 &quot;digits&quot; &amp; more, 2 by 2."' in page
    assert "data:image/png;base64," in page
    assert 'alt="my words"' in plots.show(ax.figure, "my words").data


def test_colours_of_the_senses_differ_in_brightness_or_hue():
    assert len(set(plots.COLOURS.values())) == len(plots.COLOURS)
    assert set(plots.COLOURS.values()) <= set(plots.OKABE_ITO.values())


def test_table_shows_three_digits_and_escapes_words():
    page = plots.table({"x <": [0.12345, np.float32(2)], "y": ["a&b", 3]})
    assert page.startswith("<details><summary>The numbers</summary>")
    assert '<th scope="col">x &lt;</th>' in page
    assert "<td>0.123</td><td>a&amp;b</td>" in page and "<td>2</td><td>3</td>" in page
    assert plots.table({}) == plots.table(None) == ""


def test_note_stands_in_the_picture_and_in_its_words():
    ax = plots.losses({"loss": [1, 2]})
    fig = plots.note(ax, "budget smoke")
    assert fig is ax.figure and plots.alt_text(fig).endswith("budget smoke.")
    assert "budget smoke" in plots.show(fig, numbers={"loss": [1.0]}).data


@pytest.mark.parametrize("shape", [(3, 5), (3, 5, 3)])
def test_png_of_pixels_keeps_them(shape):
    given = RNG.integers(0, 256, shape, dtype="uint8")
    np.testing.assert_array_equal(Image.open(io.BytesIO(plots.png_of(given))), given)
