"""Data: the embedded digits, your own pairs, captions, images and sounds, and batches of them."""
