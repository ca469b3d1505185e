"""What the models are measured by: one file a room, each with `rows()` as in `tools.bench_care`.

Peers are lifetimes and clvkit, in an environment of their own (`make bench-peers`).
"""
