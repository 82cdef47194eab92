"""Refusals that several rooms speak. What only one rule says stands beside that rule."""

from resolvers.errors import Refusal, UserErrorCode


class ContactRequired(Refusal):
    """R-FIN-1."""

    code = UserErrorCode.CONTACT_REQUIRED
    english = "An interaction needs a contact. Say with whom it was."
    french = "Une interaction a besoin d’un contact. Indiquez avec qui elle a eu lieu."


class TemplateRequired(Refusal):
    """R-FIN-2."""

    code = UserErrorCode.TEMPLATE_REQUIRED
    english = "An interaction needs an interaction template. Choose one; it fills in cost, duration and the rest."
    french = (
        "Une interaction a besoin d’un modèle interaction. Choisissez-en un\u00a0: il remplit le coût, la "
        "durée et le reste."
    )


class SalespersonRequired(Refusal):
    """R-FIN-3."""

    code = UserErrorCode.SALESPERSON_REQUIRED
    english = "An interaction needs a salesperson. Choose who had it."
    french = "Une interaction a besoin d’un représentant. Indiquez qui l’a menée."


class DateRequired(Refusal):
    """R-FIN-4."""

    code = UserErrorCode.DATE_REQUIRED
    english = "An interaction needs a date. Give one, or leave the field out to take today."
    french = "Une interaction a besoin d’une date. Donnez-en une, ou omettez le champ pour prendre celle d’aujourd’hui."


class DescriptionRequired(Refusal):
    """R-FIN-5."""

    code = UserErrorCode.DESCRIPTION_REQUIRED
    english = "An interaction needs a description. Write one."
    french = "Une interaction a besoin d’une description. Écrivez-en une."


class DescriptionCleared(DescriptionRequired):
    """R-FIN-5, if null was given and omitting the field would fill in a description."""

    english = "An interaction needs a description. Write one, or leave the field out to take “{default}”."
    french = (
        "Une interaction a besoin d’une description. Écrivez-en une, ou omettez le champ pour prendre "
        "«\u00a0{default}\u00a0»."
    )


class ContactNotFound(Refusal):
    code = UserErrorCode.CONTACT_NOT_FOUND
    english = "There is no contact {no}. Check the number or search by name."
    french = "Le contact {no} n’existe pas. Vérifiez le numéro ou cherchez le contact par son nom."


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
    english = "There is no campaign {no}. Choose one from the list of campaigns."
    french = "La campagne {no} n’existe pas. Choisissez-en une dans la liste des campagnes."


class SegmentNotFound(Refusal):
    """No open segment has this number."""

    code = UserErrorCode.SEGMENT_NOT_FOUND
    english = "There is no open segment {no}. Check the number; if it was logged, look among the logged segments."
    french = (
        "Le segment actif {no} n’existe pas. "
        "Vérifiez le numéro; s’il a été journalisé, cherchez parmi les segments journalisés."
    )


class ContactPrivacyBlocked(Refusal):
    """R-CON-11, K10."""

    code = UserErrorCode.CONTACT_PRIVACY_BLOCKED
    english = (
        "Contact {no} is blocked for privacy, so nothing new is recorded for it. "
        "Lift the block or choose another contact."
    )
    french = (
        "Le contact {no} est bloqué pour des raisons de confidentialité; rien de nouveau ne peut être enregistré à son "
        "sujet. Levez le blocage ou choisissez un autre contact."
    )


class PostponedContactBlocked(ContactPrivacyBlocked):
    """R-CON-11, if the contact cannot be replaced because the interaction is postponed (K12)."""

    english = (
        "Contact {no} is blocked for privacy, so nothing new is recorded for it. "
        "Lift the block or delete the postponed interaction."
    )
    french = (
        "Le contact {no} est bloqué pour des raisons de confidentialité; rien de nouveau ne peut être enregistré à son "
        "sujet. Levez le blocage ou supprimez l’interaction reportée."
    )


class TemplateBlocked(Refusal):
    """K10."""

    code = UserErrorCode.TEMPLATE_BLOCKED
    english = "Interaction template {key} is no longer used. Choose another one."
    french = "Le modèle interaction {key} n’est plus utilisé. Choisissez-en un autre."


class SalespersonBlocked(Refusal):
    """K10."""

    code = UserErrorCode.SALESPERSON_BLOCKED
    english = "Salesperson {key} is blocked for new work. Give another one."
    french = "Le représentant {key} est bloqué pour tout nouveau travail. Choisissez-en un autre."


class CampaignBlocked(Refusal):
    """K10."""

    code = UserErrorCode.CAMPAIGN_BLOCKED
    english = "Campaign {no} is blocked for new work. Choose another one, or none."
    french = "La campagne {no} est bloquée pour tout nouveau travail. Choisissez-en une autre, ou aucune."


class NumberSeriesNotFound(Refusal):
    code = UserErrorCode.NUMBER_SERIES_NOT_FOUND
    english = "There is no number series {key}. Create it first or name another one."
    french = "La souche de numéros {key} n’existe pas. Créez-la d’abord ou indiquez-en une autre."


class NumberSeriesMissing(Refusal):
    """R-NUM-1: the setup names no series. `setup_field` is the field to fill, as clients know it.

    `or_else` is other advice, ` or …`; empty if the mutation takes no number.
    """

    code = UserErrorCode.NUMBER_SERIES_MISSING
    english = "The marketing setup names no number series in {setup_field}. Choose one there{or_else}."
    french = (
        "Les paramètres marketing n’indiquent aucune souche de numéros dans {setup_field}. Indiquez-en une{or_else}."
    )


class NumberSeriesNotAutomatic(Refusal):
    """R-NUM-1. `or_else` is other advice, ` or …`, or empty."""

    code = UserErrorCode.NUMBER_SERIES_NOT_AUTOMATIC
    english = "Number series {key} gives no numbers by itself. Allow its default numbers (defaultNos){or_else}."
    french = (
        "La souche de numéros {key} n’attribue pas de numéros automatiquement. "
        "Autorisez ses numéros par défaut (defaultNos){or_else}."
    )


class NumberSeriesExhausted(Refusal):
    """R-NUM-1: the last number was given."""

    code = UserErrorCode.NUMBER_SERIES_EXHAUSTED
    english = (
        "Number series {key} has no number left. Raise its ending number, or add a line with new numbers that starts "
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
    """R-NUM-2. `or_else` is other advice, ` or …`, or empty."""

    code = UserErrorCode.MANUAL_NO_NOT_ALLOWED
    english = "Number series {key} does not allow a number of your own. Allow manual numbers (manualNos){or_else}."
    french = "La souche de numéros {key} n’accepte pas les numéros manuels. Autorisez-les (manualNos){or_else}."


class NotPostponed(Refusal):
    """R-RES-6, R-DELP: finished meanwhile, deleted, or never postponed."""

    code = UserErrorCode.NOT_POSTPONED
    english = (
        "Interaction {entry_no} is not postponed: it was finished, deleted, or never there. "
        "Read the postponed ones again."
    )
    french = (
        "L’interaction {entry_no} n’est pas reportée\u00a0: elle a été terminée, supprimée, ou n’a jamais existé. "
        "Relisez les interactions reportées."
    )
