"""Global ids: the prefix of the type and the key, for instance `con_17`. Clients should not parse them."""

import re

from schema.compiler.declarations import ENTITIES, Entity

_ID = re.compile(r"([a-z]{3})_([0-9]{1,10}(?:_[0-9]{1,10})*)")


def decode(global_id: str) -> tuple[Entity, list[int]] | None:
    """The type and the key in a global id; None if it is not one."""
    match = _ID.fullmatch(global_id)
    entity = next((known for known in ENTITIES.values() if match and known.prefix == match[1]), None)
    if match is None or entity is None:
        return None
    keys = [int(part) for part in match[2].split("_")]
    if len(keys) != len(entity.key) or any(key >= 2**31 for key in keys):
        return None
    return entity, keys


def key_of(entity: Entity, global_id: str) -> int | None:
    """The key of an object of this type; None if the id is not one of this type."""
    found = decode(global_id)
    return found[1][0] if found is not None and found[0] is entity else None


def encode(entity: Entity, *keys: int) -> str:
    """The global id of the object with this key."""
    return "_".join((entity.prefix or "", *map(str, keys)))
