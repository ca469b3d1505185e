"""What care is measured by: one file a room, each with `rows()`.

A row is `{name, value, unit, peer, ratio, bar, holds}`: what was measured, in what, what a plain
other way reaches in the same run, their ratio, the bar, and whether it holds (None: no bar).
"""
