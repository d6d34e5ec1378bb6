"""Invented names, and weights of the comuni. The streets and the surnames are nobody's."""

from __future__ import annotations

HEADS = ("Monte", "Ponte", "Prato", "Colle", "Fonte", "Rocca", "Torre", "Campo", "Riva", "Serra", "Selva", "Borgo")
TAILS = (
    "cantastorie", "lucentini", "mirabelli", "novelletti", "passalento", "quietoni", "ridarelli", "sognatori",
    "tramontani", "ventolini", "zefirelli", "acquarelli", "biancolini", "fiordalisi", "granturchi", "pennacchietti",
)  # fmt: skip
WOMEN = (
    "Abigaia", "Belisa", "Celinda", "Doralice", "Elettra", "Fiammetta", "Ginevra", "Ilenia", "Luminosa", "Mirandola",
    "Nerina", "Ofelia", "Perla", "Quintilia", "Rosalba", "Selene", "Tecla", "Urania", "Violante", "Zaira",
    "Amina", "Irina", "Shirin", "Blessing",
)  # fmt: skip
MEN = (
    "Arcangelo", "Baldo", "Cosmo", "Diomede", "Ettore", "Fosco", "Galileo", "Igino", "Leandro", "Medoro",
    "Nestore", "Orlando", "Prospero", "Quirino", "Ruggero", "Silvano", "Tancredi", "Ubaldo", "Valente", "Zeno",
    "Karim", "Bogdan", "Imran", "Sunday",
)  # fmt: skip
STREETS = ("del Racconto", "delle Comparse", "della Finzione", "del Sipario", "dei Personaggi", "della Trama")

BIRTHPLACES = ("A944", "A944", "A944", "E289", "F257", "D548", "G273", "F839", "C351", "A662", "L219", "F205")
"""Cadastral codes of Italian comuni: Bologna most of all, then Imola and cities that people come from."""

FROM_EU = ("Z129", "Z129", "Z129", "Z127", "Z104")
FROM_ELSEWHERE = ("Z330", "Z236", "Z335", "Z249", "Z138", "Z140", "Z100", "Z343", "Z216", "Z611", "Z352", "Z210")
"""Codes of the countries of birth; the weights are those of the list."""

COMPANY_HEADS = ("Officine", "Cooperativa", "Logistica", "Forno", "Ristorante", "Magazzini", "Pulizie", "Servizi")
COMPANY_TAILS = ("dell'Esempio", "del Modello", "della Prova", "del Campione", "della Figura", "del Saggio")

POPULATION = {
    "037001": 12.3, "037002": 9.9, "037003": 7.1, "037005": 5.7, "037006": 620.0, "037007": 3.3, "037008": 18.5,
    "037009": 13.5, "037010": 1.8, "037011": 36.5, "037012": 3.4, "037013": 1.9, "037014": 1.2, "037015": 3.4,
    "037016": 4.5, "037017": 6.6, "037019": 18.6, "037020": 20.9, "037021": 15.6, "037022": 5.5, "037024": 13.6,
    "037025": 6.6, "037026": 1.9, "037027": 4.8, "037028": 5.4, "037030": 12.3, "037031": 3.8, "037032": 69.9,
    "037033": 2.2, "037034": 4.4, "037035": 9.0, "037036": 6.8, "037037": 16.7, "037038": 8.8, "037039": 15.6,
    "037040": 3.7, "037041": 6.1, "037042": 10.9, "037044": 6.4, "037045": 4.7, "037046": 13.9, "037047": 17.5,
    "037048": 7.1, "037050": 8.4, "037051": 4.2, "037052": 8.8, "037053": 28.3, "037054": 32.6, "037055": 12.5,
    "037056": 7.3, "037057": 14.8, "037059": 7.7, "037060": 19.0, "037061": 31.6, "037062": 6.9,
}  # fmt: skip
"""Thousands of inhabitants by ISTAT code, about; Bologna weighs half as much again, as its desks see more people."""

BOLOGNA = "037006"
