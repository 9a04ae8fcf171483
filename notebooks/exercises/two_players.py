"""Exercises of notebook 02."""

import keras
import numpy as np
import tensorflow as tf

import mmgan_lite as mm
from mmgan_lite.course.checker import Exercise, near, numbers, require

BLANK = "Not yet: the answer is still blank. Fill it in, and run the cell again."


def cross_entropy(label, logits):
    """Cross-entropy of logits against one label for all of them."""
    return mm.losses.binary_cross_entropy(label * tf.ones_like(logits), logits)


class Wishes(Exercise):
    """Both losses, written as cross-entropies against labels."""

    hint = "A cross-entropy against label 1 falls where the logits rise; against label 0 it falls where they fall."

    @staticmethod
    def further():
        rng = np.random.default_rng(10)
        yield tuple(tf.constant(logits, tf.float32) for logits in rng.normal(0, 3, (2, 9, 1)))

    @staticmethod
    def solution(real_logits, fake_logits):
        bce = mm.losses.binary_cross_entropy
        d_loss = bce(tf.ones_like(real_logits), real_logits) + bce(tf.zeros_like(fake_logits), fake_logits)
        g_loss = bce(tf.ones_like(fake_logits), fake_logits)
        return d_loss, g_loss

    @staticmethod
    def wrong_both_call_fakes_fake(real_logits, fake_logits):
        return cross_entropy(1, real_logits) + cross_entropy(0, fake_logits), cross_entropy(0, fake_logits)

    @staticmethod
    def wrong_d_never_meets_a_fake(real_logits, fake_logits):
        return cross_entropy(1, real_logits), cross_entropy(1, fake_logits)

    @staticmethod
    def wrong_d_calls_everything_real(real_logits, fake_logits):
        return cross_entropy(1, real_logits) + cross_entropy(1, fake_logits), cross_entropy(1, fake_logits)

    @staticmethod
    def wrong_g_is_shown_real_points(real_logits, fake_logits):
        return cross_entropy(1, real_logits) + cross_entropy(0, fake_logits), cross_entropy(1, real_logits)

    @staticmethod
    def wrong_probabilities_for_logits(real_logits, fake_logits):
        real, fake = tf.sigmoid(real_logits), tf.sigmoid(fake_logits)
        return cross_entropy(1, real) + cross_entropy(0, fake), cross_entropy(1, fake)

    @staticmethod
    def examine(answer):
        real, fake = np.float32([[0.5], [-1.0], [2.0]]), np.float32([[-0.3], [1.2], [0.1]])

        def of(real_up=0.0, fake_up=0.0):
            told = answer(tf.constant(real + np.float32(real_up)), tf.constant(fake + np.float32(fake_up)))
            require(told is not None and told is not ..., BLANK)
            require(isinstance(told, tuple | list) and len(told) == 2, "Two losses are expected: (d_loss, g_loss).")
            require(not any(loss is None or loss is ... for loss in told), BLANK)
            return numbers([loss.numpy() if hasattr(loss, "numpy") else loss for loss in told], (2,))

        here = of()
        (d_by_real, g_by_real), (d_by_fake, g_by_fake) = of(real_up=0.01) - here, of(fake_up=0.01) - here
        require(
            abs(g_by_real) < 1e-7,
            "G's loss changes with the logits of real points. Did G make those?",
            "g_is_shown_real_points",
        )
        require(
            abs(d_by_fake) > 1e-7,
            "D's loss is the same whatever it thinks of the fakes. What keeps it honest?",
            "d_never_meets_a_fake",
        )
        require(
            d_by_fake > 0,
            "With this loss D gets better by taking fakes for real. Which label should fakes get?",
            "d_calls_everything_real",
        )
        require(d_by_real < 0, "With this loss D gets better by taking real points for fakes.")
        require(
            g_by_fake < 0,
            "Both players push the logits of the fakes down. Then who plays for the forger?",
            "both_call_fakes_fake",
        )
        wanted = np.mean(np.log1p(np.exp(-real))) + np.mean(np.log1p(np.exp(fake))), np.mean(np.log1p(np.exp(-fake)))
        require(
            near(here, wanted),
            "The directions are right, the values are not. What does the loss take: logits?",
            "probabilities_for_logits",
        )
        return "On a fake, D's loss rises with the logit and G's falls: on the same number they pull apart."


