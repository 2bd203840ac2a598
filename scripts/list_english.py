"""Write data/glossary/english.txt: the stems by which a text is taken for English.

    python scripts/list_english.py

They are those of the English side of the glossaries, and of what stands in two or more statements,
terms or holders that the default model learns from. Run it after a change to a glossary or to the
training data.
"""

from __future__ import annotations

import sys
from collections import Counter

from stance.datasets import load, to_frame
from stance.features.analysis import stem, tokens
from stance.features.glossary import ENGLISH, glossaries
from stance.resources import shipped


def main() -> int:
    """Write the file."""
    path = shipped("data/glossary") / ENGLISH
    path.write_text("\n".join(known_stems()) + "\n", encoding="utf-8")
    return 0


def known_stems() -> list[str]:
    """The stems, sorted."""
    train = to_frame(load("settlement")["train"])
    phrases = train.drop_duplicates("term")
    texts = [
        *train["text"].unique(),
        *(train["holder"] + " " + train["side"]).unique(),
        *phrases["term_name"],
        *phrases["term_description"],
        *(
            phrase
            for column in ("term_aliases", "term_opposites")
            for phrase in phrases[column].explode()
        ),
    ]
    counts = Counter(word for text in texts for word in set(map(stem, tokens(text))))
    known = {word for word, count in counts.items() if count > 1 and word.isascii()}
    for glossary in glossaries().values():
        known.update(map(stem, glossary.english))
    return sorted(known)


if __name__ == "__main__":
    sys.exit(main())
