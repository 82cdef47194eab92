"""What each role may do with a field of the API, and whether only with the user's own interactions and contacts."""

from collections.abc import Set
from dataclasses import dataclass
from enum import StrEnum

from persistence.enums import Role

ADMIN_ONLY = frozenset({Role.ADMIN})


class Scope(StrEnum):
    """How much a role may do with a field."""

    EVERYTHING = "yes"
    OWN = "own"
    NOTHING = "–"


@dataclass(frozen=True)
class Access:
    """What the roles may do with a field. A user with several roles may do what any of them may."""

    reader: Scope
    salesperson: Scope
    marketer: Scope
    admin: Scope = Scope.EVERYTHING

    def of(self, role: Role) -> Scope:
        """What a role may do."""
        scope: Scope = getattr(self, role.name.lower())
        return scope

    def allows(self, roles: Set[Role]) -> bool:
        """Whether one of the roles may use the field at all."""
        return any(self.of(role) is not Scope.NOTHING for role in roles)

    @property
    def roles(self) -> list[Role]:
        """The roles that may use the field, from the one that may do least."""
        return [role for role in Role if self.of(role) is not Scope.NOTHING]


READS = Access(Scope.EVERYTHING, Scope.EVERYTHING, Scope.EVERYTHING)
"""A query whose rows everybody sees."""

READS_OWN = Access(Scope.EVERYTHING, Scope.OWN, Scope.EVERYTHING)
"""A query of which salespeople see their own rows."""

CREATES = Access(Scope.NOTHING, Scope.EVERYTHING, Scope.EVERYTHING)
"""A mutation that salespeople may use without restriction."""

CHANGES_OWN = Access(Scope.NOTHING, Scope.OWN, Scope.EVERYTHING)
"""A mutation that salespeople may use for their own interactions and contacts."""

OWN_OR_ADMIN = Access(Scope.NOTHING, Scope.OWN, Scope.NOTHING)
"""A mutation that salespeople may use for themselves, and only administrators for others."""

MARKETING = Access(Scope.NOTHING, Scope.NOTHING, Scope.EVERYTHING)
"""A mutation of marketers."""

ADMINISTRATION = Access(Scope.NOTHING, Scope.NOTHING, Scope.NOTHING)
"""A query or mutation of administrators."""

NOBODY = Access(Scope.NOTHING, Scope.NOTHING, Scope.NOTHING, Scope.NOTHING)
"""A query or mutation that does not declare who may use it."""


def reads_own_only(roles: Set[Role]) -> bool:
    """Whether a user with these roles sees only their own interactions."""
    return Role.SALESPERSON in roles and len(roles) == 1


def changes_own_only(roles: Set[Role]) -> bool:
    """Whether a user with these roles changes only their own interactions and contacts."""
    return not roles & {Role.MARKETER, Role.ADMIN}


def needs_salesperson(roles: Set[Role]) -> bool:
    """Whether users with these roles are restricted to a salesperson, and so must have one."""
    return Role.SALESPERSON in roles and changes_own_only(roles)


class Forbidden(Exception):
    """The user's roles do not allow what they asked for. Nothing was changed. Clients get the message with the code
    FORBIDDEN.
    """
