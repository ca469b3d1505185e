"""Consent: given and withdrawn per channel and purpose, with its proof."""
