"""Accept-Language decides the language of titles, translations and reasons, unless an argument gives another (K21)."""

from typing import Any

from tests.api import Api, create_company
from tests.prepared import database_with

ENTRY = (
    "{ interactionLogEntries { nodes { title template { description } } } interactionGroups { nodes { description } } }"
)
VISITS = {"ENU": "Visit", "ENG": "Call on site", "FRA": "Visite", "FRC": "Rencontre"}


def as_translations(names: dict[str, str]) -> list[dict[str, str]]:
    return [{"languageCode": code, "description": name} for code, name in names.items()]


def create_german_company(api: Api) -> None:
    """A company whose texts are in German, with a template and a group that are translated, and one visit by Jo Roy."""
    create_company(api)
    api.mutate(
        "createInteractionGroup",
        {
            "code": "BESUCHE",
            "interactionGroup": {"description": "Besuche", "translations": as_translations({"FRA": "Visites"})},
        },
        "interactionGroup { code }",
    )
    for code, flow in (("BESUCH", "OUTBOUND"), ("ANRUF", "INBOUND")):
        api.mutate(
            "createInteractionTemplate",
            {
                "code": code,
                "interactionTemplate": {
                    "description": "Besuch",
                    "groupCode": "BESUCHE",
                    "informationFlow": flow,
                    "translations": as_translations(VISITS),
                },
            },
            "interactionTemplate { code }",
        )
    interaction = {"contactNo": "C1", "templateCode": "BESUCH", "salespersonCode": "JO"}
    api.mutate("createInteraction", {"interaction": interaction}, "interactionLogEntry { entryNo }")


pytestmark = database_with(create_german_company)


def read(api: Api, accept: str | None, query: str = ENTRY) -> Any:
    headers = {} if accept is None else {"accept-language": accept}
    return api.post(query, None, **headers).json()["data"]


def test_a_client_gets_the_translation_for_its_language_and_region_k21(api: Api) -> None:
    expected = {
        None: ("Visit by Jo Roy", "Besuch"),
        "de": ("Visit by Jo Roy", "Besuch"),
        "de-DE,de;q=0.9,fr;q=0.8,en;q=0.7": ("Visite par Jo Roy", "Besuch"),
        "*": ("Visit by Jo Roy", "Besuch"),
        "fr;q=0": ("Visit by Jo Roy", "Besuch"),
        "fr": ("Visite par Jo Roy", "Visite"),
        "fr-FR,fr;q=0.9,en;q=0.8": ("Visite par Jo Roy", "Visite"),
        "fr-CA": ("Rencontre par Jo Roy", "Rencontre"),
        "fr-BE": ("Visite par Jo Roy", "Visite"),
        "fr, en": ("Visite par Jo Roy", "Visite"),
        "fr;q=0.5, en-GB": ("Call on site by Jo Roy", "Call on site"),
        "en": ("Visit by Jo Roy", "Visit"),
        "en-AU": ("Call on site by Jo Roy", "Call on site"),
    }

    shown = {accept: read(api, accept)["interactionLogEntries"]["nodes"][0] for accept in expected}

    assert {accept: (each["title"], each["template"]["description"]) for accept, each in shown.items()} == expected


def test_a_text_without_translation_is_shown_as_it_is_stored_k21(api: Api) -> None:
    groups = {
        accept: [each["description"] for each in read(api, accept)["interactionGroups"]["nodes"]]
        for accept in ("en", "fr-CA")
    }

    assert groups == {"en": ["Besuche", "MEET", "PHONE"], "fr-CA": ["Visites", "MEET", "PHONE"]}


def test_an_argument_overrides_the_language_of_the_request_k21(api: Api) -> None:
    query = """{ interactionLogEntries { nodes { en: title(language: EN) fr: title(language: FR) template {
        eng: description(languageCode: "eng") deu: description(languageCode: "DEU") } } } }"""

    for accept in ("fr-CA", "en", "de"):
        shown = read(api, accept, query)["interactionLogEntries"]["nodes"][0]
        fr = "Rencontre par Jo Roy" if accept == "fr-CA" else "Visite par Jo Roy"
        assert shown == {"en": "Visit by Jo Roy", "fr": fr, "template": {"eng": "Call on site", "deu": "Besuch"}}


