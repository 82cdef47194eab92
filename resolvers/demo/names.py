"""First names, last names and job titles for the demo company. They refer to no real person."""


def _each(words: str, separator: str | None = None) -> list[str]:
    return words.split(separator)


FIRST_NAMES = {
    "FRC": _each(
        "Adèle Alexis Ariane Bénédicte Benoît Camille Cédric Chloé Coralie Denis Édouard Élise Émile Étienne Félix "
        "Florence Frédérique Gabriel Geneviève Guillaume Hélène Isaïe Jacinthe Jérôme Joëlle Karl-Antoine Laurence Léa "
        "Louis-Philippe Maïka Marie-Ève Marie-Soleil Mathieu Maxime Mélanie Noémie Océane Olivier Pénélope Philippe "
        "Raphaëlle Rémi Rosalie Samuel Simon-Pierre Sophie Stéphanie Théo Valérie Véronique Xavier Yannick Zoé"
    ),
    "FRA": _each(
        "Aurélie Anaïs Armelle Bérénice Bleuenn Brieuc Clémence Corentin Damien Delphine Ewen Elouan Enora Erwan Fañch "
        "Gaël Gaëlle Goulven Gwénaëlle Gwendal Héloïse Hervé Inès Jérémie Joséphine Katell Killian Loïc Loïza Maël "
        "Maëlys Malo Manon Mathilde Morgane Nolwenn Nathanaël Pierrick Quentin Rozenn Ronan Sébastien Solène Soizic "
        "Tanguy Thaïs Tugdual Violaine Youenn Yaël"
    ),
    "ENU": _each(
        "Abigail Aidan Alice Amelia Andrew Beatrice Brendan Callum Charlotte Claire Connor Dylan Eleanor Emily Ethan "
        "Fiona Graham Hannah Harriet Heather Ian Isla Jack Jasmine Joanna Keira Laura Liam Logan Megan Nathan Nora "
        "Oscar Owen Paige Phoebe Rory Rosemary Ruth Scott Sean Sienna Thomas Tessa Victor Winona Zachary"
    ),
}

LAST_NAMES = {
    "FRC": _each(
        "Arsenault|Asselin|Beauchemin|Bélanger|Bérubé|Bolduc|Boucher|Brisebois|Charbonneau|Châtelain|Côté|Crête|Désilets|"
        "Desrosiers|Dubé|Duchesne|Fréchette|Gagné|Gaudreault|Gélinas|Giguère|Girouard|Hébert|Huard|Laflèche|Lachance|"
        "Laframboise|Lamontagne|Larivière|Lavallée|Lavigueur|L’Écuyer|Lépine|L’Heureux|Marcoux|Ménard|Mérineau|Nadeau|Ouellet|"
        "Paré|Pépin|Plamondon|Pronovost|Quévillon|Rhéaume|Robitaille|Sansfaçon|Séguin|St-Amour|Thériault|Tétreault|Tremblay|"
        "Vaillancourt|Vézina|Villeneuve",
        "|",
    ),
    "FRA": _each(
        "Abgrall|Aubrée|Béchard|Bertrand|Bévan|Bihan|Bizien|Boisdron|Bréhier|Cadoret|Cariou|Chauvière|Corbière|"
        "Corre|Daniélou|Delaunay|Éveno|Falc’hun|Fleuriot|Garnier|Gautreau|Goasdoué|Guégan|Guéhenneuc|Guillou|"
        "Hamonic|Hervouët|Jaouen|Jézéquel|Kerbrat|Kerdiles|Kergoat|Le Abgrall|Aubrée|Béchard|Bertrand|Bévan|Bihan|"
        "Bizien|Boisdron|Bréhier|Cadoret|Cariou|Chauvière|Corbière|Corre|Daniélou|Delaunay|Éveno|Falc’hun|"
        "Fleuriot|Garnier|Gautreau|Goasdoué|Guégan|Guéhenneuc|Guillou|Hamonic|Hervouët|Jaouen|Jézéquel|Kerbrat|"
        "Kerdiles|Kergoat|Le Bras|Le Dantec|Le Floc’h|Le Guennec|Le Meur|Lebœuf|Madec|Marchadour|Morvan|Nédélec|"
        "Noël|Ollivier|Pérennès|Piriou|Quéré|Riou|Rouzé|Salaün|Sévère|Tanguy|Thébaud|Trévidic|Youinou",
        "|",
    ),
    "ENU": _each(
        "Abernathy|Ashworth|Barlow|Blackwood|Brannigan|Caldwell|Chisholm|Crawford|Dalgleish|Davenport|Ellery|Fairbanks|Fenwick|"
        "Galbraith|Greer|Halloran|Hargrove|Inglis|Jardine|Kavanagh|Kilbride|Lockhart|MacAskill|MacIsaac|Marlowe|McCrimmon|Newcombe|"
        "O’Dowd|O’Malley|Pemberton|Prescott|Quigley|Radcliffe|Ridgeway|Sinclair|Standish|Thackeray|Underhill|Vickers|Wainwright|"
        "Whitfield|Winslow|Yeats",
        "|",
    ),
}

JOB_TITLES = {
    "FR": (
        ("Gérante", "Gérant"),
        ("Directrice générale", "Directeur général"),
        ("Directrice technique", "Directeur technique"),
        ("Acheteuse", "Acheteur"),
        ("Adjointe administrative", "Adjoint administratif"),
        ("Architecte", "Architecte"),
        ("Cheffe de projet", "Chef de projet"),
        ("Cheffe de rang", "Chef de rang"),
        ("Décoratrice", "Décorateur"),
        ("Responsable des achats", "Responsable des achats"),
        ("Intendante", "Intendant"),
        ("Comptable", "Comptable"),
        ("Régisseuse", "Régisseur"),
        ("Bibliothécaire", "Bibliothécaire"),
        ("Propriétaire", "Propriétaire"),
        ("Coordonnatrice d’événements", "Coordonnateur d’événements"),
    ),
    "EN": tuple(
        (title, title)
        for title in (
            "Owner",
            "General Manager",
            "Buyer",
            "Head of Purchasing",
            "Architect",
            "Project Manager",
            "Event Planner",
            "Office Manager",
            "Interior Designer",
            "Accountant",
            "Facilities Manager",
            "Chef",
        )
    ),
}
"""The feminine and the masculine form."""

MEN = frozenset(
    _each(
        "Alexis Benoît Cédric Denis Édouard Émile Étienne Félix Gabriel Guillaume Isaïe Jérôme Karl-Antoine "
        "Louis-Philippe Mathieu Maxime Olivier Philippe Rémi Samuel Simon-Pierre Théo Xavier Yannick Brieuc Corentin "
        "Damien Ewen Elouan Erwan Fañch Gaël Goulven Gwendal Hervé Jérémie Killian Loïc Maël Malo Nathanaël Pierrick "
        "Quentin Ronan Sébastien Tanguy Tugdual Youenn Aidan Andrew Brendan Callum Connor Dylan Ethan Graham Ian Jack "
        "Liam Logan Nathan Oscar Owen Rory Scott Sean Thomas Victor Zachary"
    )
)
"""First names that get the masculine form of a job title."""
