"""Reads an article from its beginning to its end, and keeps in mind who has spoken."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from stance.reading.attribution import attributions
from stance.reading.coreference import Discourse, Resolved
from stance.reading.holders import Holders
from stance.reading.labels import Labelled, headline, is_headline, transcript
from stance.reading.naming import bodies, is_bare, is_many, mention_at
from stance.reading.phrases import Subject
from stance.reading.quotations import Quotation, find_quotations
from stance.reading.records import AttributedStatement, Kind
from stance.reading.saying import Attribution
from stance.reading.sentences import paragraphs, sentences
from stance.reading.subjects import leading
from stance.reading.tokens import Token, tokenise

__all__ = ["Reader"]

_DATELINE = re.compile(
    r"[A-Z][A-Z .'’-]{1,60}(?:,[^—–\n]{1,40}?)?(?:\s\([^()\n]{1,30}\))?\s{0,9}(?:[—–]|\s-\s)\s*"
)
_LONGEST_SENTENCE = 3000
_TRAILING = ", \t\n\r;:"


@dataclass(frozen=True, slots=True)
class _Paragraph:
    start: int
    end: int
    quotations: list[Quotation]
    sentences: list[list[Token]]

    @property
    def is_quotation(self) -> bool:
        """Whether it is quotations and nothing else."""
        return bool(self.sentences) and not any(
            token.is_word for tokens in self.sentences for token in tokens
        )


@dataclass(frozen=True, slots=True)
class _Source:
    """Whose a quotation is that goes on from the one before."""

    resolved: Resolved
    cue: tuple[int, int]


class Reader:
    """Reads one article.

    Parameters
    ----------
    article : str
    """

    def __init__(self, article: str) -> None:
        self._article = article
        places = list(paragraphs(article))
        self._turns = transcript(article, places)
        quotations = find_quotations(article, places)
        self._paragraphs = [
            self._paragraph(index, *place, quotations[index]) for index, place in enumerate(places)
        ]
        self._holders = Holders(tokens for item in self._paragraphs for tokens in item.sentences)
        self._discourse = Discourse(self._holders)
        self._found: list[AttributedStatement] = []
        self._last: _Source | None = None
        self._open = False

    def read(self) -> list[AttributedStatement]:
        """All statements, in the order of the text."""
        for index, paragraph in enumerate(self._paragraphs):
            if index in self._turns:
                self._turn(self._turns[index])
            elif is_headline(self._article, paragraph.start, paragraph.end):
                self._headline(paragraph)
            else:
                self._prose(index, paragraph)
        return sorted(self._found, key=lambda item: (item.start, item.end))

    def _paragraph(
        self, index: int, start: int, end: int, quotations: list[Quotation]
    ) -> _Paragraph:
        found: list[list[Token]] = []
        if index in self._turns:
            return _Paragraph(start, end, quotations, found)
        dateline = _DATELINE.match(self._article, start, end)
        begin = dateline.end() if dateline else start
        kept = [item for item in quotations if item.outer_start >= begin]
        at = 0
        for first, last in sentences(self._article, begin, end, kept):
            stop = at
            while stop < len(kept) and kept[stop].outer_end <= last:
                stop += 1
            inside, at = kept[at:stop], stop
            if last - first - sum(item.end - item.start for item in inside) <= _LONGEST_SENTENCE:
                found.append(tokenise(self._article, first, last, inside))
        return _Paragraph(start, end, quotations, found)

    def _turn(self, turn: Labelled | None) -> None:
        if turn is not None:
            cue = (turn.cue_start, turn.cue_end)
            self._add(Resolved(turn.holder), (turn.start, turn.end), cue, "transcript")

    def _headline(self, paragraph: _Paragraph) -> None:
        labelled = headline(self._article, paragraph.start, paragraph.end)
        if labelled is None:
            for tokens in paragraph.sentences:
                self._sentence(tokens, attributions(tokens), "headline", [])
            return
        words = tokenise(labelled.holder, 0, len(labelled.holder), [])
        mention = mention_at(words, Subject(0, len(words)))
        resolved = self._discourse.resolve(mention) if mention else Resolved(labelled.holder)
        cue = (labelled.cue_start, labelled.cue_end)
        self._add(resolved, (labelled.start, labelled.end), cue, "headline")

    def _prose(self, index: int, paragraph: _Paragraph) -> None:
        goes_on = self._open or paragraph.is_quotation
        self._open = any(item.open for item in paragraph.quotations)
        if not goes_on:
            self._last = None
        waiting: list[Token] = []  # quotations whose speaker may be named behind them
        for tokens in paragraph.sentences:
            self._discourse.begin(index)
            found = attributions(tokens)
            self._note_leading(tokens, found)
            if self._sentence(tokens, found, "reported", waiting):
                waiting = []
            elif not any(token.is_word for token in tokens):
                waiting += [token for token in tokens if token.quotation]
                if self._last is not None:
                    self._quote_on(waiting)
                    waiting = []
        if self._last is not None:
            self._quote_on(waiting)

    def _quote_on(self, quoted: Sequence[Token]) -> None:
        """Give quotations to whoever spoke before."""
        assert self._last is not None
        for token in quoted:
            self._quote(self._last.resolved, token, self._last.cue, continued=True)

    def _sentence(
        self,
        tokens: Sequence[Token],
        found: Sequence[Attribution],
        kind: Kind,
        waiting: Sequence[Token],
    ) -> bool:
        before: Resolved | None = None
        spoken = False
        said: set[int] = set()
        for item in found:
            resolved = before if item.subject is None else self._resolve(tokens, item, kind)
            if resolved is None:
                continue
            if not item.direct:
                said.update(at for start, end in item.spans for at in range(start, end))
            before = resolved
            spoken = self._attribute(tokens, item, resolved, kind, waiting) or spoken
        self._note_others([token for at, token in enumerate(tokens) if at not in said])
        return spoken

    def _attribute(
        self,
        tokens: Sequence[Token],
        item: Attribution,
        resolved: Resolved,
        kind: Kind,
        waiting: Sequence[Token],
    ) -> bool:
        """Take down one attribution; whether it had statements, here or before."""
        cue = (tokens[item.cue[0]].start, tokens[item.cue[1] - 1].end)
        if item.direct or not item.spans:
            self._last = _Source(resolved, cue)
            for token in waiting:
                self._quote(resolved, token, cue, continued=item.direct)
        for start, end in item.spans:
            if item.direct:
                self._quote(resolved, tokens[start], cue)
            else:
                self._add(resolved, (tokens[start].start, tokens[end - 1].end), cue, kind)
        return bool(item.spans or waiting)

    def _resolve(self, tokens: Sequence[Token], item: Attribution, kind: Kind) -> Resolved | None:
        assert item.subject is not None
        mention = mention_at(tokens, item.subject)
        if mention is None or (item.plural and not is_many(mention, item.subject)):
            return None
        if kind != "headline" and is_bare(tokens, item.subject, mention):
            return None
        resolved = self._discourse.resolve(mention)
        if resolved.holder is not None:
            self._discourse.note(resolved.holder, subject=True)
        elif mention.head == "it" and not resolved.candidates:
            return None  # a thing, most likely: "The plan is bold. It calls for …"
        return resolved

    def _note_leading(self, tokens: Sequence[Token], found: Sequence[Attribution]) -> None:
        """Keep in mind whom a sentence is about, for its pronouns and those of the next."""
        subject = leading(tokens)
        if subject is None or tokens[subject.end - 1].is_possessive:
            return
        if any(item.subject and item.subject.start == subject.start for item in found):
            return  # it will be noted as the speaker
        within = [span for item in found for span in item.spans if span[0] <= item.cue[0] < span[1]]
        if any(start == subject.start for start, _ in within):
            return  # it is spoken of: "The premier, she charged, had lied"
        if tokens[0].low in {"his", "her"}:  # shows whether the one before is a man or a woman
            owner = {"his": "he", "her": "she"}[tokens[0].low]
            self._discourse.show_gender(owner)
        mention = mention_at(tokens, subject)
        if mention is None:
            return
        if mention.name and not mention.parts:
            holder = self._holders.known(mention.name)
        else:
            holder = self._discourse.resolve(mention).holder
        if holder is None:
            return
        if not mention.name and holder.name == mention.text:
            # "The former commander" may be a new holder, or another word for the one before.
            self._discourse.keep_subject()
        self._discourse.note(holder, subject=True)

    def _note_others(self, tokens: Sequence[Token]) -> None:
        for holder in self._holders.mentioned(tokens):
            self._discourse.note(holder, subject=False)
        for mention in bodies(tokens):
            resolved = self._discourse.resolve(mention)
            if resolved.holder is not None:
                self._discourse.note(resolved.holder, subject=False)

    def _quote(
        self, resolved: Resolved, token: Token, cue: tuple[int, int], *, continued: bool = False
    ) -> None:
        assert token.quotation is not None
        span = (token.quotation.start, token.quotation.end)
        self._add(resolved, span, cue, "direct", continued=continued)

    def _add(
        self,
        resolved: Resolved,
        span: tuple[int, int],
        cue: tuple[int, int],
        kind: Kind,
        *,
        continued: bool = False,
    ) -> None:
        start, end = span
        while start < end and self._article[start] in _TRAILING:
            start += 1
        while end > start and self._article[end - 1] in _TRAILING:
            end -= 1
        text = self._article[start:end]
        if not any(character.isalnum() for character in text):
            return
        words = "" if continued else self._article[slice(*cue)]
        holder, certain, candidates = resolved.name, resolved.certain, resolved.candidates
        self._found.append(
            AttributedStatement(holder, text, start, end, words, *cue, kind, certain, candidates)
        )