def _small():
    """Two tiny players, each with plain gradient descent, and a batch."""
    rng, networks = np.random.default_rng(3), []
    for inputs, outputs in ((2, 2), (2, 1)):
        network = keras.Sequential([keras.Input((inputs,)), keras.layers.Dense(3, "tanh"), keras.layers.Dense(outputs)])
        network.set_weights([rng.standard_normal(weight.shape, "float32") for weight in network.weights])
        networks.append(network)
    optimizers = [keras.optimizers.SGD(0.5) for _ in networks]
    for optimizer, network in zip(optimizers, networks, strict=True):
        optimizer.build(network.trainable_weights)
    batch = [tf.constant(rng.standard_normal((16, 2), "float32")) for _ in range(2)]
    return (*reversed(networks), *reversed(optimizers), *batch)


def _row(network):
    return np.concatenate([weight.numpy().ravel() for weight in network.trainable_weights])


def _slope(loss, network):
    """The slope of a loss with respect to a network's weights, in one row."""
    with tf.GradientTape() as tape:
        value = loss()
    return np.concatenate([slope.numpy().ravel() for slope in tape.gradient(value, network.trainable_weights)])


def _losses_of(discriminator, generator, real, z):
    fake_logits = discriminator(generator(z))
    d_loss = mm.losses.non_saturating_discriminator_loss(discriminator(real), fake_logits)
    return d_loss, mm.losses.non_saturating_generator_loss(fake_logits)


