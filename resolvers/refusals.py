"""Refusals that rules of several subjects use. A refusal of one rule only is defined beside that rule."""

from resolvers.errors import BlockedRefusal, Refusal, RequiredRefusal, UserErrorCode


class ContactRequired(RequiredRefusal):
    """R-FIN-1."""

    code = UserErrorCode.CONTACT_REQUIRED
    english = "An interaction needs a contact. Choose the contact that took part in it."
    french = "Une interaction a besoin d’un contact. Indiquez avec qui elle a eu lieu."


class TemplateRequired(RequiredRefusal):
    """R-FIN-2."""

    code = UserErrorCode.TEMPLATE_REQUIRED
    english = (
        "An interaction needs an interaction template. Choose one; it fills in the cost, the duration and other fields."
    )
    french = (
        "Une interaction a besoin d’un modèle interaction. Choisissez-en un\u00a0: il remplit le coût, la "
        "durée et d’autres champs."
    )


class SalespersonRequired(RequiredRefusal):
    """R-FIN-3."""

    code = UserErrorCode.SALESPERSON_REQUIRED
    english = "An interaction needs a salesperson. Give the salesperson who is responsible for it."
    french = "Une interaction a besoin d’un représentant. Indiquez le représentant qui en est responsable."


class DateRequired(RequiredRefusal):
    """R-FIN-4."""

    code = UserErrorCode.DATE_REQUIRED
    english = "An interaction needs a date. Give one, or omit the field to use today’s date."
    french = "Une interaction a besoin d’une date. Donnez-en une, ou omettez le champ pour prendre celle d’aujourd’hui."


class DescriptionRequired(RequiredRefusal):
    """R-FIN-5."""

    code = UserErrorCode.DESCRIPTION_REQUIRED
    english = "An interaction needs a description. Give one."
    french = "Une interaction a besoin d’une description. Donnez-en une."


class DescriptionCleared(DescriptionRequired):
    """R-FIN-5, if null was given and the template would fill in a description were the field omitted."""

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
    """R-CON-11, K10."""

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
    """R-CON-11, for a postponed interaction, whose contact cannot be changed (K12)."""

    english = (
        "Contact {key} is blocked for privacy, so no new interactions can be recorded for it. "
        "Remove the block, or delete the postponed interaction."
    )
    french = (
        "Le contact {key} est bloqué pour des raisons de confidentialité; aucune nouvelle interaction ne peut être "
        "enregistrée pour lui. Levez le blocage ou supprimez l’interaction reportée."
    )


class TemplateBlocked(BlockedRefusal):
    """K10."""

    code = UserErrorCode.TEMPLATE_BLOCKED
    english = "Interaction template {key} is blocked for new interactions. Choose another one."
    french = "Le modèle interaction {key} est bloqué pour les nouvelles interactions. Choisissez-en un autre."


class SalespersonBlocked(BlockedRefusal):
    """K10."""

    code = UserErrorCode.SALESPERSON_BLOCKED
    english = "Salesperson {key} is blocked for new interactions. Choose another one."
    french = "Le représentant {key} est bloqué pour les nouvelles interactions. Choisissez-en un autre."


class CampaignBlocked(BlockedRefusal):
    """K10."""

    code = UserErrorCode.CAMPAIGN_BLOCKED
    english = "Campaign {key} is blocked for new interactions. Choose another one, or none."
    french = "La campagne {key} est bloquée pour les nouvelles interactions. Choisissez-en une autre, ou aucune."


class NumberSeriesNotFound(Refusal):
    code = UserErrorCode.NUMBER_SERIES_NOT_FOUND
    english = "There is no number series {key}. Create it first, or choose another one."
    french = "La souche de numéros {key} n’existe pas. Créez-la d’abord ou indiquez-en une autre."


class NumberSeriesMissing(Refusal):
    """R-NUM-1: the marketing setup names no series. `setup_field` is the field to fill, by its GraphQL name.

    `or_else` is additional advice, `, or …`; empty if there is none.
    """

    code = UserErrorCode.NUMBER_SERIES_MISSING
    english = "The marketing setup has no number series in {setup_field}. Set one there{or_else}."
    french = (
        "Les paramètres marketing n’indiquent aucune souche de numéros dans {setup_field}. Indiquez-en une{or_else}."
    )


class NumberSeriesNotAutomatic(Refusal):
    """R-NUM-1. `or_else` is additional advice, `, or …`, or empty."""

    code = UserErrorCode.NUMBER_SERIES_NOT_AUTOMATIC
    english = "Number series {key} does not assign numbers automatically. Allow default numbers (defaultNos){or_else}."
    french = (
        "La souche de numéros {key} n’attribue pas de numéros automatiquement. "
        "Autorisez ses numéros par défaut (defaultNos){or_else}."
    )


class NumberSeriesExhausted(Refusal):
    """R-NUM-1: the last number is used."""

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
    """R-NUM-1: the line has no ending number, but the next number would be too long for its column."""

    english = (
        "The next number of number series {key} would be too long. Add a line with shorter numbers that starts on "
        "{date} or before."
    )
    french = (
        "Le prochain numéro de la souche de numéros {key} serait trop long. Ajoutez une ligne avec des numéros plus "
        "courts qui commence au plus tard le {date}."
    )


class ManualNoNotAllowed(Refusal):
    """R-NUM-2. `or_else` is additional advice, `, or …`, or empty."""

    code = UserErrorCode.MANUAL_NO_NOT_ALLOWED
    english = "Number series {key} does not allow manual numbers. Allow them (manualNos){or_else}."
    french = "La souche de numéros {key} n’accepte pas les numéros manuels. Autorisez-les (manualNos){or_else}."


class NotPostponed(Refusal):
    """R-RES-6, R-DELP: the interaction was finished or deleted, or was never postponed."""

    code = UserErrorCode.NOT_POSTPONED
    english = (
        "There is no postponed interaction {entry_no}: it was finished, was deleted, or never existed. "
        "Read the postponed interactions again."
    )
    french = (
        "L’interaction {entry_no} n’est pas reportée\u00a0: elle a été terminée, supprimée, ou n’a jamais existé. "
        "Relisez les interactions reportées."
    )
