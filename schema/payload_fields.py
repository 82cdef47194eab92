"""Fields of payloads that are read from the outcome of a rule: values, ids, and objects by their keys.

The fast path of mutations answers them without default execution, see `schema.execution.mutations`.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Optional, Protocol, TypeVar, cast

import strawberry

from schema import global_ids
from schema.compiler.declarations import entity_of
from schema.compiler.fields import lazy_type
from schema.execution.context import Context
from schema.execution.graphql_internals import CustomField, ResolveInfo
from schema.inputs import Declaration

T = TypeVar("T")


class HasValues(Protocol):
    """The source of these fields: a payload, or another object that a rule computed, such as a draft."""

    @property
    def values(self) -> object: ...


class ValuesField(CustomField):
    """A field that is read from attributes of `source.values`."""

    key_names: tuple[str, ...] = ()
    """The names of these attributes. If they are the key of several objects, the last one is a list."""
    is_list = False

    def keys(self, values: object) -> list[Any] | None:
        """The values of these attributes. None if one is missing or null: then there is no object."""
        keys = [getattr(values, name, None) for name in self.key_names]
        return None if any(key is None for key in keys) else keys


class ObjectField(ValuesField):
    """Objects that are read from the database by their keys: as they are now, with the fields that are selected now."""

    target: str
    columns: tuple[str, ...] | None

    def value(self, source: HasValues, info: ResolveInfo) -> Any:
        keys = self.keys(source.values)
        if keys is None:
            return [] if self.is_list else None
        context: Context = info.context
        if self.is_list:
            *shared, last = keys
            return context.read_objects(info, entity_of(self.target), shared, last)
        return context.read_object(info, entity_of(self.target), keys, self.columns)


class OutcomeField(ValuesField):
    """A value of the outcome, for instance a count; `if_refused` if the mutation was refused."""

    if_refused: object

    def value(self, source: HasValues, info: ResolveInfo) -> object:
        return self.value_from(source.values)

    def value_from(self, values: object) -> object:
        """The value of the field."""
        (name,) = self.key_names or (self.python_name,)
        return getattr(values, name, self.if_refused)


class IdField(OutcomeField):
    """Global ids, also of objects that no longer exist."""

    target: str

    def value_from(self, values: object) -> object:
        """The id or the list of ids; null or empty if the mutation was refused."""
        keys, entity = self.keys(values), entity_of(self.target)
        if keys is None or not self.is_list:
            return self.if_refused if keys is None else global_ids.encode(entity, *keys)
        *shared, last = keys
        return [global_ids.encode(entity, *shared, each) for each in last]


def object_field(
    target: str, description: str, *key_names: str, columns: Sequence[str] | None = None, alias: str | None = None
) -> Declaration:
    """An object whose key the outcome has under these names: the primary key, or the key made of `columns`. `alias` is
    the GraphQL name, where Python does not allow it as the name of the attribute.
    """
    return _object_field(target, description, key_names, columns, alias=alias)


def object_list(target: str, description: str, *key_names: str) -> Declaration:
    """Objects whose keys the outcome has under these names; the last name holds a list."""
    return _object_field(target, description, key_names, None, is_list=True)


def _object_field(
    target: str,
    description: str,
    key_names: Sequence[str],
    columns: Sequence[str] | None,
    *,
    is_list: bool = False,
    alias: str | None = None,
) -> Declaration:
    type_ = lazy_type(target)
    annotation = list[type_] if is_list else Optional[type_]  # type: ignore[valid-type]  # built at run time
    made = ObjectField.declare(description, annotation, alias)
    made.target, made.columns = target, None if columns is None else tuple(columns)
    made.key_names, made.is_list = tuple(key_names), is_list
    return made


def outcome_field(description: str, if_refused: object = 0, *, name: str | None = None) -> Declaration:
    """The attribute of the outcome that has this name, by default the name of the field."""
    made = OutcomeField.declare(description)
    made.if_refused, made.key_names = if_refused, () if name is None else (name,)
    return made


def id_field(target: str, description: str, *key_names: str) -> Declaration:
    """The global id of the object whose key the outcome has under these names; null if the mutation was refused."""
    return _id_field(target, description, key_names, Optional[strawberry.ID], None)


def id_list(target: str, description: str, *key_names: str) -> Declaration:
    """The global ids of the objects whose keys the outcome has under these names; the last name holds a list. Empty if
    the mutation was refused.
    """
    return _id_field(target, description, key_names, list[strawberry.ID], [], is_list=True)


def _id_field(
    target: str,
    description: str,
    key_names: Sequence[str],
    annotation: object,
    if_refused: object,
    *,
    is_list: bool = False,
) -> Declaration:
    made = IdField.declare(description, annotation)
    made.target, made.if_refused = target, if_refused
    made.key_names, made.is_list = tuple(key_names), is_list
    return made


def entity_source(type_: type[T], values: Mapping[str, object]) -> T:
    """The source of an object of an entity type whose columns have these values, although no such row is stored."""
    return cast(T, {**values, "__entity__": type_.__name__})