class AtOnce(Exercise):
    """Both players take a step at once, from one look at the fakes, and neither moves the other."""

    hint = "tf.GradientTape(persistent=True) may be asked twice. Ask for both slopes, then let both optimizers step."

    @staticmethod
    def solution(discriminator, generator, d_optimizer, g_optimizer, real, z):
        with tf.GradientTape(persistent=True) as tape:
            fake_logits = discriminator(generator(z))
            d_loss = mm.losses.non_saturating_discriminator_loss(discriminator(real), fake_logits)
            g_loss = mm.losses.non_saturating_generator_loss(fake_logits)
        d_slopes = tape.gradient(d_loss, discriminator.trainable_weights)
        g_slopes = tape.gradient(g_loss, generator.trainable_weights)
        d_optimizer.apply(d_slopes, discriminator.trainable_weights)
        g_optimizer.apply(g_slopes, generator.trainable_weights)

    @staticmethod
    def wrong_one_loss_moves_all(discriminator, generator, d_optimizer, g_optimizer, real, z):
        with tf.GradientTape(persistent=True) as tape:
            loss = sum(_losses_of(discriminator, generator, real, z))
        for optimizer, network in ((d_optimizer, discriminator), (g_optimizer, generator)):
            optimizer.apply(tape.gradient(loss, network.trainable_weights), network.trainable_weights)

    @staticmethod
    def wrong_one_after_the_other(discriminator, generator, d_optimizer, g_optimizer, real, z):
        for which, optimizer, network in ((0, d_optimizer, discriminator), (1, g_optimizer, generator)):
            with tf.GradientTape() as tape:
                loss = _losses_of(discriminator, generator, real, z)[which]
            optimizer.apply(tape.gradient(loss, network.trainable_weights), network.trainable_weights)

    @staticmethod
    def wrong_slope_cut_off(discriminator, generator, d_optimizer, g_optimizer, real, z):
        with tf.GradientTape() as tape:
            fake_logits = discriminator(tf.stop_gradient(generator(z)))
            d_loss = mm.losses.non_saturating_discriminator_loss(discriminator(real), fake_logits)
        d_optimizer.apply(tape.gradient(d_loss, discriminator.trainable_weights), discriminator.trainable_weights)

    @staticmethod
    def wrong_uphill(discriminator, generator, d_optimizer, g_optimizer, real, z):
        with tf.GradientTape(persistent=True) as tape:
            both = _losses_of(discriminator, generator, real, z)
        players = (both[0], d_optimizer, discriminator), (both[1], g_optimizer, generator)
        moves = [[-s for s in tape.gradient(loss, network.trainable_weights)] for loss, _, network in players]
        for move, (_, optimizer, network) in zip(moves, players, strict=True):
            optimizer.apply(move, network.trainable_weights)

    @staticmethod
    def examine(answer):
        discriminator, generator, d_optimizer, g_optimizer, real, z = _small()
        d_before, g_before = _row(discriminator), _row(generator)
        answer(discriminator, generator, d_optimizer, g_optimizer, real, z)
        d_moved, g_moved = _row(discriminator) - d_before, _row(generator) - g_before
        require(np.any(g_moved) or np.any(d_moved), "Not yet: neither player has moved.")
        fresh_discriminator, fresh_generator, *_ = _small()
        fresh = fresh_discriminator, fresh_generator, real, z
        d_slope = _slope(lambda: _losses_of(*fresh)[0], fresh_discriminator)
        g_slope = _slope(lambda: _losses_of(*fresh)[1], fresh_generator)
        require(np.isfinite([*g_moved, *d_moved]).all(), "There is a NaN or an infinity in the weights now.")
        require(
            np.any(g_moved), "G stood still. Does the slope of its loss reach its weights, through D?", "slope_cut_off"
        )
        require(np.any(d_moved), "D stood still. Whose slopes did its optimizer get?")
        require(not near(d_moved, 0.5 * d_slope), "D moved uphill: its loss is higher now. Whose sign is it?", "uphill")
        d_right = near(d_moved, -0.5 * d_slope)
        require(
            d_right,
            "D moved, but not where its own loss sends it. Does G's loss have a say over D's weights?",
            "one_loss_moves_all",
        )
        later = -0.5 * _slope(lambda: _losses_of(discriminator, _back(generator, g_before), real, z)[1], generator)
        require(
            not near(g_moved, later),
            "G has answered a D that had already moved: that is in turns, not at once.",
            "one_after_the_other",
        )
        require(near(g_moved, -0.5 * g_slope), "G moved, but not where its own loss sends it.")
        return "Each slope reached its own player, and both were taken where both stood: the package's gan_step."


def _back(network, row):
    """The network with weights from a row."""
    parts = np.split(row, np.cumsum([weight.size for weight in network.get_weights()])[:-1])
    network.set_weights([part.reshape(weight.shape) for part, weight in zip(parts, network.weights, strict=True)])
    return network


CLAIMS = "more turns of D help", "more turns of D harm", "no difference shown"


