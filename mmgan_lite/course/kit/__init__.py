"""What the widgets of all notebooks are made of."""
