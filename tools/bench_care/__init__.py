"""Figures of issue 7, one file a slice: `rows()` prints what must show."""
