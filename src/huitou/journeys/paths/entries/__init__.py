"""Letting people into journeys, each once for each reason there is."""
