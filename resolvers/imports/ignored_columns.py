"""Columns whose values mean nothing outside the program that wrote them, such as keys of records, labels and photos.

They are not imported, and nobody has to look at them. What a user may miss is not among them: a birthday, a fax number
or a department is a column that Carnet cannot read.
"""

import re
from functools import cache

from resolvers.imports.columns import normalized

CAPTIONS = (
    # Keys of records
    "Id|Record ID|Contact ID|Account ID|Lead ID|Company ID|User ID 18|Case Safe ID|ID de fiche d’informations|"
    "ID de l’enregistrement|Numéro d’enregistrement|ID du contact|ID du compte|ID contact|ID compte|AccountId|OwnerId|"
    "CreatedById|LastModifiedById|MasterRecordId|ReportsToId|RecordTypeId|IndividualId|WhoId|WhatId|ParentId|"
    "JigsawContactId|Jigsaw|CleanStatus|ContactId|LeadId|ActivityId|SystemModstamp|IsDeleted|IsEmailBounced|"
    "Associated Company IDs|Associated Contact IDs|Associated Deal IDs|Associated Ticket IDs|Associated Note IDs|"
    "Primary Associated Company ID|Company IDs|ID d’entreprise associés|ID de contact associés|Entity ID|Object ID|"
    "External ID|GUID|UID|SystemId|$systemId|Xrm Id|timestamp|Coupled to CRM|Coupled to Dataverse|Coupled to Sales|"
    "Couplé à CRM|Couplé à Dataverse|No. Series|Souche de n°|Souches de n°|Souche de numéros|Lookup Contact No.|"
    "Merged Contact IDs|Merged Object IDs|Directory Server|Serveur d’annuaire|"
    # Labels and categories of the other program
    "Labels|Label|Group Membership|Étiquettes|Libellés|Categories|Catégories|Category|Catégorie|Sensitivity|"
    "Critère de diffusion|Priority|Priorité|Private|Privé|Internet Free Busy|Disponibilité Internet|Photo|Photo URL|"
    "PhotoUrl|Picture|Image|Avatar|Image URL|Entity Image|E-mail Display Name|Nom complet de l’adresse de messagerie|"
    "Nom complet de l’adresse de courrier|Email Domain|Email address domain|Domaine de l’adresse e-mail|"
    "Search Name|Nom de recherche|Search E-Mail|E-mail de recherche|Courriel de recherche|"
    # When and by whom the record was made or changed, and what the other program has counted
    "Create Date|Created Date|Created On|Created At|Date Created|Created By|CreatedDate|Created By User ID|"
    "Créé le|Créée le|Créé par|Date de création|Last Modified Date|Last Modified|Last Modified By|LastModifiedDate|"
    "Last Modified At|Modified On|Modified By|Modifié le|Modifié par|Date de dernière modification|Last Update|"
    "Date de la dernière modification|Last Date Modified|Last Time Modified|Date dern. modification|Row Checksum|"
    "Heure dern. modification|Updated By User ID|Last Activity|Last Activity Date|LastActivityDate|Last Contacted|"
    "Last Engagement Date|Last Viewed Date|LastViewedDate|LastReferencedDate|LastCURequestDate|LastCUUpdateDate|"
    "Date de dernière activité|Date de la dernière activité|Dernier contact|Recent Sales Email Replied Date|"
    "Number of times contacted|Number of Sales Activities|Number of Associated Contacts|Number of Associated Deals|"
    "Number of Form Submissions|Number of Pageviews|Number of Sessions|Time First Seen|Time Last Seen|Next Task Date|"
    "Next Activity Date|Last Date Attempted|Date dern. tentative|Date of Last Interaction|Date dernière interaction|"
    "Date prochaine tâche|Date Filter|Filtre date|No. of Interactions|Nbre d’interactions|No. of Opportunities|"
    "No. of Job Responsibilities|No. of Industry Groups|No. of Business Relations|No. of Mailing Groups|"
    "Nbre d’opportunités|Opportunity Entry Exists|Task Entry Exists|Cost (LCY)|Coût DS|Coût (DS)|Duration (Min.)|"
    "Durée (min.)|Estimated Value (LCY)|Calcd. Current Value (LCY)|Business Relation|Contact Business Relation|"
    "Relation commerciale|"
    # What the other program does with the record
    "Lead Status|Statut du lead|Statut de lead|Marketing contact status|Statut du contact marketing|"
    "Marketing contact status source name|Marketing contact until next update|Lifecycle Stage|"
    "Phase du cycle de vie|Étape du cycle de vie|Became a Lead Date|Original Source|Original Traffic Source|"
    "Latest Source|Latest Traffic Source|Original Source Drill-Down 1|Original Source Drill-Down 2|Record Source|"
    "Record source detail 1|Source d’origine|Source la plus récente|Lead Score|HubSpot Score|HubSpot Team|"
    "Équipe HubSpot|Contact unworked|Email send status|Version Number|"
    "Last Interaction Date|Last Updated|Likelihood to close|Status|Status Reason|Statut|Raison du statut|State Code|"
    "statecode|statuscode|Record Type|Type d’enregistrement|Owning Business Unit|Delivery Status|Statut de livraison|"
    # Of the interaction log entries of NAV and Business Central
    "Attachment No.|N° fichier joint|N° pièce jointe|Attachment|Fichier joint|Pièce jointe|Campaign Entry No.|"
    "N° écriture campagne|N° séquence campagne|Logged Segment Entry No.|N° séquence segment journal|"
    "N° écriture segment journalisé|To-do No.|Task No.|N° action|N° tâche|"
    "Task|Event|Tâche|Événement|IsTask|IsEvent|IsClosed|IsHighPriority|IsArchived|IsVisibleInSelfService|IsRecurrence|"
    "IsReminderSet|ReminderDateTime|IsAllDayEvent|IsPrivate|IsGroupEvent|IsChild|Call Object Identifier|"
    "Contact Alt. Address Code|Version No.|Doc. No. Occurrence|E-Mail Logged|Email Logged|Modified Word Template|"
    "Merged|Fusionné|Word Template Code|Opportunity Entry No.|Wizard Action|Action assistant|Send Word Docs. as Attmt."
)

PATTERNS = (
    r"donotmodify.*|nepasmodifier.*",
    r"(?:website|relation|event|customfield|im|userdefined|organization|jot|chat)\d+(?:label|type|service)",
    r"(?:associated|associe).*ids?",
    r"(?:created?|lastmodified|lastactivity|lastengagement|lastcontacted)date[a-z]{2,5}",
    r"email\d*displayname|nomcompletdeladressede(?:messagerie|courrier)\d",
    r"system(?:created|modified)(?:at|by)",
    r"hs[a-z]*(?:ids?|date|status|domain|score|source[a-z0-9]*)|hubspot[a-z]*ids?|num[a-z]+|noteslast[a-z]+",
    r"numberof.*|[a-z]+idvalue|(?:created|modified)by(?:name)?",
)
"""Further captions, normalized."""


@cache
def _ignored_captions() -> frozenset[str]:
    return frozenset(map(normalized, CAPTIONS.split("|")))


@cache
def _pattern() -> re.Pattern[str]:
    return re.compile("|".join(PATTERNS))


def is_ignored(caption: str) -> bool:
    """Whether the values of a column with this caption mean nothing outside the program that wrote them."""
    found = normalized(caption)
    return found in _ignored_captions() or _pattern().fullmatch(found) is not None
