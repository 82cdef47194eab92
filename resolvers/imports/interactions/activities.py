"""Turns the activities of other programs, such as calls, meetings and tasks of HubSpot, into interactions."""

import datetime as dt
import json
from collections import Counter
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

from persistence.enums import CorrespondenceType, InformationFlow
from persistence.sql.folding import fold
from resolvers.errors import Translated
from resolvers.french_grammar import number
from resolvers.imports.columns import Column
from resolvers.imports.interactions.staging import COMMENTS
from resolvers.imports.owners import WITH_EMAIL
from resolvers.imports.rows import RowReader, Values
from resolvers.imports.values.cells import InvalidCell, folded_words, is_comment_flag, lines, vocabulary
from resolvers.imports.values.dates_and_times import Moment
from resolvers.imports.values.shortening import shortened

DIRECTIONS = vocabulary(
    **{
        InformationFlow.OUTBOUND: "Outbound|Outgoing|Sortant|Sortante|Envoyé|EMAIL",
        InformationFlow.INBOUND: "Inbound|Incoming|Entrant|Entrante|Reçu|INCOMING_EMAIL",
    }
)
CORRESPONDENCE = vocabulary(
    **{
        CorrespondenceType.EMAIL: "Email|E-mail|Courriel|Courrier électronique|List Email|ListEmail|INCOMING_EMAIL",
        CorrespondenceType.HARD_COPY: "Letter|Lettre|Courrier",
        CorrespondenceType.FAX: "Fax|Télécopie",
    }
)
FINISHED = folded_words(
    "Completed|Complete|Closed|Done|Held|Sent|Received|Connected|Logged|Made|Terminé|Terminée|Achevé|Achevée|Fermé|"
    "Fermée|Envoyé|Envoyée|Reçu|Reçue|Effectué|Effectuée|Connecté|Connectée"
)
OPEN = folded_words(
    "Not Started|In Progress|Waiting on someone else|Waiting|Deferred|Open|Scheduled|Planned|Pending|Non commencé|"
    "Non commencée|Non démarré|Non démarrée|En cours|En attente|Différé|Différée|Reporté|Reportée|Ouvert|Ouverte|"
    "Planifié|Planifiée|Prévu|Prévue"
)
CANCELED = folded_words("Canceled|Cancelled|Annulé|Annulée")
FAILED = folded_words(
    "No answer|Busy|Wrong number|No show|Failed|Not reached|Left voicemail|Pas de réponse|Aucune réponse|Occupé|"
    "Ligne occupée|Mauvais numéro|Faux numéro|Message vocal laissé|A laissé un message vocal|Absent"
)
MAX_TEXT, MAX_COMMENT = 100, 2_000


