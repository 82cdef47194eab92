"""Accept-Language decides the language of titles, translations and reasons, unless an argument gives another (K21)."""

from typing import Any

import pytest

from tests.api import Api, create_company

ENTRY = (
    "{ interactionLogEntries { nodes { title template { description } } } interactionGroups { nodes { description } } }"
)
VISITS = {"ENU": "Visit", "ENG": "Call on site", "FRA": "Visite", "FRC": "Rencontre"}


def as_translations(names: dict[str, str]) -> list[dict[str, str]]:
    return [{"languageCode": code, "description": name} for code, name in names.items()]


@pytest.fixture
def german_company(api: Api) -> Api:
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
    return api


def read(api: Api, accept: str | None, query: str = ENTRY) -> Any:
    headers = {} if accept is None else {"accept-language": accept}
    return api.post(query, None, **headers).json()["data"]


@pytest.mark.parametrize(
    ("accept", "title", "description"),
    [
        (None, "Visit by Jo Roy", "Besuch"),
        ("de", "Visit by Jo Roy", "Besuch"),
        ("de-DE,de;q=0.9,fr;q=0.8,en;q=0.7", "Visite par Jo Roy", "Besuch"),
        ("*", "Visit by Jo Roy", "Besuch"),
        ("fr;q=0", "Visit by Jo Roy", "Besuch"),
        ("fr", "Visite par Jo Roy", "Visite"),
        ("fr-FR,fr;q=0.9,en;q=0.8", "Visite par Jo Roy", "Visite"),
        ("fr-CA", "Rencontre par Jo Roy", "Rencontre"),
        ("fr-BE", "Visite par Jo Roy", "Visite"),
        ("fr, en", "Visite par Jo Roy", "Visite"),
        ("fr;q=0.5, en-GB", "Call on site by Jo Roy", "Call on site"),
        ("en", "Visit by Jo Roy", "Visit"),
        ("en-AU", "Call on site by Jo Roy", "Call on site"),
    ],
)
def test_a_client_gets_the_translation_for_its_language_and_region_k21(
    german_company: Api, accept: str | None, title: str, description: str
) -> None:
    shown = read(german_company, accept)["interactionLogEntries"]["nodes"][0]

    assert (shown["title"], shown["template"]["description"]) == (title, description)


def test_a_text_without_translation_is_shown_as_it_is_stored_k21(german_company: Api) -> None:
    groups = {
        accept: [each["description"] for each in read(german_company, accept)["interactionGroups"]["nodes"]]
        for accept in ("en", "fr-CA")
    }

    assert groups == {"en": ["Besuche", "MEET", "PHONE"], "fr-CA": ["Visites", "MEET", "PHONE"]}


def test_an_argument_overrides_the_language_of_the_request_k21(german_company: Api) -> None:
    query = """{ interactionLogEntries { nodes { en: title(language: EN) fr: title(language: FR) template {
        eng: description(languageCode: "eng") deu: description(languageCode: "DEU") } } } }"""

    for accept in ("fr-CA", "en", "de"):
        shown = read(german_company, accept, query)["interactionLogEntries"]["nodes"][0]
        fr = "Rencontre par Jo Roy" if accept == "fr-CA" else "Visite par Jo Roy"
        assert shown == {"en": "Visit by Jo Roy", "fr": fr, "template": {"eng": "Call on site", "deu": "Besuch"}}


def test_one_plan_serves_every_language(german_company: Api) -> None:
    """The language is a parameter: a client does not get the text of another client."""
    titles = [
        read(german_company, accept)["interactionLogEntries"]["nodes"][0]["title"]
        for accept in ("fr", "en", "fr-CA", "en")
    ]

    assert titles == ["Visite par Jo Roy", "Visit by Jo Roy", "Rencontre par Jo Roy", "Visit by Jo Roy"]


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("Éric Roy", "Visite d’Éric Roy"),
        ("Œuvre", "Visite d’Œuvre"),
        ("ivoire", "Visite d’ivoire"),
        ("Zoé", "Visite de Zoé"),
        ("50 % bois", "Visite de 50 % bois"),
        ("Héloïse", "Visite d’Héloïse"),
        ("Hugo", "Visite de Hugo"),
        ("HYDRO", "Visite d’HYDRO"),
        ("Yves", "Visite d’Yves"),
        ("Yannick", "Visite de Yannick"),
        ("Héron bleu", "Visite de Héron bleu"),
        ("H", "Visite de H"),
        ("« Étoile »", "Visite d’« Étoile »"),
        ("Onze et demi", "Visite de Onze et demi"),
        ("Harriet", "Visite de Harriet"),
        ("Le Café du Port", "Visite du Café du Port"),
        ("LES ATELIERS", "Visite des ATELIERS"),
        ("Leclerc", "Visite de Leclerc"),
        ("L’Écuyer", "Visite de L’Écuyer"),
        ("La Maison", "Visite de La Maison"),
        ("Hôtel du Fjord", "Visite d’Hôtel du Fjord"),
    ],
)
def test_a_french_title_elides_and_contracts_a_9(german_company: Api, name: str, title: str) -> None:
    assert_title_of_inbound_interaction(german_company, name, title, "ANRUF")


def test_a_person_keeps_the_article_of_the_name_a_9(german_company: Api) -> None:
    assert_title_of_inbound_interaction(german_company, "Le Bras", "Visite de Le Bras", "ANRUF", type_="PERSON")


@pytest.mark.parametrize(
    "template",
    [
        "Visite de la salle",
        "Réponse à une campagne",
        "Demande d’offre",
        "Demande d\u0027offre",
        "Retour du client",
        "Appel AU bureau",
    ],
)
def test_a_french_title_uses_par_where_de_would_read_as_possession_a_9(german_company: Api, template: str) -> None:
    german_company.mutate(
        "createInteractionTemplate",
        {
            "code": "X",
            "interactionTemplate": {"description": template, "groupCode": "BESUCHE", "informationFlow": "INBOUND"},
        },
        "interactionTemplate { code }",
    )

    assert_title_of_inbound_interaction(
        german_company, "Héloïse", f"{template} par Héloïse", "X", english=f"{template} from Héloïse"
    )


def assert_title_of_inbound_interaction(
    german_company: Api, name: str, title: str, template: str, *, type_: str = "COMPANY", english: str | None = None
) -> None:
    """Check the French title of an inbound interaction with a contact of this name."""
    no = german_company.mutate("createContact", {"contact": {"type": type_, "name": name}}, "contact { no }")[
        "contact"
    ]["no"]
    interaction = {"contactNo": no, "templateCode": template, "salespersonCode": "JO", "date": "2026-12-31"}
    german_company.mutate("createInteraction", {"interaction": interaction}, "interactionLogEntry { entryNo }")

    shown = read(
        german_company, "fr", "{ interactionLogEntries(first: 1) { nodes { fr: title en: title(language: EN) } } }"
    )

    assert shown["interactionLogEntries"]["nodes"] == [{"fr": title, "en": english or f"Visit from {name}"}]


def test_reasons_are_in_the_language_of_the_request(german_company: Api) -> None:
    mutation = "mutation { createInteraction(input: {interaction: {}}) { userErrors { message } } }"

    messages = {
        accept: read(german_company, accept, mutation)["createInteraction"]["userErrors"][0]["message"]
        for accept in ("fr-CA", "de")
    }

    assert messages["fr-CA"] != messages["de"]
    assert "contact" in messages["fr-CA"]
