"""Refusals that rules of several subjects use. A refusal of one rule only is defined beside that rule."""

from resolvers.errors import BlockedRefusal, Refusal, RequiredRefusal, UserErrorCode


class ContactRequired(RequiredRefusal):
    """An interaction that is to be logged does not have a contact (R-FIN-1)."""

    code = UserErrorCode.CONTACT_REQUIRED
    english = "An interaction needs a contact. Choose the contact that took part in it."
    french = "Une interaction a besoin d’un contact. Indiquez avec qui elle a eu lieu."


class TemplateRequired(RequiredRefusal):
    """An interaction that is to be logged does not have a template (R-FIN-2)."""

    code = UserErrorCode.TEMPLATE_REQUIRED
    english = (
        "An interaction needs an interaction template. Choose one; it fills in the cost, the duration and other fields."
    )
    french = (
        "Une interaction a besoin d’un modèle interaction. Choisissez-en un\u00a0: il remplit le coût, la "
        "durée et d’autres champs."
    )


class SalespersonRequired(RequiredRefusal):
    """An interaction that is to be logged does not have a salesperson (R-FIN-3)."""

    code = UserErrorCode.SALESPERSON_REQUIRED
    english = "An interaction needs a salesperson. Give the salesperson who is responsible for it."
    french = "Une interaction a besoin d’un représentant. Indiquez le représentant qui en est responsable."


class DateRequired(RequiredRefusal):
    """An interaction that is to be logged does not have a date (R-FIN-4)."""

    code = UserErrorCode.DATE_REQUIRED
    english = "An interaction needs a date. Give one, or omit the field to use today’s date."
    french = "Une interaction a besoin d’une date. Donnez-en une, ou omettez le champ pour prendre celle d’aujourd’hui."


class DescriptionRequired(RequiredRefusal):
    """An interaction that is to be logged does not have a description (R-FIN-5)."""

    code = UserErrorCode.DESCRIPTION_REQUIRED
    english = "An interaction needs a description. Give one."
    french = "Une interaction a besoin d’une description. Donnez-en une."


class DescriptionCleared(DescriptionRequired):
    """Null was given as the description, and the template would fill in `default` if it were omitted (R-FIN-5)."""

    english = "An interaction needs a description. Give one, or omit the field to use “{default}”."
    french = (
        "Une interaction a besoin d’une description. Donnez-en une, ou omettez le champ pour prendre "
        "«\u00a0{default}\u00a0»."
    )


class ContactNotFound(Refusal):
    code = UserErrorCode.CONTACT_NOT_FOUND
    english = "There is no contact {key}. Check the number, or search for the contact by name."
    french = "Le contact {key} n’existe pas. Vérifiez le numéro ou cherchez le contact par son nom."


class TemplateNotFound(Refusal):
    code = UserErrorCode.TEMPLATE_NOT_FOUND
    english = "There is no interaction template {key}. Choose one from the list of templates."
    french = "Le modèle interaction {key} n’existe pas. Choisissez-en un dans la liste des modèles."


class GroupNotFound(Refusal):
    code = UserErrorCode.GROUP_NOT_FOUND
    english = "There is no interaction group {key}. Choose one from the list of groups, or create it first."
    french = "Le groupe interaction {key} n’existe pas. Choisissez-en un dans la liste des groupes ou créez-le d’abord."


class SalespersonNotFound(Refusal):
    code = UserErrorCode.SALESPERSON_NOT_FOUND
    english = "There is no salesperson {key}. Choose one from the list of salespeople."
    french = "Le représentant {key} n’existe pas. Choisissez-en un dans la liste des représentants."


class CampaignNotFound(Refusal):
    code = UserErrorCode.CAMPAIGN_NOT_FOUND
    english = "There is no campaign {key}. Choose one from the list of campaigns."
    french = "La campagne {key} n’existe pas. Choisissez-en une dans la liste des campagnes."


class SegmentNotFound(Refusal):
    """No open segment has this number."""

    code = UserErrorCode.SEGMENT_NOT_FOUND
    english = "There is no open segment {no}. Check the number; if it was logged, query the logged segments."
    french = (
        "Le segment actif {no} n’existe pas. "
        "Vérifiez le numéro; s’il a été journalisé, cherchez parmi les segments journalisés."
    )


class ContactPrivacyBlocked(BlockedRefusal):
    """The contact of an interaction is blocked for privacy (R-CON-11, K10)."""

    code = UserErrorCode.CONTACT_PRIVACY_BLOCKED
    english = (
        "Contact {key} is blocked for privacy, so no new interactions can be recorded for it. "
        "Remove the block, or choose another contact."
    )
    french = (
        "Le contact {key} est bloqué pour des raisons de confidentialité; aucune nouvelle interaction ne peut être "
        "enregistrée pour lui. Levez le blocage ou choisissez un autre contact."
    )


