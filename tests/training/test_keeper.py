"""A loss that is no number, or that ran away, is named at once; healthy ones pass."""

import pytest

from mmgan_lite.training.keeper import check_losses

STEPS = {"embedders": 3, "gan": 9}


@pytest.mark.parametrize(
    ("losses", "player"),
    [
        ({"d_image": 0.7, "g_image": float("nan")}, "the generator of image ran away.*Received: g_image=nan"),
        ({"d_speech": float("-inf")}, "the discriminator of speech ran away.*Received: d_speech=-inf"),
        ({"g_imagined": 3e7}, r"the generator of imagined ran away.*Received: g_imagined=3e\+07"),
        ({"loss": float("nan")}, "the embedders' loss ran away.*Received: loss=nan"),
    ],
)
def test_step_player_and_control_are_named(losses, player):
    with pytest.raises(ValueError, match=rf"step 3\+9: {player} at gan_rate=1000") as refused:
        check_losses(losses, STEPS, "gan_rate=1000")
    assert "train anew with a lower gan_rate" in str(refused.value) and "checkpoint stays" in str(refused.value)


def test_healthy_losses_pass():
    check_losses({"d_image": -900.0, "g_image": 0.0, "loss": 1e4}, STEPS, "gan_rate=0.001")
