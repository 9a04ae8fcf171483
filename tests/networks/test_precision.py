"""Mixed precision: the costly layers multiply in bfloat16, and nothing else changes its type."""

import keras
import numpy as np
import pytest
import tensorflow as tf

import mmgan_lite as mm
from mmgan_lite import losses, steps
from mmgan_lite.networks.precision import set_precision
from mmgan_lite.training.config import Config


def computed_in(network):
    return [layer.compute_dtype for layer in network.layers if layer.weights]


def test_all_costly_layers_but_the_last_multiply_in_bfloat16():
    embedder, generator, discriminator = (getattr(mm, f"build_image_{kind}")() for kind in KINDS)
    set_precision([embedder, generator, discriminator], "mixed_bfloat16")
    assert computed_in(embedder) == ["bfloat16"] * 3 + ["float32"]
    assert computed_in(generator) == ["bfloat16"] * 2 + ["float32"]
    assert set(computed_in(discriminator.trunk)) == {"bfloat16"} and set(computed_in(discriminator.head)) == {"float32"}


KINDS = ("embedder", "generator", "discriminator")


def test_samples_vectors_logits_weights_and_losses_stay_float32_and_nearly_what_they_were():
    embedder, generator, discriminator = (getattr(mm, f"build_image_{kind}")(shape=(8, 8, 1)) for kind in KINDS)
    z, e = tf.random.stateless_normal((4, 64), [0, 0]), tf.math.l2_normalize(tf.ones((4, 64)), -1)

    def outputs():
        image = generator([z, e])
        return image, embedder(image), discriminator([image, e]), losses.r1(discriminator, image, image, e)

    exact = outputs()
    set_precision([embedder, generator, discriminator], "mixed_bfloat16")
    for before, after in zip(exact, outputs(), strict=True):
        assert after.dtype == "float32"
        np.testing.assert_allclose(before, after, atol=0.05)  # bfloat16 keeps three digits
    assert any(np.abs(before - after).max() > 0 for before, after in zip(exact, outputs(), strict=True))
    players = steps.Players(discriminator, generator)
    optimizers = steps.Players(*(steps.build_optimizer(steps.gan_adam(), network) for network in players))
    told = steps.gan_step(players, optimizers, losses.non_saturating, z, e, exact[0], penalty=losses.r1)
    assert all(np.isfinite(loss) and loss.dtype == "float32" for loss in told)
    assert {weight.dtype for network in players for weight in network.weights} == {"float32"}


def test_the_text_generator_stays_as_it_is():
    writer = mm.build_text_generator()
    set_precision([writer], "mixed_bfloat16")
    assert {layer.compute_dtype for layer in writer.layers} == {"float32"}


def test_a_recipe_may_ask_for_it_and_for_large_batches():
    recipe = Config(precision="mixed_bfloat16", gan_batch_size=512)
    assert keras.config.dtype_policy().name == "float32" and recipe.gan_batch_size == 512
    with pytest.raises(ValueError, match=r"precision must be one of float32, mixed_bfloat16.*'float16'"):
        Config(precision="float16")
