"""Exoduses planted in public shops: how many are found, and how often a quiet week alarms."""
