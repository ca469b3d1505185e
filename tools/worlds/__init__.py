"""Worlds with a known truth: real customers, invented effects. They judge; they import no judged.

Nothing here imports `huitou`: what is judged must not have made its own judge. A test reads every
import. The story: `people` (who they really were) → `nature` (what acts do to them, invented) →
`world` (what an experiment there would show, and what the best plan would gain).
"""
