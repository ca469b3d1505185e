"""Letting people into journeys and moving them on: each minute, and with each new day."""
