"""What sources are measured by: one file a room, each with `rows()` as in `tools.bench_care`."""
