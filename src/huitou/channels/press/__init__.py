"""Paper that is set in type: the owner's report as a PDF."""

from huitou.channels.press.printing import printed

__all__ = ["printed"]
