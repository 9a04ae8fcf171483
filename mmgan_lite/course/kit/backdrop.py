"""A figure of which a part moves: axes, ticks and words are drawn once, and the moving part over them each time."""

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg

from mmgan_lite import plots


class Backdrop:
    """A figure, drawn once; what moves in it follows a hand several times as fast as the whole would.

    Args:
        fig: A Figure. Of its artists those made with `animated=True` move: they are left out now, and drawn by `png`.
            Its limits must stay as they are.
        dpi: Pixels an inch.
    """

    def __init__(self, fig, dpi=80):
        fig.set_dpi(dpi)
        self.fig, self._canvas = fig, FigureCanvasAgg(fig)
        with plots.DRAWING:  # fonts are shared by all figures
            self._canvas.draw()
            self._still = self._canvas.copy_from_bbox(fig.bbox)

    def png(self):
        """The figure as it stands, as the bytes of a PNG file."""
        moving = [(ax, artist) for ax in self.fig.axes for artist in ax.get_children() if artist.get_animated()]
        with plots.DRAWING:
            self._canvas.restore_region(self._still)
            for ax, artist in moving:
                ax.draw_artist(artist)
            pixels = np.array(self._canvas.buffer_rgba())[..., :3]
        return plots.png_of(pixels, compress_level=1)
