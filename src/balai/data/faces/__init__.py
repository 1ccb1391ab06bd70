"""The faces of One Data: what other systems already speak, over the same reads and changes."""
