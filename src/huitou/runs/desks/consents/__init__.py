"""Consent and the rules of sending, as staff, programs and customers see them."""
