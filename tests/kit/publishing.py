"""Publishes versions of the notice without a page or an admin."""

from storage import Store
from storage.policies import NewVersion


async def publish(store: Store, *purposes: str, after: int = 0, now_ms: int = 0) -> None:
    """Publish a version that names these purposes, in force at once."""
    new = NewVersion(
        words_hash=b"w" * 32,
        facts={"purposes": [{"id": one} for one in purposes]},
        texts={"en": "What we keep."},
        published_by="A-1",
        in_force_from_ms=now_ms,
    )
    async with store.write() as tx:
        await store.policies.publish(tx, new, after=after, now_ms=now_ms)
