"""Figures of the rooms of care: each file has `rows()`."""
