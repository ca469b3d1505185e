"""Moving everybody whose time has come, in sets."""
