"""A run of a million: what is over is found without looking at what is not."""

import sqlalchemy as sa
from alembic import op

revision = "main_0013"
down_revision = "main_0012"
branch_labels = None
depends_on = None

_WAITS = "outcome = 'waiting'"


def upgrade() -> None:
    """Add an index; what is there stays as it is."""
    op.create_index(
        "deliveries_useful",
        "deliveries",
        ["run_id", "expires_at_ms"],
        sqlite_where=sa.text(_WAITS),
        postgresql_where=sa.text(_WAITS),
    )
