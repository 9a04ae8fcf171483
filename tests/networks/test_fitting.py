"""Networks that do not fit one another are found out when the model is built, by name."""

import keras
import numpy as np
import pytest
from keras import layers

import mmgan_lite as mm
from mmgan_lite.networks.fitting import check_networks

SIZES = {"image": [4, 4, 1], "text": [4, 6]}
WORDS = mm.text.Vocabulary("abcde", 4)


@pytest.fixture(scope="module")
def gan():
    return mm.MultimodalGAN.for_sizes(SIZES, WORDS, embed_dim=8)


def generator(draw=None, embed_dim=8, numbers=16):
    draw = draw or layers.Reshape((4, 4, 1))
    z, e = keras.Input((5,)), keras.Input((embed_dim,))
    return keras.Model([z, e], draw(layers.Dense(numbers)(layers.Concatenate()([z, e]))))


def rebuilt(gan, kind=None, name="image", network=None, imaginer=None):
    groups = {
        "embedders": dict(gan.embedders),
        "discriminators": {m: gan.discriminators[m] for m in gan.modalities},
        "generators": {m: gan.generators[m] for m in gan.modalities},
    }
    if kind:
        groups[kind][name] = network
    return mm.MultimodalGAN(**groups, imaginer=imaginer, vocabulary=gan.vocabulary)


class Painter(keras.Model):
    """A generator by subclassing."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.paint = layers.Dense(16)

    def call(self, inputs):
        return keras.ops.reshape(self.paint(keras.ops.concatenate(inputs, -1)), (-1, 4, 4, 1))


class TellingPainter(Painter):
    """The same, with what a model needs to know."""

    input_shape, output_shape = [(None, 5), (None, 8)], (None, 4, 4, 1)

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.paint.build((None, 13))
        self.built = True


def flat(embed_dim, shape=(4, 4, 1)):
    x = keras.Input(shape)
    return keras.Model(x, layers.Dense(embed_dim)(layers.Flatten()(x)))


def two_inputs(shape, embed_dim, logits=1):
    x, e = keras.Input(shape), keras.Input((embed_dim,))
    return keras.Model([x, e], layers.Dense(logits)(layers.Concatenate()([layers.Flatten()(x), e])))


TRIES = {
    "a sample of another size": ("generators", lambda: generator(layers.Reshape((4, 5, 1)), numbers=20),
        r"generator 'image' must take \['any', \(8,\)\] and give \(4, 4, 1\).*Received: .*gives \(4, 5, 1\)"),
    "a condition of another length": ("generators", lambda: generator(embed_dim=9), r"takes \[\(5,\), \(9,\)\]"),
    "one input alone": ("generators", lambda: flat(16, (8,)), r"Received: one that takes \[\(8,\)\]"),
    "a generator by subclassing": ("generators", Painter, "generator 'image' does not tell its shapes.*get_config"),
    "a generator with a Lambda": ("generators", lambda: generator(layers.Lambda(lambda x: x[:, :, None, None][:, :4])),
        r"must take"),
    "an embedder of another length": ("embedders", lambda: flat(9), "of one length.*Received: {'image': 9, 'text': 8}"),
    "a judge of other samples": ("discriminators", lambda: two_inputs((4, 5, 1), 8), "discriminator 'image' must take"),
    "a judge with other conditions": ("discriminators", lambda: two_inputs((4, 4, 1), 9), "discriminator 'image' must"),
    "a judge of two minds": ("discriminators", lambda: two_inputs((4, 4, 1), 8, 2), r"give \(1,\).*gives \(2,\)"),
}  # fmt: skip


@pytest.mark.parametrize("name", TRIES)
def test_networks_that_do_not_fit_are_told(gan, name):
    kind, build, told = TRIES[name]
    with pytest.raises(ValueError, match=told) as error:
        rebuilt(gan, kind, network=build())
    assert "Received: " in str(error.value)


def test_a_generator_that_cannot_be_made_again_is_told(gan):
    secret = generator(layers.Lambda(lambda x: keras.ops.reshape(x, (-1, 4, 4, 1)), output_shape=(4, 4, 1)))
    with pytest.raises(ValueError, match=r"generator of image cannot be made again.*in place of a Lambda.*Received: "):
        rebuilt(gan, "generators", network=secret)


def test_an_imaginer_of_another_space_is_told(gan):
    with pytest.raises(ValueError, match=r"generator 'imagined' must take \['any'\] and give \(8,\)"):
        rebuilt(gan, imaginer=mm.build_imaginer(embed_dim=9))


def test_a_subclassed_generator_that_tells_its_shapes_takes_part(gan):
    mine = rebuilt(gan, "generators", network=TellingPainter())
    assert mine.generate({"text": "a b"}, to="image", count=2).shape == (1, 2, 4, 4, 1)


def test_a_judge_that_takes_any_size_fits():
    x, e = keras.Input((None, None, 1)), keras.Input((8,))
    pooled = layers.GlobalAveragePooling2D()(layers.Conv2D(8, 3, padding="same")(x))
    judge = keras.Model([x, e], layers.Dense(1)(layers.Concatenate()([pooled, e])))
    check_networks({"image": flat(8)}, {"image": judge}, {"image": generator()})


@pytest.fixture
def policy():
    yield keras.config.set_dtype_policy
    keras.config.set_dtype_policy("float32")


def test_another_backend_is_told(monkeypatch):
    monkeypatch.setattr(keras.backend, "backend", lambda: "jax")
    with pytest.raises(ValueError, match=r"the kit runs on TensorFlow; .*keras\.json\. Received: jax"):
        mm.MultimodalGAN.for_sizes(SIZES, WORDS, embed_dim=8)


@pytest.mark.parametrize("name", ["mixed_float16", "mixed_bfloat16", "float64"])
def test_another_precision_is_told(policy, name):
    policy(name)
    with pytest.raises(ValueError, match=rf"set_dtype_policy\(\"float32\"\) first. Received: {name}"):
        mm.MultimodalGAN.for_sizes(SIZES, WORDS, embed_dim=8)


BUILDERS = [
    mm.build_image_embedder, mm.build_text_embedder, mm.build_speech_embedder, mm.build_image_generator,
    mm.build_text_generator, mm.build_speech_generator, mm.build_image_discriminator, mm.build_text_discriminator,
    mm.build_speech_discriminator, mm.build_imaginer,
]  # fmt: skip


@pytest.mark.parametrize("build", BUILDERS, ids=lambda build: build.__name__)
def test_every_network_of_the_kit_is_saved_and_loaded_by_keras(build, tmp_path):
    network = build()
    network.save(tmp_path / "network.keras")
    again = keras.saving.load_model(tmp_path / "network.keras")
    assert type(again) is type(network)
    assert all(map(np.array_equal, network.get_weights(), again.get_weights()))


class SilentImaginer(keras.Model):
    """Does not tell its shapes."""

    def call(self, z):
        return keras.ops.normalize(z)


def test_an_imaginer_that_does_not_tell_its_shapes_is_refused(gan):
    with pytest.raises(ValueError, match="network 'imaginer' does not tell its shapes"):
        rebuilt(gan, imaginer=SilentImaginer())
