"""What care must show, measured: one module a slice, each with `rows()`."""
