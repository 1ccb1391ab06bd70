"""The form of the style guide."""
