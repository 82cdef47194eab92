"""Creating, changing, deleting and replaying webhooks (R-HOOK-1)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypedDict

from sqlalchemy import delete as delete_rows
from sqlalchemy import func, select, update

from persistence.change_feed.items import START, last_complete_no, last_numbers
from persistence.columns import table_of
from persistence.enums import ChangedType, WebhookDisabledReason
from persistence.sql.folding import stored_text
from persistence.webhooks import Webhook, WebhookDelivery
from resolvers import change_marks
from resolvers.errors import ID, Invalid, NotFound, Refusal, Refused, TooMany, UserErrorCode, refuse_any
from resolvers.webhooks import addresses
from resolvers.webhooks.delivering import pending_of
from resolvers.webhooks.options import WebhookOptions
from resolvers.webhooks.secrets import new_secret
from resolvers.work import Work, check_texts, record_name

WEBHOOKS, DELIVERIES = table_of(Webhook), table_of(WebhookDelivery)
MAX_WEBHOOKS = 50


@dataclass(frozen=True)
class WebhookCreated:
    """A new webhook, and its secret as it is stored."""

    id: int
    stored_secret: str


@dataclass(frozen=True)
class WebhookChanged:
    """A webhook that was changed, replayed or deleted."""

    id: int


class WebhookFields(TypedDict, total=False):
    """The fields of a webhook. Absent fields are not changed; null clears a field."""

    url: str | None
    types: list[ChangedType] | None
    description: str | None
    enabled: bool | None


class TooManyWebhooks(TooMany):
    """There are as many webhooks as there may be."""

    english = "There are {maximum} webhooks already, the maximum. Delete one that is no longer used."
    french = "Il y a déjà {maximum} webhooks, le maximum. Supprimez-en un qui ne sert plus."


class UrlRequired(Refusal):
    """Null was given as the URL."""

    code = UserErrorCode.INVALID
    english = "A webhook needs a URL. Give one, or omit the field to keep the URL."
    french = "Un webhook a besoin d’une URL. Donnez-en une, ou omettez le champ pour garder l’URL."


class ChangesExpired(Refusal):
    """A webhook cannot continue, because changes that it has not sent are no longer kept (R-FEED-4)."""

    code = UserErrorCode.INVALID
    english = (
        "Changes that this webhook has not sent yet are no longer kept, so its receiver would miss them. Read "
        "everything anew, then use replayWebhook to continue after a cursor of changeFeed, then enable it."
    )
    french = (
        "Des modifications que ce webhook n’a pas encore envoyées ne sont plus conservées; son destinataire les "
        "manquerait. Relisez tout, puis utilisez replayWebhook pour continuer après un curseur de changeFeed, puis "
        "activez-le."
    )


class SecretEncrypted(Refusal):
    """The secret of a webhook was encrypted with a key that the server no longer has (R-HOOK-4)."""

    code = UserErrorCode.INVALID
    english = (
        "The secret of webhook {id} was encrypted with another CARNET_WEBHOOK_KEY, so the server cannot read it. Set "
        "that key again and restart the server, or delete the webhook and create a new one."
    )
    french = (
        "Le secret du webhook {id} a été chiffré avec une autre CARNET_WEBHOOK_KEY; le serveur ne peut pas le lire. "
        "Remettez cette clé et redémarrez le serveur, ou supprimez le webhook et créez-en un nouveau."
    )


class CursorTooOld(Refusal):
    """A webhook cannot be replayed from a cursor after which changes are no longer kept (R-FEED-4)."""

    code = UserErrorCode.INVALID
    english = "The changes after this cursor are no longer kept. Give a newer cursor of changeFeed."
    french = "Les modifications après ce curseur ne sont plus conservées. Donnez un curseur plus récent de changeFeed."


class CursorInFuture(Refusal):
    """A webhook cannot be replayed from a cursor that no change has yet."""

    code = UserErrorCode.INVALID
    english = "No change has this cursor. Give the cursor of a change or an endCursor of changeFeed."
    french = "Aucune modification n’a ce curseur. Donnez celui d’une modification ou un endCursor de changeFeed."


def create(work: Work, options: WebhookOptions, fields: WebhookFields) -> WebhookCreated:
    """Create a webhook. It gets the changes that are made from now on."""
    columns, refusals = _columns(options, {"url": None, **fields})
    if (work.session.scalar(select(func.count()).select_from(WEBHOOKS)) or 0) >= MAX_WEBHOOKS:
        refusals.append(TooManyWebhooks(maximum=MAX_WEBHOOKS))
    refuse_any(refusals)
    stored = options.secrets.stored(new_secret())
    webhook = Webhook(
        url="", stored_secret=stored, created_at=work.now, user_id=work.user.id, position=last_complete_no(work.session)
    ).sqlmodel_update(columns)
    work.session.add(webhook)
    work.session.flush()
    return WebhookCreated(_key(webhook), stored)


def update_webhook(
    work: Work, options: WebhookOptions, id: int | None, given: str, fields: WebhookFields
) -> WebhookChanged:
    """Change fields of a webhook. One that is enabled again first sends what it has not sent yet, as if it had
    never tried."""
    webhook = _locked(work, id, given)
    columns, refusals = _columns(options, fields)
    enabled = fields.get("enabled")
    if enabled and not webhook.enabled:
        if _oldest(work, webhook) <= _deleted_up_to(work):
            refusals.append(ChangesExpired("enabled"))
        if not options.secrets.can_read(webhook.stored_secret):
            refusals.append(SecretEncrypted("enabled", id=given))
    refuse_any(refusals)
    if enabled is not None and enabled != webhook.enabled:
        if enabled:
            _retry_now(work, webhook)
        columns |= {
            "enabled": enabled,
            "disabled_at": None if enabled else work.now,
            "disabled_reason": None if enabled else WebhookDisabledReason.USER,
        }
    webhook.sqlmodel_update(columns)
    return WebhookChanged(_key(webhook))


def delete(work: Work, id: int | None, given: str) -> WebhookChanged:
    """Delete a webhook and its deliveries. Nothing more is sent to it, except what is being sent now."""
    webhook = _locked(work, id, given)
    work.write(delete_rows(DELIVERIES).where(DELIVERIES.c.webhook_id == webhook.id))
    work.write(delete_rows(WEBHOOKS).where(WEBHOOKS.c.id == webhook.id))
    return WebhookChanged(_key(webhook))


def replay(work: Work, id: int | None, given: str, after: int, mark: int | None = None) -> WebhookChanged:
    """Continue after this number of the change feed, wherever the webhook was: pending deliveries are dropped, and
    later changes are sent again (R-HOOK-5). Refused if the number has another mark (R-FEED-6).
    """
    webhook = _locked(work, id, given)
    if after < _deleted_up_to(work):
        raise Refused(CursorTooOld("after"))
    if after > last_numbers(work.session)[1] or not change_marks.is_of_this_history(work, after, mark):
        raise Refused(CursorInFuture("after"))
    work.write(delete_rows(DELIVERIES).where(*pending_of(_key(webhook))))
    webhook.position, webhook.paused_until = after, None
    webhook.run += 1
    return WebhookChanged(_key(webhook))


def _columns(options: WebhookOptions, fields: WebhookFields) -> tuple[dict[str, object], list[Refusal]]:
    """The columns for the given fields, and what is wrong with them."""
    columns: dict[str, object] = {}
    refusals: list[Refusal] = []
    if "url" in fields:
        columns["url"] = url = (fields["url"] or "").strip()
        problem = addresses.problem_of(url, allow_private=options.allow_private) if url else None
        if problem is not None:
            refusals.append(Invalid("url", english=problem.english, french=problem.french))
        if not url:
            refusals.append(UrlRequired("url"))
    if "description" in fields:
        columns["description"] = stored_text(fields["description"])
    if "types" in fields:
        columns["types"] = _types(fields["types"], refusals)
    return columns, [*refusals, *check_texts(Webhook, columns)]


def _types(given: Sequence[ChangedType] | None, refusals: list[Refusal]) -> list[str] | None:
    """The types in the order of the enumeration; null for all."""
    if given is None:
        return None
    if not given:
        refusals.append(
            Invalid(
                "types",
                english="A webhook without types would get no changes. Give at least one, or null for all types.",
                french="Un webhook sans types ne recevrait rien. Donnez-en au moins un, ou null pour tous les types.",
            )
        )
    return [type_.value for type_ in ChangedType if type_ in given]


def _locked(work: Work, id: int | None, given: str) -> Webhook:
    """The webhook with this key, locked until the transaction ends. `id` is None if `given`, the id that the client
    gave, is not that of a webhook.
    """
    webhook = None if id is None else work.find(Webhook, lock=True, id=id)
    if webhook is None:
        raise Refused(NotFound("id", what=record_name(Webhook), key=given, named_by=ID))
    return webhook


def _key(webhook: Webhook) -> int:
    assert webhook.id is not None
    return webhook.id


def _oldest(work: Work, webhook: Webhook) -> int:
    """The number of the first change that the webhook may still have to send."""
    first = work.session.scalar(select(func.min(DELIVERIES.c.item_no)).where(*pending_of(_key(webhook))))
    return webhook.position + 1 if first is None else first


def _deleted_up_to(work: Work) -> int:
    return int(work.session.scalars(select(START.c.deleted_up_to)).one())


def _retry_now(work: Work, webhook: Webhook) -> None:
    """Send pending changes at once, as if they had never been sent."""
    anew = {"attempts": 0, "first_attempt_at": None, "next_attempt_at": None}
    work.write(update(DELIVERIES).where(*pending_of(_key(webhook)), DELIVERIES.c.attempts > 0).values(anew))
    webhook.paused_until = None
    webhook.run += 1
