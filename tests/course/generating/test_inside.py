"""Listening to networks."""

import keras
import numpy as np
import pytest

import mmgan_lite as mm
from mmgan_lite.course.generating import inside


@pytest.fixture(scope="module")
def gan():
    return mm.MultimodalGAN.for_pairs(mm.load_digits("valid"))


def test_each_call_is_noted_in_order_and_nothing_is_left_behind():
    double, one = keras.layers.Rescaling(2.0), keras.layers.Rescaling(1.0, offset=1.0)
    with inside.listening({"double": double, "add": one}) as calls:
        one(double(np.ones((1, 2), "float32")))
    double(np.ones((1, 2), "float32"))
    assert [call.name for call in calls] == ["double", "add"]
    np.testing.assert_array_equal([np.asarray(call.output)[0] for call in calls], [[2, 2], [3, 3]])
    assert calls[1].inputs[0] is calls[0].output and "call" not in vars(double)


def test_what_is_left_after_an_error_is_the_network_s_own():
    layer = keras.layers.Dense(1)
    with pytest.raises(RuntimeError), inside.listening({"layer": layer}):
        raise RuntimeError
    assert "call" not in vars(layer)


def test_the_last_layer_says_what_generate_returns(gan):
    prompts = {"text": ["a three"]}
    calls = inside.layer_by_layer(gan, prompts, "image", seed=3)
    np.testing.assert_allclose(calls[-1].output, gan.generate(prompts, "image", seed=3)[0, 0], atol=1e-5)
    assert [call.output.shape[0] for call in calls if call.output.ndim == 3] == [7, 7, 14, 14, 28]


def test_layers_are_drawn_with_words(gan):
    fig = inside.draw_layers(inside.layer_by_layer(gan, {"text": ["a three"]}, "image"))
    words = mm.plots.alt_text(fig)
    assert "8 of 32 channels, 14 by 14" in words and "1 of 1 channels, 28 by 28" in words
