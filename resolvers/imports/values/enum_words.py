"""Words for enum values in files, in English and French, and the numbers that NAV uses for them."""

from persistence.enums import CorrespondenceType, Evaluation, InformationFlow, InitiatedBy
from resolvers.imports.values.cells import folded_words, one_of, vocabulary

NOTHING = dict.fromkeys(folded_words("None|Aucun|Aucune|0|-"))

CORRESPONDENCE_TYPES = NOTHING | vocabulary(
    **{
        CorrespondenceType.HARD_COPY: "HARD_COPY|Hard Copy|Copie papier|Papier|Courrier|Lettre|Letter|1",
        CorrespondenceType.EMAIL: "EMAIL|E-Mail|E-mail|Courriel|Courrier électronique|2",
        CorrespondenceType.FAX: "FAX|Fax|Télécopie|3",
    }
)

INFORMATION_FLOWS = NOTHING | vocabulary(
    **{
        InformationFlow.OUTBOUND: "OUTBOUND|Outbound|Sortant|Sortante|Sortie|1",
        InformationFlow.INBOUND: "INBOUND|Inbound|Entrant|Entrante|Entrée|2",
    }
)

INITIATORS = NOTHING | vocabulary(
    **{InitiatedBy.US: "US|Us|Nous|Nous-mêmes|1", InitiatedBy.THEM: "THEM|Them|Eux|Ils|Le contact|2"}
)

EVALUATIONS = NOTHING | vocabulary(
    **{
        Evaluation.VERY_POSITIVE: "VERY_POSITIVE|Very Positive|Très positive|Très positif|1",
        Evaluation.POSITIVE: "POSITIVE|Positive|Positif|2",
        Evaluation.NEUTRAL: "NEUTRAL|Neutral|Neutre|3",
        Evaluation.NEGATIVE: "NEGATIVE|Negative|Négative|Négatif|4",
        Evaluation.VERY_NEGATIVE: "VERY_NEGATIVE|Very Negative|Très négative|Très négatif|5",
    }
)

FLOW = one_of(INFORMATION_FLOWS, "Outbound, Inbound", "Sortant, Entrant")
INITIATOR = one_of(INITIATORS, "Us, Them", "Nous, Eux")
CORRESPONDENCE = one_of(CORRESPONDENCE_TYPES, "Hard Copy, E-Mail, Fax", "Papier, Courriel, Télécopie")
EVALUATION = one_of(
    EVALUATIONS,
    "Very Positive, Positive, Neutral, Negative, Very Negative",
    "Très positive, Positive, Neutre, Négative, Très négative",
)
