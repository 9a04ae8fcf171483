"""The arena, used rightly, fast, wrongly and twice."""

import threading
import time

import numpy as np
import pytest

from mmgan_lite.course.players import arena as arenas
from mmgan_lite.course.players import duel as duels
from mmgan_lite.course.players import scene, toys


@pytest.fixture(scope="module")
def shared():
    return arenas.Arena(duels.Duel(toys.ring(500), batch_size=16))


@pytest.fixture
def arena(shared):
    shared.pause()
    shared.data.value = "a ring of eight"
    for control in shared.rates:
        control.value = 1e-3
    shared.speed.value, shared.opener.value = 1e9, False
    for turns in shared.turns:
        turns.value = 1
    shared.buttons["reset"].click()
    yield shared
    shared.pause()
    assert shared.guard.errors == []


def wait_for(condition, seconds=20):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.01)


def weights(network):
    return np.concatenate([weight.numpy().ravel() for weight in network.trainable_weights])


def test_buttons_take_the_steps_that_they_name(arena):
    g_before = weights(arena.duel.generator)
    arena.buttons["d"].click()
    assert arena.duel.step == 1 and np.array_equal(weights(arena.duel.generator), g_before)
    arena.buttons["g"].click()
    arena.turns[0].value = 3
    arena.buttons["both"].click()
    assert arena.duel.step == 2 + 3 + 1 == arena.rewind.value == arena.rewind.max
    assert "Step 6." in arena.told.value and "of 8 places covered" in arena.told.value


def test_every_step_is_drawn_in_one_new_frame(arena):
    frame, field, mesh = arena.scene.frame, arena.scene.field, arena.scene.mesh
    arena.buttons["d"].click()
    assert arena.scene.frame == frame + 1
    assert arena.scene.field != field and arena.scene.mesh == mesh  # D's step bends no grid
    arena.buttons["g"].click()
    assert arena.scene.mesh != mesh
    assert len(arena.scene.field) == scene.FIELD**2
    assert np.frombuffer(arena.scene.arrows, "float32").reshape(-1, 4).shape == (scene.ARROWS, 4)
    assert "step 2" in arena.scene.alt and "D's from" in arena.scene.curves_alt


def test_it_runs_until_it_is_paused_and_then_stands_still(arena):
    arena.running.value = True
    assert arena.running.description == "Pause"
    wait_for(lambda: arena.duel.step > 20)
    arena.running.value = False
    step = arena.duel.step
    time.sleep(0.05)
    assert arena.duel.step == step == arena.rewind.value
    assert arena.running.description == "Run" and 'role="status"' in arena.told.value


def test_slow_motion_is_slow(arena):
    arena.speed.value = 1
    arena.running.value = True
    wait_for(lambda: arena.duel.step >= 2)
    arena.running.value = False
    assert arena.duel.step <= 4


def test_run_pressed_twice_starts_one_thread(arena):
    threads = threading.active_count()
    for _ in range(5):
        arena.running.value = True
        arena.run()
    assert threading.active_count() == threads + 1
    arena.pause()
    arena.pause()
    assert threading.active_count() == threads


def test_rewinding_while_it_runs_pauses_it_there(arena):
    arena.running.value = True
    wait_for(lambda: arena.rewind.max > 30)
    arena.rewind.value = 4
    assert arena.duel.step == 4 == arena.rewind.value and not arena.running.value
    last = arena.duel.last
    assert last >= 30
    arena.rewind.value = last
    assert arena.duel.step == last
    arena.rewind.value = 10
    arena.buttons["d"].click()
    assert arena.duel.step == 11 == arena.duel.last == arena.rewind.max


def test_rewinding_before_the_first_step_comes_back_to_it(arena):
    arena.rewind.value = 1
    assert arena.duel.step == 0 == arena.rewind.value


def test_steps_and_a_restart_while_it_runs_pause_it(arena):
    arena.running.value = True
    wait_for(lambda: arena.duel.step > 3)
    arena.buttons["d"].click()
    assert not arena.running.value
    arena.running.value = True
    arena.buttons["reset"].click()
    assert arena.duel.step == 0 and not arena.running.value


