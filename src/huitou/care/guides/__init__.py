"""Guides to products: a page or a video behind a QR code, first steps, and who opened them."""
