"""Journeys as data: what a merchant writes down, and how a person walks through it."""
