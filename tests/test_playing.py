"""`compile` takes what can be meant, under the names of the field, and refuses the rest before a step is made."""

import keras
import pytest

import mmgan_lite as mm
from mmgan_lite import losses, playing


@pytest.fixture(scope="module")
def gan():
    return mm.MultimodalGAN.for_sizes({"image": [4, 4, 1]}, embed_dim=8)


@pytest.mark.parametrize("name", losses.ADVERSARIAL)
def test_losses_go_by_their_names(name):
    pair = losses.ADVERSARIAL[name]
    assert playing.adversarial_of(name) == playing.adversarial_of(pair) == pair


def test_a_pair_of_functions_is_a_loss():
    assert playing.adversarial_of((max, min)) == losses.AdversarialLoss(max, min)


@pytest.mark.parametrize("name", losses.PENALTIES)
def test_penalties_go_by_their_names(name):
    assert playing.penalty_of(name) is losses.PENALTIES[name]


def test_no_penalty_has_two_names():
    assert playing.penalty_of(None) is playing.penalty_of("none") is None


SHARED = keras.optimizers.Adam()
REFUSED = [
    ({"optimizer": "adam"}, r"optimizer must be a function.*lambda: keras.optimizers.Adam\(5e-4\).*Received: 'adam'"),
    ({"optimizer": SHARED}, "each network needs its own"),
    ({"optimizer": lambda: SHARED}, "that makes a new one"),
    ({"optimizer": lambda: "adam"}, "that makes a new one. Received: 'adam'"),
    ({"adversarial": "hing"}, "one of minimax, non_saturating.*Received: 'hing'"),
    ({"adversarial": max}, "must be a losses.AdversarialLoss"),
    ({"penalty": "r3"}, "one of none, r1.*Received: 'r3'"),
    ({"penalty": 10}, "must be a function such as losses.r1"),
    ({"penalty_interval": 0}, "penalty_interval must be a whole number from 1. Received: 0"),
    ({"penalty_interval": 2.0}, "penalty_interval must be a whole number"),
    ({"prior_prompts": 0}, "prior_prompts must be a whole number from 1. Received: 0"),
    ({"hard_fraction": 1.5}, "hard_fraction must be a number from 0 to 1. Received: 1.5"),
    ({"ema_decay": -1}, "ema_decay must be a number from 0 to 1. Received: -1"),
    ({"matching_temperature": 0}, "matching_temperature must be a number at least 1e-06. Received: 0"),
    ({"gamma": float("nan")}, "gamma must be a number at least 0. Received: nan"),
    ({"condition_noise": -1}, "condition_noise must be"),
    ({"matching_weight": None}, "matching_weight must be"),
    ({"prior_matching_weight": -0.1}, "prior_matching_weight must be a number at least 0. Received: -0.1"),
    ({"prior_matching_margin": "no"}, "prior_matching_margin must be a number at least 0. Received: 'no'"),
    ({"teacher_forcing_weight": "1"}, "teacher_forcing_weight must be"),
    ({"loss": "mse"}, "the losses are adversarial= and penalty=.*Received: loss='mse'"),
    ({"metrics": ["mse"]}, "Received: metrics="),
    ({"learning_rate": 0.1}, "Received: learning_rate=0.1"),
]


@pytest.mark.parametrize(("options", "told"), REFUSED, ids=lambda given: str(given)[:40])
def test_what_cannot_be_meant_is_refused(gan, options, told):
    with pytest.raises(ValueError, match=told):
        gan.compile(**options)


@pytest.mark.parametrize("make", [keras.optimizers.Adam, lambda: keras.optimizers.SGD(0.1)], ids=["class", "lambda"])
def test_anything_that_makes_optimizers_will_do(gan, make):
    gan.compile(make, "hinge", "r1_r2", run_eagerly=True)
    assert gan.adversarial == losses.hinge and gan.penalty["penalty"] is losses.r1_r2
