"""What Alembic runs around each migration: the caller's connection, the caller's tables."""

from __future__ import annotations

from alembic import context

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=context.config.attributes["tables"],
    render_as_batch=True,
    compare_type=True,
    user_module_prefix="",
)
context.run_migrations()
