"""Machines that customers own: their serials, readings, services, and when they are worn out."""
