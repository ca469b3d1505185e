"""A customer's life in stages: their codes, and what people call them."""

from __future__ import annotations

from collections.abc import Mapping

from huitou.ground.words import Sentence, said

STAGE_NAMES: Mapping[str, Sentence] = {
    "new": said("New"),
    "active": said("Active"),
    "loyal": said("Loyal"),
    "returned": said("Returned"),
    "slipping": said("Slipping"),
    "lost": said("Lost"),
}
"""In the order in which people look at them: from those who are safe to those who are gone."""

STAGES = ("new", "active", "loyal", "slipping", "lost", "returned")
"""As tables and reckonings list them: those who came back are the last."""
