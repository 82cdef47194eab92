"""A calendar as iCalendar (RFC 5545), in English or French. The library `icalendar` escapes and folds the texts."""

import datetime as dt
import hashlib
from urllib.parse import quote

from icalendar import Calendar as ICalendar
from icalendar import Event as IEvent
from icalendar import vText

from resolvers.calendars.events import Calendar, Event
from resolvers.errors import Translated

PRODUCT = "-//Carnet//Carnet//EN"
REFRESHED = dt.timedelta(hours=1)
"""How often calendar programs are asked to read the calendar again."""

NAME = Translated("Postponed interactions – {name}", "Interactions reportées – {name}")
ABOUT = Translated(
    "Interactions that are to be resumed, from Carnet. Change them there, not in the calendar.",
    "Interactions à reprendre, provenant de Carnet. Modifiez-les dans Carnet, et non dans le calendrier.",
)
UNNAMED = Translated("Postponed interaction {no}", "Interaction reportée {no}")
REASON = Translated("Reason: {text}", "Motif\u00a0: {text}")
PHONE = Translated("Phone: {text}", "Téléphone\u00a0: {text}")
CONTACT = Translated("Contact: {text}", "Contact\u00a0: {text}")
NUMBER = Translated("Entry no.: {text}", "N° séquence\u00a0: {text}")


def calendar_text(calendar: Calendar, *, language: str, feed: str, link: str | None) -> bytes:
    """The whole calendar. `feed` is the hash of the secret of the feed. `link` is the address that events link to, with
    the placeholders `{entryNo}` and `{contactNo}`; None for no link.
    """
    made = ICalendar()
    made.add("prodid", PRODUCT)
    made.add("version", "2.0")
    made.add("calscale", "GREGORIAN")
    name, about = (_in(language, text).format(name=calendar.salesperson_name) for text in (NAME, ABOUT))
    for property_, text in (("name", name), ("x-wr-calname", name), ("description", about), ("x-wr-caldesc", about)):
        made.add(property_, vText(text))
    made.add("refresh-interval", REFRESHED, parameters={"VALUE": "DURATION"})
    made.add("x-published-ttl", "PT1H")
    for event in calendar.events:
        made.add_component(_event(event, language, _uid(feed, event), link))
    return bytes(made.to_ical())


def _event(event: Event, language: str, uid: str, link: str | None) -> IEvent:
    made = IEvent()
    made.add("uid", uid)
    made.add("sequence", event.version - 1)
    made.add("dtstamp", event.changed_at)
    made.add("last-modified", event.changed_at)
    made.add("dtstart", event.day)
    if event.day < dt.date.max:
        made.add("dtend", event.day + dt.timedelta(days=1))
    made.add("summary", _summary(event, language))
    address = None if link is None else _filled(link, event)
    if address is not None:
        made.add("url", address)
    made.add("description", _description(event, language, address))
    made.add("transp", "TRANSPARENT")
    made.add("class", "PRIVATE")
    return made


def _summary(event: Event, language: str) -> str:
    """Who, and what for: `Éric Roy (Boréal) – Visit`."""
    who = event.contact_name
    if who is not None and event.company_name is not None:
        who = f"{who} ({event.company_name})"
    parts = [part for part in (who, event.description) if part]
    return " – ".join(parts) if parts else _in(language, UNNAMED).format(no=event.entry_no)


def _description(event: Event, language: str, address: str | None) -> str:
    lines = (
        (REASON, event.reason),
        (PHONE, event.phone_no),
        (CONTACT, event.contact_no),
        (NUMBER, str(event.entry_no)),
    )
    shown = [_in(language, label).format(text=text) for label, text in lines if text]
    return "\n".join([*shown, *([] if address is None else [address])])


def _filled(link: str, event: Event) -> str:
    return link.replace("{entryNo}", str(event.entry_no)).replace("{contactNo}", quote(event.contact_no or "", safe=""))


def _uid(feed: str, event: Event) -> str:
    """Identifies an event among those of all calendars, always the same. It does not show the hash of the secret."""
    return f"{event.entry_no}-{hashlib.sha256(f'uid {feed}'.encode()).hexdigest()[:24]}@carnet"


def _in(language: str, text: Translated) -> str:
    return text.french if language == "FR" else text.english
