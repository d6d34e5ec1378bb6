"""docs/glossary.md has every Italian word that a contract names, and every word that the protocol rests on."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from tests.service_pages.glossary import CONTRACTS, PAGE, ROOT, entries, of_text, page

pytestmark = pytest.mark.unit

OF_THE_PROTOCOL = """
    protocollo di intesa | soggetto firmatario | soggetto sottoscrittore | soggetto promotore | recesso | rinnovo
    associazione imprenditoriale | associazione di categoria | organizzazione sindacale | consenso delle parti
    Tavolo di coordinamento | Tavolo tecnico | Board | Comitato di valutazione | Comitato di gestione
    convenzione attuativa | coordinamento operativo | piano di lavoro annuale | programmazione finanziaria annuale
    ripartizione degli oneri finanziari | referente tecnico | monitoraggio | linea di azione | fabbisogno
    direttrice | raccordo domanda - offerta | tirocinio | stage | inserimento nel mondo del lavoro | reinserimento
    bilancio di competenze | lingua italiana | sicurezza | curriculum dinamico | formazione professionalizzante mirata
    formazione sperimentale breve | posizioni di lavoro preventivamente individuate | autoimprenditorialità
    progetto di innovazione sociale | sostegno progettuale | sostegno finanziario | azione di consolidamento
    disponibilità a cambiare settore di occupazione | inoccupato | disoccupato | lavoro povero
    condizione di fragilità e vulnerabilità | attività di sostegno familiare | duplicazione di interventi
    quartiere | Unione di Comuni | Distretto socio sanitario | servizio-sportello | buona prassi
    Patto metropolitano per il lavoro e lo sviluppo sostenibile | Fondo metropolitano di comunità
"""
"""Words of the five pages, taken from its text by hand."""

SAMPLE = '''
Code = str
"""Of an office (P01). Italian: codice; sigla."""


class OfficeEvent:
    """An office opens (P71).

    More of it, which no glossary needs.

    Italian: ufficio.
    """

    OPEN = "open"
    """Italian: aperto."""
    SHUT = "shut"
    """It speaks Italian: nobody lists it, because more follows. Indeed."""
'''


def test_the_committed_page_is_the_one_of_the_docstrings() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run `make docs`"


def test_every_word_of_the_protocol_is_there() -> None:
    listed = {word for one in entries() for word in one.words}
    wanted = {word.strip() for line in OF_THE_PROTOCOL.strip().splitlines() for word in line.split("|")}
    assert wanted <= listed, "name it in the docstring of what it is: `Italian: …`"


def test_no_word_and_no_name_stands_for_two_things() -> None:
    words = Counter(word.lower() for one in entries() for word in one.words)
    names = Counter(one.english for one in entries())
    assert [word for word, times in (words + names).items() if words[word] > 1 or names[word] > 1] == []


def test_no_docstring_that_names_a_word_is_passed_over() -> None:
    """Counted in the text, also outside the contracts, where the glossary does not look."""
    named = sum(path.read_text(encoding="utf-8").count("Italian: ") for path in CONTRACTS.glob("*.py"))
    assert named == len(entries())
    elsewhere = [
        path
        for folder in ("services", "libs")
        for path in (ROOT / folder).glob("*/src/**/*.py")
        if CONTRACTS not in path.parents and "Italian: " in path.read_text(encoding="utf-8")
    ]
    assert elsewhere == []


def test_how_docstrings_are_read() -> None:
    found = [(one.words, one.name, one.english, one.says) for one in of_text(SAMPLE, Path("sample.py"))]
    assert found == [
        (("codice", "sigla"), "Code", "code", "Of an office (P01)."),
        (("ufficio",), "OfficeEvent", "office", "An office opens (P71)."),
        (("aperto",), "OfficeEvent.OPEN", "open (office)", "An office opens (P71)."),
    ]
