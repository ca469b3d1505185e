"""Reminders of what is due: once for each need, and never too many."""
