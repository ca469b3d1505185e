"""Forgetting somebody: what is personal in each table of the books, and how it is taken out."""
