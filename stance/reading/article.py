"""``stance.statements_from_text``: the attributed statements of an article."""

from __future__ import annotations

from stance.errors import DataError, shown
from stance.reading.reader import Reader
from stance.reading.records import AttributedStatement

__all__ = ["statements_from_text"]


def statements_from_text(article: str) -> list[AttributedStatement]:
    """Find who said what in an English article or transcript.

    Parameters
    ----------
    article : str
        News prose, a press briefing, a communiqué. Paragraphs are divided by blank lines, or
        by line breaks where there are no blank lines.

    Returns
    -------
    list of AttributedStatement
        In the order of the text; empty where nothing is attributed. A quotation that its cue
        splits ('"We sign," he said, "or we go."') is two statements, and each paragraph of a
        quotation over several is one. Speech within speech is its outermost speaker's.

    Raises
    ------
    DataError
        If ``article`` is not text.

    See Also
    --------
    stance.predict_many : Say where the holders stand.

    Notes
    -----
    Rules over words, no model: patterns for verbs of speech and their subjects [1]_, in time
    linear in the length of the article. How often they are right is measured in
    ``experiments/reading``.

    References
    ----------
    .. [1] Pouliquen, Steinberger and Best, "Automatic Detection of Quotations in Multilingual
       News", RANLP 2007.

    Examples
    --------
    >>> from stance import statements_from_text
    >>> found = statements_from_text(
    ...     'Mara Venn, the foreign minister, rejected the offer. "We stay," she said.')
    >>> for item in found:
    ...     print(f"{item.holder} | {item.text} | {item.kind}")
    Mara Venn | rejected the offer | reported
    Mara Venn | We stay | direct
    """
    if not isinstance(article, str):
        raise DataError(f"article: expected text, got {shown(article)}")
    return Reader(article).read()