class PostponedContactBlocked(ContactPrivacyBlocked):
    """The contact of a postponed interaction, which cannot be changed (K12), is blocked for privacy (R-CON-11)."""

    english = (
        "Contact {key} is blocked for privacy, so no new interactions can be recorded for it. "
        "Remove the block, or delete the postponed interaction."
    )
    french = (
        "Le contact {key} est bloqué pour des raisons de confidentialité; aucune nouvelle interaction ne peut être "
        "enregistrée pour lui. Levez le blocage ou supprimez l’interaction reportée."
    )


class TemplateBlocked(BlockedRefusal):
    """An interaction or a line names a blocked template (K10)."""

    code = UserErrorCode.TEMPLATE_BLOCKED
    english = "Interaction template {key} is blocked for new interactions. Choose another one."
    french = "Le modèle interaction {key} est bloqué pour les nouvelles interactions. Choisissez-en un autre."


class SalespersonBlocked(BlockedRefusal):
    """An interaction or a line names a blocked salesperson (K10)."""

    code = UserErrorCode.SALESPERSON_BLOCKED
    english = "Salesperson {key} is blocked for new interactions. Choose another one."
    french = "Le représentant {key} est bloqué pour les nouvelles interactions. Choisissez-en un autre."


class CampaignBlocked(BlockedRefusal):
    """An interaction or a line names a blocked campaign (K10)."""

    code = UserErrorCode.CAMPAIGN_BLOCKED
    english = "Campaign {key} is blocked for new interactions. Choose another one, or none."
    french = "La campagne {key} est bloquée pour les nouvelles interactions. Choisissez-en une autre, ou aucune."


class NumberSeriesNotFound(Refusal):
    code = UserErrorCode.NUMBER_SERIES_NOT_FOUND
    english = "There is no number series {key}. Create it first, or choose another one."
    french = "La souche de numéros {key} n’existe pas. Créez-la d’abord ou indiquez-en une autre."


class NumberSeriesMissing(Refusal):
    """The marketing setup names no number series in `setup_field`, a field of the API (R-NUM-1).

    `or_else` is additional advice, `, or …`; empty if there is none.
    """

    code = UserErrorCode.NUMBER_SERIES_MISSING
    english = "The marketing setup has no number series in {setup_field}. Set one there{or_else}."
    french = (
        "Les paramètres marketing n’indiquent aucune souche de numéros dans {setup_field}. Indiquez-en une{or_else}."
    )


class NumberSeriesNotAutomatic(Refusal):
    """A number is to be drawn from a series that allows only manual numbers (R-NUM-1).

    `or_else` is additional advice, `, or …`; empty if there is none.
    """

    code = UserErrorCode.NUMBER_SERIES_NOT_AUTOMATIC
    english = "Number series {key} does not assign numbers automatically. Allow default numbers (defaultNos){or_else}."
    french = (
        "La souche de numéros {key} n’attribue pas de numéros automatiquement. "
        "Autorisez ses numéros par défaut (defaultNos){or_else}."
    )


class NumberSeriesExhausted(Refusal):
    """The last number of the series is used (R-NUM-1)."""

    code = UserErrorCode.NUMBER_SERIES_EXHAUSTED
    english = (
        "Number series {key} has no numbers left. Raise its ending number, or add a line with new numbers that starts "
        "on {date} or before."
    )
    french = (
        "La souche de numéros {key} n’a plus de numéro libre. Augmentez son numéro de fin, ou ajoutez une ligne avec "
        "de nouveaux numéros qui commence au plus tard le {date}."
    )


class NumbersTooLong(NumberSeriesExhausted):
    """The line of the series has no ending number, but the next number would be too long for its column (R-NUM-1)."""

    english = (
        "The next number of number series {key} would be too long. Add a line with shorter numbers that starts on "
        "{date} or before."
    )
    french = (
        "Le prochain numéro de la souche de numéros {key} serait trop long. Ajoutez une ligne avec des numéros plus "
        "courts qui commence au plus tard le {date}."
    )


class ManualNoNotAllowed(Refusal):
    """A number is given that the series does not allow to give by hand (R-NUM-2).

    `or_else` is additional advice, `, or …`; empty if there is none.
    """

    code = UserErrorCode.MANUAL_NO_NOT_ALLOWED
    english = "Number series {key} does not allow manual numbers. Allow them (manualNos){or_else}."
    french = "La souche de numéros {key} n’accepte pas les numéros manuels. Autorisez-les (manualNos){or_else}."


class NotPostponed(Refusal):
    """The postponed interaction was finished or deleted, or never existed (R-RES-6, R-DELP)."""

    code = UserErrorCode.NOT_POSTPONED
    english = (
        "There is no postponed interaction {entry_no}: it was finished, was deleted, or never existed. "
        "Read the postponed interactions again."
    )
    french = (
        "L’interaction {entry_no} n’est pas reportée\u00a0: elle a été terminée ou supprimée, ou n’a jamais existé. "
        "Relisez les interactions reportées."
    )