def test_data_rates_and_layers_change_while_it_runs(arena):
    arena.running.value = True
    for name in arena.data.options:
        arena.data.value = name
        arena.rates[0].value, arena.rates[1].value = 0.0, 3e-2
        arena.layers[0].value = not arena.layers[0].value
    assert arena.running.value
    assert arena.duel.rates == pytest.approx((0.0, 0.03))
    arena.layers[0].value = True
    assert set(arena.scene.layers) == set(scene.LAYERS)


def test_a_distribution_of_one_s_own_is_drawn_moved_and_emptied(arena):
    assert arena.sheet.layout.display == "none"
    arena.data.value = arenas.DRAWN
    assert arena.sheet.layout.display is None
    arena.drawing.points = [[1.0, 1.0]]
    assert np.abs(arena.duel.real - 1).mean() < 0.1 and "of 1 places" in arena.told.value
    arena.drawing.points = []
    assert len(arena.duel.real) and "Your plane is empty" in arena.told.value
    arena.buttons["both"].click()


def test_used_fast_wrongly_and_twice(arena):
    rng = np.random.default_rng(0)
    moves = [
        lambda: setattr(arena.running, "value", not arena.running.value),
        lambda: arena.buttons["both"].click(),
        lambda: setattr(arena.rewind, "value", int(rng.integers(arena.rewind.max + 1))),
        lambda: setattr(arena.data, "index", int(rng.integers(5))),
        lambda: setattr(arena.turns[rng.integers(2)], "value", int(rng.integers(1, 11))),
        lambda: arena.buttons["reset"].click(),
        lambda: setattr(arena.opener, "value", not arena.opener.value),
    ]
    for _ in range(60):
        moves[rng.integers(len(moves))]()
    arena.pause()
    assert arena.rewind.value == arena.duel.step
    assert np.isfinite(arena.duel.fakes()).all()


def test_it_pauses_by_itself_when_nobody_can_still_be_looking(arena, monkeypatch):
    monkeypatch.setattr(arenas, "MOST", 12)
    arena.running.value = True
    wait_for(lambda: not arena.running.value)
    assert 12 <= arena.duel.step <= 14
    arena.running.value = True  # it may go on from there
    wait_for(lambda: not arena.running.value)
    assert 24 <= arena.duel.step <= 28


def test_an_arena_shown_again_pauses_the_one_before_and_both_may_play_one_duel(arena):
    arena.running.value = True
    wait_for(lambda: arena.duel.step > 3)
    again = arenas.Arena(arena.duel)
    assert not arena.running.value, "nobody sees it any more, so nobody could pause it"
    arena.running.value = again.running.value = True
    wait_for(lambda: arena.duel.step > 60)
    arena.pause()
    again.pause()
    assert arena.guard.errors == again.guard.errors == []
    assert arena.duel.last == arena.duel.step


def test_numbers_open_on_demand(arena):
    arena.buttons["both"].click()
    assert arena.numbers.value == ""
    arena.opener.value = True
    assert "<td>" in arena.numbers.value and "d_loss" in arena.numbers.value


def test_the_page_may_lag_behind_by_a_few_frames_only(arena):
    assert arena.scene.behind == 0, "no page has drawn yet: nothing waits for it"
    arena.scene.heard(None, {"seen": arena.scene.frame}, [])
    assert arena.scene.behind == 0
    arena.buttons["d"].click()
    assert arena.scene.behind == 1
    arena.scene.seen = 0


def test_it_is_kept_for_pages_without_widgets(arena):
    page = arena._repr_mimebundle_()["text/html"]
    assert 'alt="step 0; blue squares are real points' in page and "Step 0." in page


def test_the_mesh_s_cells_hold_equal_shares_of_the_noise():
    class Plain:
        generated = staticmethod(lambda z: z)

    places = scene.bent_mesh(Plain).reshape(scene.MESH, scene.MESH, 2)
    line = places[0, :, 0]
    noise = np.random.default_rng(0).standard_normal(100_000)
    shares = np.histogram(noise, line)[0] / len(noise)
    np.testing.assert_allclose(shares, 1 / scene.MESH, atol=0.003)