class Activities:
    """Puts the fields of activities into those of interactions. `user_id` comments in rows that name no user."""

    def __init__(self, columns: Sequence[Column], reader: RowReader, user_id: str, today: dt.date) -> None:
        self._reader, self._user_id, self._today = reader, user_id, today
        self._captions = {column.field: column.caption for column in reversed(columns)}
        self._comments = [field for field in self._captions if field.rpartition(".")[2] == "comment"]
        self._unused: Counter[tuple[str, str]] = Counter()

    def unused_words(self) -> list[Translated]:
        """What to say about words such as types of activities that no field has."""
        return [
            Translated(
                f"Not imported: {word} in the column {caption} (rows: {count:,}). Interactions have no field for it.",
                f"Valeur non importée\u00a0: {word} dans la colonne {caption} (lignes\u00a0: {number(count)}). "
                "Les interactions n’ont pas de champ pour cela.",
            )
            for (caption, word), count in sorted(self._unused.items())
        ]

    def adapt(self, row_no: int, given: Values) -> None:
        """Change the values of a row."""
        self._set_contact(row_no, given)
        self._set_words(given)
        self._set_duration(row_no, given)
        self._set_status(row_no, given)
        comments = self._texts(row_no, given)
        self._set_title(row_no, given, comments)
        if comments:
            self._stage_comments(row_no, given, comments)

    def _set_contact(self, row_no: int, given: Values) -> None:
        """Take the first contact of `Ann (ann@example.org); Bob (bob@example.org)`."""
        name = given.get("contact_name")
        if name is not None:
            first, *others = [part.strip() for part in str(name).split(";") if part.strip()] or [""]
            for other in others:
                self._leave_out(row_no, "contact_name", other, ONE_CONTACT)
            found = WITH_EMAIL.fullmatch(first)
            given["contact_name"] = (found[1] if found else first) or None
            if found:
                given.setdefault("contact_email", found[2])
        if not any(given.get(field) for field in ("contact_no", "contact_name", "contact_email")):
            company = given.get("contact_company_name")
            if company is not None:
                given["contact_name"] = str(company).split(";")[0].strip()

    def _set_words(self, given: Values) -> None:
        direction = self._word(given, "direction")
        if direction is not None and not self._is_set(given, "information_flow", DIRECTIONS, direction):
            self._count_unused("direction", direction)
        kind = self._word(given, "activity_type")
        if kind is not None and not self._is_set(given, "correspondence_type", CORRESPONDENCE, kind):
            self._count_unused("activity_type", kind)

    def _set_status(self, row_no: int, given: Values) -> None:
        """An open activity becomes a postponed interaction, to be resumed on its day."""
        for field in ("status", "outcome"):
            word = self._word(given, field)
            if word is None or fold(word) in FINISHED:
                continue
            if fold(word) in CANCELED:
                given["canceled"] = True
            elif fold(word) in FAILED:
                given["attempt_failed"] = True
            elif fold(word) in OPEN and field == "status":
                given["postponed"] = True
                given.setdefault("resume_on", given.pop("date", None))
                time = given.pop("time_of_interaction", None)
                self._leave_out(row_no, field, word, POSTPONED)
                if isinstance(time, dt.time) and time != dt.time():
                    self._leave_out(row_no, "date", f"{time:%H:%M}", NO_TIME)
            else:
                self._count_unused(field, word)

    def _set_duration(self, row_no: int, given: Values) -> None:
        """Take the minutes, else the rounded seconds, else the time from start to end."""
        seconds, end = given.pop("seconds", None), given.pop("end", None)
        if "duration" not in given and isinstance(seconds, int):
            given["duration"] = minutes = int((Decimal(seconds) / 60).quantize(Decimal(1), ROUND_HALF_UP))
            if minutes * 60 != seconds:
                self._leave_out(row_no, "seconds", str(seconds), ROUNDED)
        if not isinstance(end, Moment) or end.day is None:
            return
        length, given_length = _minutes_until(end, given), given.get("duration")
        if given_length is None and length is None:
            self._leave_out(row_no, "end", str(end.day), NO_END)
        elif not isinstance(given_length, int):
            given["duration"] = length
        elif length is None or abs(given_length - length) > 1:
            self._leave_out(row_no, "end", f"{end.day} {end.time or ''}".strip(), OTHER_END)

    def _texts(self, row_no: int, given: Values) -> list[str]:
        """Remove the long texts from the row and return them."""
        found = []
        for field in self._comments:
            text, caption = given.pop(field, None), self._captions[field]
            if text is None or is_comment_flag(caption, str(text)):
                continue
            try:
                found += _own_comments(str(text)) or [lines(str(text)) or ""]
            except InvalidCell as invalid:
                self._reader.add_error(row_no, caption, invalid)
        return [text for text in found if text]

    def _set_title(self, row_no: int, given: Values, comments: list[str]) -> None:
        """Describe the interaction by its title, else by the beginning of its text. Long titles are shortened, and a
        comment keeps the whole text.
        """
        title = given.pop("title", None)
        if title is not None and "description" in given:
            given.setdefault("subject", title)
        elif title is not None:
            given["description"] = title
        for field in ("description", "subject"):
            text = given.get(field)
            if isinstance(text, str) and len(text) > MAX_TEXT:
                given[field] = shortened(text, MAX_TEXT)
                comments.insert(0, text)
                caption = "title" if title == text else field
                self._leave_out(row_no, caption, str(given[field]), SHORTENED)
        if comments and not given.keys() & {"description", "subject", "template_code"}:
            given["description"] = shortened(" ".join(comments[0].split()), MAX_TEXT)

    def _stage_comments(self, row_no: int, given: Values, comments: Sequence[str]) -> None:
        day = given.get("date") or self._today
        user = given.get("user_id") or self._user_id
        given["comments"] = json.dumps(
            [
                {"lineNo": line_no, "date": str(day), "comment": text, "userId": user}
                for line_no, text in enumerate(_in_comments("\n\n".join(comments)), start=1)
            ],
            ensure_ascii=False,
        )

    def _word(self, given: Values, field: str) -> str | None:
        word = given.pop(field, None)
        return None if word is None else str(word)

    def _is_set(self, given: Values, field: str, words: dict[str, str | None], word: str) -> bool:
        if fold(word) not in words:
            return False
        given.setdefault(field, words[fold(word)])
        return True

    def _count_unused(self, field: str, word: str) -> None:
        self._unused[self._captions[field], word] += 1

    def _leave_out(self, row_no: int, field: str, text: str, why: Translated) -> None:
        english, french = (message.replace("{}", text) for message in why)
        self._reader.add_note(row_no, self._captions.get(field), english, french)