def test_one_plan_serves_every_language(api: Api) -> None:
    """The language is a parameter: a client does not get the text of another client."""
    titles = [read(api, accept)["interactionLogEntries"]["nodes"][0]["title"] for accept in ("fr", "en", "fr-CA", "en")]

    assert titles == ["Visite par Jo Roy", "Visit by Jo Roy", "Rencontre par Jo Roy", "Visit by Jo Roy"]


def test_a_french_title_elides_and_contracts_a_9(api: Api) -> None:
    expected = {
        "Éric Roy": "Visite d’Éric Roy",
        "Œuvre": "Visite d’Œuvre",
        "ivoire": "Visite d’ivoire",
        "Zoé": "Visite de Zoé",
        "50 % bois": "Visite de 50 % bois",
        "Héloïse": "Visite d’Héloïse",
        "Hugo": "Visite de Hugo",
        "HYDRO": "Visite d’HYDRO",
        "Yves": "Visite d’Yves",
        "Yannick": "Visite de Yannick",
        "Héron bleu": "Visite de Héron bleu",
        "H": "Visite de H",
        "« Étoile »": "Visite d’« Étoile »",
        "Onze et demi": "Visite de Onze et demi",
        "Harriet": "Visite de Harriet",
        "Le Café du Port": "Visite du Café du Port",
        "LES ATELIERS": "Visite des ATELIERS",
        "Leclerc": "Visite de Leclerc",
        "L’Écuyer": "Visite de L’Écuyer",
        "La Maison": "Visite de La Maison",
        "Hôtel du Fjord": "Visite d’Hôtel du Fjord",
    }

    titles = {name: titles_of_inbound_interaction(api, name, "ANRUF") for name in expected}

    assert titles == {name: (title, f"Visit from {name}") for name, title in expected.items()}


def test_a_person_keeps_the_article_of_the_name_a_9(api: Api) -> None:
    titles = titles_of_inbound_interaction(api, "Le Bras", "ANRUF", type_="PERSON")

    assert titles == ("Visite de Le Bras", "Visit from Le Bras")


def test_a_french_title_uses_par_where_de_would_read_as_possession_a_9(api: Api) -> None:
    templates = (
        "Visite de la salle",
        "Réponse à une campagne",
        "Demande d’offre",
        "Demande d\u0027offre",
        "Retour du client",
        "Appel AU bureau",
    )
    for code, description in enumerate(templates):
        template = {"description": description, "groupCode": "BESUCHE", "informationFlow": "INBOUND"}
        api.mutate(
            "createInteractionTemplate",
            {"code": f"T{code}", "interactionTemplate": template},
            "interactionTemplate { code }",
        )

    titles = [titles_of_inbound_interaction(api, "Héloïse", f"T{code}") for code in range(len(templates))]

    assert titles == [(f"{template} par Héloïse", f"{template} from Héloïse") for template in templates]


def titles_of_inbound_interaction(api: Api, name: str, template: str, *, type_: str = "COMPANY") -> tuple[str, str]:
    """The titles in French and in English of a new inbound interaction with a new contact of this name."""
    contact = api.mutate("createContact", {"contact": {"type": type_, "name": name}}, "contact { no }")["contact"]
    interaction = {"contactNo": contact["no"], "templateCode": template, "salespersonCode": "JO", "date": "2026-12-31"}
    shown = "interactionLogEntry { fr: title(language: FR) en: title(language: EN) }"
    made = api.mutate("createInteraction", {"interaction": interaction}, shown)["interactionLogEntry"]
    return made["fr"], made["en"]


def test_reasons_are_in_the_language_of_the_request(api: Api) -> None:
    mutation = "mutation { createInteraction(input: {interaction: {}}) { userErrors { message } } }"

    messages = {
        accept: read(api, accept, mutation)["createInteraction"]["userErrors"][0]["message"]
        for accept in ("fr-CA", "de")
    }

    assert messages["fr-CA"] != messages["de"]
    assert "contact" in messages["fr-CA"]
