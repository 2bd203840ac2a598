"""Reading articles: who said what, by the words that say so."""

from stance.reading.article import statements_from_text
from stance.reading.records import AttributedStatement

__all__ = ["AttributedStatement", "statements_from_text"]
