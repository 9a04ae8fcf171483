"""The recipe: it holds what `compile` and the trainer take, refuses what cannot be, and comes back from JSON."""

import dataclasses
import inspect
import json

import pytest

import mmgan_lite as mm
from mmgan_lite import losses
from mmgan_lite.training.config import Config, versions


def test_the_config_by_default_is_what_compile_does_by_default():
    named = inspect.signature(mm.MultimodalGAN.compile).parameters
    for name, value in Config().compile_options().items():
        assert named[name].default == value, name


def test_every_field_is_explained():
    for field in dataclasses.fields(Config):
        assert field.name in Config.__doc__, field.name


def test_a_config_comes_back_from_json(tmp_path):
    config = Config(gan_rate=2e-3, adversarial="hinge", penalty="none", mismatched=False)
    for page in (dataclasses.asdict(config), {"seed": 1, "config": dataclasses.asdict(config)}):  # as run.json holds it
        (tmp_path / "config.json").write_text(json.dumps(page))
        assert Config.read(tmp_path / "config.json") == config
    options = config.compile_options()
    assert options["adversarial"] is losses.hinge and options["penalty"] is None


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"rate": 1.0}, r"a config holds embedder_batch_size, .*Received: rate"),
        ({"gan_rate": "fast"}, r"gan_rate must be of type float\. Received: 'fast'"),
        ({"gan_rate": -1.0}, r"gan_rate must be at least 0\. Received: -1\.0"),
        ({"gan_rate": float("nan")}, r"gan_rate must be at least 0\. Received: nan"),
        ({"gan_batch_size": 0}, r"gan_batch_size must be a whole number from 1\. Received: 0"),
        ({"gan_batch_size": 1.5}, r"gan_batch_size must be of type int"),
        ({"gan_batch_size": True}, r"gan_batch_size must be of type int\. Received: True"),
        ({"mismatched": 1}, r"mismatched must be of type bool\. Received: 1"),
        ({"matching_temperature": 0.0}, r"matching_temperature must be more than 0\. Received: 0\.0"),
        ({"temperature": 0.0}, r"temperature must be more than 0\. Received: 0\.0"),
        ({"say": 1.5}, r"say must be at most 1\. Received: 1\.5"),
        ({"adversarial": "r1"}, r"adversarial must be one of minimax, .*Received: 'r1'"),
        ({"penalty": "hinge"}, r"penalty must be one of .*Received: 'hinge'"),
    ],
    ids=str,
)
def test_what_cannot_be_a_recipe_is_refused(given, told):
    with pytest.raises(ValueError, match=told):
        Config.of(given)


@pytest.mark.parametrize("page", ["", "[]", "3", "{", "\xff"])
def test_a_file_that_holds_no_config_is_refused(tmp_path, page):
    (tmp_path / "config.json").write_bytes(page.encode("latin-1"))
    with pytest.raises(ValueError, match=r"a (config must be a JSON object|JSON file is expected).*Received: "):
        Config.read(tmp_path / "config.json")


def test_versions_name_what_a_result_may_depend_on():
    assert set(versions()) == {"mmgan_lite", "tensorflow", "keras", "numpy"} and versions()["mmgan_lite"] == "0.1.0"
