"""Many companies in one Carnet: where they are, and the applications that serve them."""
