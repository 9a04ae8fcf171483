"""Multimodal VAEs of the package `multivae`, with the settings of its own examples (examples/*/mmnist.py, on_cub.py).

It needs PyTorch, and so a Python of its own: see requirements.txt. Of the kit it needs nothing.
"""

import contest
import numpy as np
import torch
from multivae.data.datasets.base import MultimodalBaseDataset
from multivae.models import MVTCAE, MMVAEPlus, MMVAEPlusConfig, MoPoE, MoPoEConfig, MVTCAEConfig
from multivae.models.base import BaseAEConfig, BaseDecoder, BaseEncoder, ModelOutput
from multivae.models.nn.cub import CubTextDecoderMLP
from multivae.models.nn.default_architectures import Encoder_VAE_MLP, Encoder_VAE_MLP_Style
from torch import nn

STYLE = 32  # numbers that MMVAE+ keeps for each modality alone


class ConvEncoder(BaseEncoder):
    """Three convolutions and a layer, as in the examples; with `style`, a second such tower for what is not shared."""

    def __init__(self, side, latent_dim, style=0):
        super().__init__()
        self.latent_dim, self.style_dim = latent_dim, style
        self.towers = nn.ModuleList(self._tower(side, size) for size in (latent_dim, style) if size)

    @staticmethod
    def _tower(side, size):
        flat, hidden = 128 * (-(-side // 8)) ** 2, 2 * size
        return nn.Sequential(
            nn.Conv2d(1, 32, 3, 2, 1), nn.ReLU(), nn.Conv2d(32, 64, 3, 2, 1), nn.ReLU(),
            nn.Conv2d(64, 128, 3, 2, 1), nn.ReLU(), nn.Flatten(), nn.Linear(flat, hidden), nn.ReLU(),
            nn.Linear(hidden, 2 * size),
        )  # fmt: skip

    def forward(self, x):
        output = {}
        for kind, tower in zip(("", "style_"), self.towers, strict=False):
            output[f"{kind}embedding"], output[f"{kind}log_covariance"] = tower(x).chunk(2, -1)
        return ModelOutput(**output)


class ConvDecoder(BaseDecoder):
    """The way back: a layer and three transposed convolutions."""

    def __init__(self, side, latent_dim):
        super().__init__()
        small, whole = -(-side // 8), side % 8 == 0  # 28: 4, 7, 14, 28; 32: 4, 8, 16, 32
        self.layers = nn.Sequential(
            nn.Linear(latent_dim, 128 * small**2), nn.ReLU(), nn.Unflatten(-1, (128, small, small)),
            nn.ConvTranspose2d(128, 64, 3, 2, 1, int(whole)), nn.ReLU(),
            nn.ConvTranspose2d(64, 32, 3, 2, 1, 1), nn.ReLU(), nn.ConvTranspose2d(32, 1, 3, 2, 1, 1),
        )  # fmt: skip

    def forward(self, z):
        return ModelOutput(reconstruction=self.layers(z))


def networks(sizes, latent_dim, style=0):
    """Encoders and decoders: the examples' convolutions for what has a picture, their plain layers for words."""
    seen = {name: size[-1] for name, size in sizes.items() if name != "text"}
    encoders = {name: ConvEncoder(side, latent_dim, style) for name, side in seen.items()}
    decoders = {name: ConvDecoder(side, latent_dim + style) for name, side in seen.items()}
    config = BaseAEConfig(input_dim=sizes["text"], latent_dim=latent_dim, style_dim=style)
    encoders["text"] = (Encoder_VAE_MLP_Style if style else Encoder_VAE_MLP)(config)
    decoders["text"] = CubTextDecoderMLP(BaseAEConfig(input_dim=sizes["text"], latent_dim=latent_dim + style))
    return encoders, decoders


def common(sizes, scale):
    """What all configurations say alike: a Laplace distribution of pixels, a categorical one of words."""
    seen = [name for name in sizes if name != "text"]
    return {
        "n_modalities": len(sizes), "input_dims": sizes,
        "decoders_dist": {name: "laplace" for name in seen} | {"text": "categorical"},
        "decoder_dist_params": {name: {"scale": scale} for name in seen},
    }  # fmt: skip


def build_mvtcae(sizes):
    """Hwang et al. 2021."""
    config = MVTCAEConfig(**common(sizes, 1.0), latent_dim=128, beta=2.5, alpha=5 / 6)
    return MVTCAE(config, *networks(sizes, 128))


def build_mmvae_plus(sizes):
    """Palumbo et al. 2023."""
    config = MMVAEPlusConfig(
        **common(sizes, 0.75), latent_dim=32, modalities_specific_dim=STYLE, K=1, beta=2.5, loss="iwae_looser",
        prior_and_posterior_dist="laplace_with_softmax", learn_shared_prior=False, learn_modality_prior=True,
    )  # fmt: skip
    return MMVAEPlus(config, *networks(sizes, 32, STYLE))


def build_mopoe(sizes):
    """Sutter et al. 2021."""
    return MoPoE(MoPoEConfig(**common(sizes, 0.75), latent_dim=512, beta=2.5), *networks(sizes, 512))


def train(build, batch_size, rows, seconds, seed, amsgrad=False):
    """See `contest.enter`."""
    torch.manual_seed(seed)
    words = int(rows["text"].max()) + 1
    sizes = {"image": (1, 28, 28), "speech": (1, 32, 32), "text": (rows["text"].shape[1], words)}
    model, steps = build(sizes), 0
    model.device = "cpu"
    optimizer = torch.optim.Adam(model.parameters(), 1e-3, amsgrad=amsgrad)
    for batch in contest.until(seconds, contest.batches(rows, batch_size, np.random.default_rng(seed))):
        optimizer.zero_grad()
        model(as_inputs(batch, sizes)).loss.backward()
        optimizer.step()
        steps += 1
    model.eval()

    @torch.no_grad()
    def answer(prompts, to, count, seed):
        torch.manual_seed(seed)
        np.random.seed(seed)  # MMVAE+ asks it which expert to hear
        if prompts:
            asked = {name: np.repeat(x, count, 0) for name, x in prompts.items()}
            latent = model.encode(as_inputs(asked, sizes), list(prompts))
        else:
            latent = model.generate_from_prior(count)
        made = model.decode(latent, list(to))
        return {name: as_samples(name, made[name].numpy(), count) for name in to}

    return answer, steps


def as_inputs(batch, sizes):
    """A batch as the models take it, pixels in [0, 1]; zeros stand for what is not given, which MoPoE wants to see."""
    number = next(len(x) for name, x in batch.items() if name in sizes)
    data = {name: torch.zeros(number, *size) for name, size in sizes.items()}
    for name in batch.keys() & sizes.keys():
        x = torch.from_numpy(batch[name])
        if name == "text":
            data[name] = nn.functional.one_hot(x, sizes["text"][1]).float()
        else:
            data[name] = (x.reshape(number, *sizes[name]) + 1) / 2
    return MultimodalBaseDataset(data)


def as_samples(name, made, count):
    """Means of what was decoded, the likeliest word at each place, as (n, count, …)."""
    if name == "text":
        return made.argmax(-1).reshape(-1, count, made.shape[1])
    side = made.shape[-1]
    return (2 * made - 1).reshape(-1, count, side, side, *[1] * (name == "image"))


CONTESTANTS = {
    "MVTCAE": lambda *args: train(build_mvtcae, 128, *args),
    "MMVAE+": lambda *args: train(build_mmvae_plus, 32, *args, amsgrad=True),
    "MoPoE": lambda *args: train(build_mopoe, 256, *args),
}

if __name__ == "__main__":
    contest.enter(CONTESTANTS)