ONE_CONTACT = Translated(
    "Not imported: {}. An interaction has one contact.",
    "Valeur non importée\u00a0: {}. Une interaction a un seul contact.",
)
POSTPONED = Translated(
    "The status is {}, so this is now a postponed interaction.",
    "Le statut est {}; c’est donc maintenant une interaction reportée.",
)
NO_TIME = Translated(
    "Not imported: the time {}. A postponed interaction is resumed on a day, without a time.",
    "Valeur non importée\u00a0: l’heure {}. Une interaction reportée est reprise un jour donné, sans heure.",
)
ROUNDED = Translated(
    "{} seconds were rounded to whole minutes.", "{} secondes ont été arrondies à un nombre entier de minutes."
)
NO_END = Translated(
    "Not imported: the end on {}. There is no start time to compute the duration from.",
    "Valeur non importée\u00a0: la fin le {}. Il n’y a pas d’heure de début pour calculer la durée.",
)
OTHER_END = Translated(
    "Not imported: the end on {}. The duration of the row was taken.",
    "Valeur non importée\u00a0: la fin le {}. La durée de la ligne a été prise.",
)
SHORTENED = Translated(
    "The text was shortened to “{}”. A comment has the whole text.",
    "Le texte a été abrégé en «\u00a0{}\u00a0». Un commentaire contient le texte entier.",
)


def _minutes_until(end: Moment, given: Values) -> int | None:
    """The whole minutes from the start of the row to its end, at most 31 days; null if a time of day is missing."""
    start, time = given.get("date"), given.get("time_of_interaction")
    if not (end.day and end.time and isinstance(start, dt.date) and isinstance(time, dt.time)):
        return None
    length = dt.datetime.combine(end.day, end.time) - dt.datetime.combine(start, time)
    return int(length.total_seconds()) // 60 if dt.timedelta() <= length <= dt.timedelta(days=31) else None


def _own_comments(text: str) -> list[str]:
    """The comments of a file that `carnet export` wrote and somebody changed; empty for any other text."""
    if not text.startswith('[{"lineNo"'):
        return [""] if text == "[]" else []
    COMMENTS.parse(text)
    return [comment["comment"] for comment in json.loads(text)]


def _in_comments(text: str) -> list[str]:
    """The text in parts that fit into comments, cut at the ends of lines or else between words."""
    parts = []
    while len(text) > MAX_COMMENT:
        start = text[:MAX_COMMENT]
        end = next((start.rfind(sign) for sign in ("\n", " ") if start.rfind(sign) > MAX_COMMENT // 2), MAX_COMMENT)
        parts.append(text[:end].strip())
        text = text[end:].strip()
    return [part for part in (*parts, text) if part]