class Rhythm(Exercise):
    """An experiment on the rhythm of the turns: fair, repeated, and with a claim that its results bear."""

    reports = True
    hint = (
        "Two rhythms, three seeds or more, the same for both; then compare the worst of one with the best of the other."
    )
    solution = (
        {(1, 1, 300, 0): 0.3, (1, 1, 300, 1): 0.36, (1, 1, 300, 2): 0.36,
         (5, 1, 100, 0): 0.24, (5, 1, 100, 1): 0.22, (5, 1, 100, 2): 0.28},
        "more turns of D harm",
    )  # fmt: skip
    wrong_one_seed = {(1, 1, 200, 0): 0.18, (5, 1, 200, 0): 0.45}, "more turns of D help"
    wrong_unequal_practice = (
        {(1, 1, 100, 0): 0.1, (1, 1, 100, 1): 0.11, (1, 1, 100, 2): 0.1,
         (5, 1, 400, 0): 0.5, (5, 1, 400, 1): 0.52, (5, 1, 400, 2): 0.5},
        "more turns of D help",
    )  # fmt: skip
    wrong_lucky_seeds = (
        {(1, 1, 200, 0): 0.18, (1, 1, 200, 1): 0.12, (1, 1, 200, 2): 0.16,
         (5, 1, 200, 7): 0.45, (5, 1, 200, 8): 0.42, (5, 1, 200, 9): 0.3},
        "more turns of D help",
    )  # fmt: skip
    wrong_noise_taken_for_news = (
        {(1, 1, 200, 0): 0.45, (1, 1, 200, 1): 0.3, (1, 1, 200, 2): 0.21,
         (2, 1, 200, 0): 0.41, (2, 1, 200, 1): 0.35, (2, 1, 200, 2): 0.4},
        "more turns of D help",
    )  # fmt: skip
    wrong_claim_against_the_results = solution[0], "more turns of D help"

    @staticmethod
    def examine(answer):
        require(isinstance(answer, tuple) and len(answer) == 2, "Hand over the games and the claim: (games, claim).")
        games, claim = answer
        require(claim is not None and claim is not ..., BLANK)
        require(isinstance(claim, str) and claim in CLAIMS, f"The claim is one of: {'; '.join(CLAIMS)}.")
        rhythms = _by_rhythm(games)
        require(len(rhythms) == 2, f"Compare two rhythms, no more and no less. You have {len(rhythms)}.")
        few, many = (rhythms[rhythm] for rhythm in sorted(rhythms, key=lambda turns: turns[0] / turns[1]))
        require(
            min(len(few), len(many)) >= 3,
            "One game is an anecdote. How much do games of other seeds differ?",
            "one_seed",
        )
        require(
            set(few) == set(many),
            "Other seeds for one side: was it the rhythm, or chance?",
            "lucky_seeds",
        )
        equal = _fair([(rhythm, rounds) for rhythm, results in rhythms.items() for rounds, _ in results.values()])
        low, high = ([share for _, share in results.values()] for results in (few, many))
        shown = CLAIMS[0] if min(high) > max(low) else CLAIMS[1] if max(high) < min(low) else CLAIMS[2]
        require(
            shown != CLAIMS[2] or claim == shown,
            "The best of the one lies above the worst of the other. Is that news?",
            "noise_taken_for_news",
        )
        require(
            shown == claim,
            "Your claim and your results disagree. Which side's shares are higher?",
            "claim_against_the_results",
        )
        found = f"{np.mean(low):.0%} with fewer turns of D, {np.mean(high):.0%} with more, on average"
        return f"Repeated, and fair by {equal}: {found}. Would it hold with the other kind of fairness?"


def _by_rhythm(games):
    """{(D's turns, G's turns): {seed: (rounds, share)}}"""
    require(isinstance(games, dict), "The games are a dictionary: {(D's turns, G's turns, rounds, seed): share}.")
    rhythms = {}
    for key, share in games.items():
        whole = isinstance(key, tuple) and len(key) == 4 and all(isinstance(number, int) for number in key)
        require(whole and min(key[:3]) > 0, "A game's key is (D's turns, G's turns, rounds, seed), whole numbers.")
        require(0 <= float(numbers(share, ())) <= 1, "A share lies between 0 and 1.")
        rhythms.setdefault(key[:2], {})[key[3]] = key[2], float(share)
    return rhythms


def _fair(games):
    """Equal practice for both sides: as many turns of G, or as many turns in all. Returns which, in words."""
    of_g = {rounds * g_turns for (_, g_turns), rounds in games}
    in_all = {rounds * (d_turns + g_turns) for (d_turns, g_turns), rounds in games}
    unfair = "One side had more practice: neither G's turns nor the turns in all are equal. Who profits from that?"
    require(len(of_g) == 1 or len(in_all) == 1, unfair, "unequal_practice")
    return "equal turns of G" if len(of_g) == 1 else "equal turns in all"
