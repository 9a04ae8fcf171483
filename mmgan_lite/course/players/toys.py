"""Toys: points in the plane or on a line whose true distribution is known, so that a generator can be held against it.

Source: the ring and the grid of Gaussians are those of Srivastava et al. 2017 (VEEGAN), section 4.1.
"""

import numpy as np

SPREAD = 0.05  # standard deviation of each mode


def ring(n, seed=0, num_modes=8, spread=SPREAD):
    """Points around `num_modes` places on the unit circle.

    Args:
        n: Number of points.
        seed: int; the same seed gives the same points.
        num_modes: Places, evenly spaced; the first lies to the right.
        spread: Standard deviation around each.

    Returns:
        float32 (n, 2).
    """
    return blobs(n, ring_modes(num_modes), seed, spread)


def ring_modes(num_modes=8):
    """The centres of `ring`, float32 (num_modes, 2)."""
    angles = 2 * np.pi * np.arange(num_modes) / num_modes
    return np.stack([np.cos(angles), np.sin(angles)], 1).astype("float32")


def grid(n, seed=0, side=5, spread=SPREAD):
    """Points around a square lattice of `side` × `side` places in [-1, 1]², float32 (n, 2); see `ring`."""
    return blobs(n, grid_modes(side), seed, spread)


def grid_modes(side=5):
    """The centres of `grid`, float32 (side², 2)."""
    line = np.linspace(-1, 1, side)
    return np.stack(np.meshgrid(line, line), -1).reshape(-1, 2).astype("float32")


def moons(n, seed=0, spread=SPREAD):
    """Two half circles that reach into one another: connected, and far from any Gaussian. float32 (n, 2)."""
    rng = np.random.default_rng(seed)
    angle, upper = np.pi * rng.random(n), rng.integers(2, size=n)
    return (_on_moons(angle, upper) + spread * rng.standard_normal((n, 2))).astype("float32")


def moons_modes(num_modes=16):
    """Places along both half circles of `moons`, evenly spaced; float32 (num_modes, 2)."""
    upper = np.arange(num_modes) % 2
    angle = np.pi * (np.arange(num_modes) // 2 + 0.5) / ((num_modes + 1) // 2)
    return _on_moons(angle, upper).astype("float32")


def _on_moons(angle, upper):
    half_circle = np.stack([np.cos(angle), np.sin(angle)], 1)  # (n, 2)
    return 0.75 * np.where(upper[:, None], half_circle - [0.5, 0.25], [0.5, 0.25] - half_circle)


def blobs(n, modes, seed=0, spread=SPREAD):
    """Points around given places, each place as likely as the others.

    Args:
        n: Number of points.
        modes: float (num_modes, dim), the places; a line is dim 1.
        seed: int.
        spread: Standard deviation around each.

    Returns:
        float32 (n, dim).

    Raises:
        ValueError: if `modes` is empty or not (num_modes, dim).
    """
    modes = np.asarray(modes, "float32")
    if modes.ndim != 2 or not len(modes):
        raise ValueError(f"modes must be places, (num_modes, dim), at least one. Received: shape={modes.shape}")
    rng = np.random.default_rng(seed)
    points = modes[rng.integers(len(modes), size=n)]
    return points + spread * rng.standard_normal(points.shape, "float32")
