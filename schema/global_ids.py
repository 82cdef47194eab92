"""Global ids: a prefix that says the type, and its key. Opaque to clients."""

import re

from schema.compiler.declarations import ENTITIES, Entity

_ID = re.compile(r"([a-z]{3})_([0-9]{1,10}(?:_[0-9]{1,10})*)")


def read(global_id: str) -> tuple[Entity, list[int]] | None:
    """The type and key that an id stands for; nothing if it is none of ours."""
    match = _ID.fullmatch(global_id)
    entity = next((known for known in ENTITIES.values() if match and known.prefix == match[1]), None)
    if match is None or entity is None:
        return None
    keys = [int(part) for part in match[2].split("_")]
    if len(keys) != len(entity.key) or any(key >= 2**31 for key in keys):
        return None
    return entity, keys


def written(entity: Entity, *keys: int) -> str:
    """The id of the object with this key."""
    return "_".join((entity.prefix or "", *map(str, keys)))
