"""The technique of keeping: engines, tables, migrations. No rule of the product stands here."""

# So that whoever looks at the tables sees all of them.
from storage.db import alert_tables as _alert_tables  # noqa: F401
from storage.db import broadcast_tables as _broadcast_tables  # noqa: F401
from storage.db import count_tables as _count_tables  # noqa: F401
from storage.db import ledger_tables as _ledger_tables  # noqa: F401
from storage.db import node_tables as _node_tables  # noqa: F401
from storage.db import policy_tables as _policy_tables  # noqa: F401
from storage.db import retirement_tables as _retirement_tables  # noqa: F401
from storage.db import telling_tables as _telling_tables  # noqa: F401
