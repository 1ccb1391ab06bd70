"""What the data module decides from values in hand."""
