"""Facts of ten million customers."""
