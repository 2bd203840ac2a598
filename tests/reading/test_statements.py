"""What is found in an article: by kind of speech, cue and mark."""

from __future__ import annotations

import pytest

from stance import AttributedStatement, statements_from_text
from stance.errors import DataError

# Article, and what is to be found: (holder, text) of each statement, in order.
CASES = {
    "direct, speaker behind": ('"We stay," said Mara Venn.', [("Mara Venn", "We stay")]),
    "direct, curly": ("“We stay,” Mara Venn said.", [("Mara Venn", "We stay")]),
    "direct, single": ("‘We stay,’ Mara Venn said.", [("Mara Venn", "We stay")]),
    "direct, straight single": (
        "'We don't stay,' Mara Venn said.",
        [("Mara Venn", "We don't stay")],
    ),
    "direct, guillemets": ("Mara Venn said: «We stay.»", [("Mara Venn", "We stay.")]),
    "direct, colon": ('Mara Venn told the court: "We stay."', [("Mara Venn", "We stay.")]),
    "direct, question": ('"Who pays?" asked the mayor of Oss.', [("mayor of Oss", "Who pays?")]),
    "direct, question and capital": ('"Who pays?" Venn asked.', [("Venn", "Who pays?")]),
    "split": (
        '"We stay," Mara Venn said. "We do not leave."',
        [("Mara Venn", "We stay"), ("Mara Venn", "We do not leave.")],
    ),
    "split within": (
        '"We stay," the mayor said, "and you go."',
        [("mayor", "We stay"), ("mayor", "and you go.")],
    ),
    "several paragraphs": (
        '"We stay," Mara Venn said. "We were here first.\n\n"We will be here last."',
        [
            ("Mara Venn", "We stay"),
            ("Mara Venn", "We were here first."),
            ("Mara Venn", "We will be here last."),
        ],
    ),
    "nested": (
        "\"He said, 'Go,' and we went,\" the mayor recalled.",
        [("mayor", "He said, 'Go,' and we went")],
    ),
    "reported": ("The mayor said that the bridge was shut.", [("mayor", "the bridge was shut")]),
    "reported, when and where": (
        "The mayor told reporters in the capital on Monday the bridge was shut.",
        [("mayor", "the bridge was shut")],
    ),
    "reported, cue behind": (
        "The bridge was shut, the army said.",
        [("army", "The bridge was shut")],
    ),
    "reported, cue within": (
        "The bridge, the mayor said, was shut.",
        [("mayor", "The bridge, the mayor said, was shut")],
    ),
    "cue behind, a place of two words": (
        "Kostren will not pull its soldiers out of the Sennet Pass, Foreign Minister Daro "
        "Hest said on Tuesday, brushing aside a call from across the front for talks on a "
        "withdrawal.",
        [("Daro Hest", "Kostren will not pull its soldiers out of the Sennet Pass")],
    ),
    "cue behind, a place and nothing more": (
        "Kostren will not leave the Sennet Pass, Foreign Minister Daro Hest said on Tuesday.",
        [("Daro Hest", "Kostren will not leave the Sennet Pass")],
    ),
    "cue behind, the time before the verb": (
        "Kostren will not leave the Sennet Pass, Prime Minister Mara Venn on Tuesday said.",
        [("Mara Venn", "Kostren will not leave the Sennet Pass")],
    ),
    "cue behind, late on a day": (
        "Kostren will not leave the Sennet Pass, Daro Hest said late on Monday.",
        [("Daro Hest", "Kostren will not leave the Sennet Pass")],
    ),
    "cue behind, reporters told": (
        "Officials of the Korr Front will go to Lake Dun, Colonel Ilo Brask told "
        "reporters on Monday.",
        [("Ilo Brask", "Officials of the Korr Front will go to Lake Dun")],
    ),
    "cue behind, an official of a body": (
        "Kostren will not leave the Sennet Pass, a spokesman for the Foreign Ministry said.",
        [("spokesman for the Foreign Ministry", "Kostren will not leave the Sennet Pass")],
    ),
    "cue behind, an office": (
        "Kostren will not leave the Sennet Pass, Hest's office said.",
        [("Hest's office", "Kostren will not leave the Sennet Pass")],
    ),
    "cue behind, a role with of": (
        "Kostren will not leave the Sennet Pass, the minister of defence said.",
        [("minister of defence", "Kostren will not leave the Sennet Pass")],
    ),
    "cue behind, an envoy to a body": (
        "Kostren will not leave the Sennet Pass, Veland's ambassador to the United Nations said.",
        [("Veland's ambassador to the United Nations", "Kostren will not leave the Sennet Pass")],
    ),
    "cue behind, a ministry": (
        "Ten soldiers were killed near Dun City, the Defence Ministry said on Sunday.",
        [("Defence Ministry", "Ten soldiers were killed near Dun City")],
    ),
    "cue behind, two speakers": (
        "Kostren will not leave the Sennet Pass, Russia and China said on Monday.",
        [("Russia and China", "Kostren will not leave the Sennet Pass")],
    ),
    "cue behind, a list of places": (
        "Rebels hold Dun Hill, Oss Ridge and the Sennet Pass, Governor Benno Kast said.",
        [("Benno Kast", "Rebels hold Dun Hill, Oss Ridge and the Sennet Pass")],
    ),
    "cue behind, an apposition with commas": (
        "A drone fell near Dun City, the head of the Korr Front, Ilo Brask, said on Sunday.",
        [("Ilo Brask", "A drone fell near Dun City")],
    ),
    "cue behind, an apposition behind the name": (
        "Kostren will not leave the Sennet Pass, Daro Hest, the foreign minister, said.",
        [("Daro Hest", "Kostren will not leave the Sennet Pass")],
    ),
    "cue within, a place of two words": (
        "The Sennet Pass, the governor said, will not be given up.",
        [("governor", "The Sennet Pass, the governor said, will not be given up")],
    ),
    "cue within, a remark within": (
        "The bridge, the mayor said, citing an engineer, was shut.",
        [("mayor", "The bridge, the mayor said, citing an engineer, was shut")],
    ),
    "cue behind, and a source": (
        "Kostren will not leave the Sennet Pass, the ministry said, citing the cost.",
        [("ministry", "Kostren will not leave the Sennet Pass")],
    ),
    "cue behind, and when": (
        "Kostren will not leave the Sennet Pass, Daro Hest said on Tuesday, a day after "
        "talks failed.",
        [("Daro Hest", "Kostren will not leave the Sennet Pass")],
    ),
    "cue behind, and meanwhile": (
        "Kostren will not leave the Sennet Pass, Daro Hest said on Tuesday, amid talks in Oss.",
        [("Daro Hest", "Kostren will not leave the Sennet Pass")],
    ),
    "cue behind, and a sign": (
        "Kostren will not leave the Sennet Pass, Daro Hest said on Tuesday, in a sign "
        "that talks had failed.",
        [("Daro Hest", "Kostren will not leave the Sennet Pass")],
    ),
    "cue behind an act, and more": (
        "Kostren rejected the Oss Plan, Daro Hest said on Tuesday, adding that talks were over.",
        [("Daro Hest", "Kostren rejected the Oss Plan"), ("Daro Hest", "talks were over")],
    ),
    "a day before a name": (
        "Daro Hest said on Tuesday Kostren will not leave the Sennet Pass.",
        [("Daro Hest", "Kostren will not leave the Sennet Pass")],
    ),
    "a title with of": (
        "Kostren will not leave the Sennet Pass, Secretary of State Mara Venn said. The "
        "secretary of state called for a truce.",
        [
            ("Mara Venn", "Kostren will not leave the Sennet Pass"),
            ("Mara Venn", "called for a truce"),
        ],
    ),
    "a title with of and a body": (
        "President of the European Commission Mara Venn said the truce was over.",
        [("Mara Venn", "the truce was over")],
    ),
    "a title with of in lower case": (
        "Army chief of staff Ilo Brask said the truce was over.",
        [("Ilo Brask", "the truce was over")],
    ),
    "an aide of a minister": (
        "The aide of Defence Minister Ilo Brask said the truce was over.",
        [("aide of Defence Minister Ilo Brask", "the truce was over")],
    ),
    "a name with small words": (
        "President Mara von der Venn said the truce was over. Von der Venn called for talks.",
        [("Mara von der Venn", "the truce was over"), ("Mara von der Venn", "called for talks")],
    ),
    "familiar with": (
        "People familiar with the talks said the truce was over.",
        [("People", "the truce was over")],
    ),
    "reported, partial quotation": (
        'Venn said the plan was "a trap" for both sides.',
        [("Venn", 'the plan was "a trap" for both sides')],
    ),
    "apposition": (
        "Ilo Brask, the rebel commander, said talks were over.",
        [("Ilo Brask", "talks were over")],
    ),
    "apposition, name second": (
        "The rebel commander, Ilo Brask, said talks were over.",
        [("Ilo Brask", "talks were over")],
    ),
    "relative clause": (
        "Ilo Brask, who leads the rebels, said talks were over.",
        [("Ilo Brask", "talks were over")],
    ),
    "act": ("The council rejected any withdrawal.", [("council", "rejected any withdrawal")]),
    "act with a particle": (
        "The council called for a truce.",
        [("council", "called for a truce")],
    ),
    "acts and sayings in a row": (
        "The mayor rejected the plan, but said talks would go on, adding that he would wait.",
        [
            ("mayor", "rejected the plan"),
            ("mayor", "talks would go on"),
            ("mayor", "he would wait"),
        ],
    ),
    "two holders in a sentence": (
        "The mayor said the road was open, but the army said it was mined.",
        [("mayor", "the road was open"), ("army", "it was mined")],
    ),
    "named as": (
        'Venn called the plan "a trap".',
        [("Venn", 'called the plan "a trap"')],
    ),
    "passive": (
        "The proposal was rejected by the rebel council.",
        [("rebel council", "The proposal was rejected")],
    ),
    "quoted as": (
        "Venn was quoted by the radio as saying the talks had failed.",
        [("Venn", "the talks had failed")],
    ),
    "an agency tells what he said": (
        "Governor Benno Kast said on Monday that he would stay, the Tass agency reported.",
        [("Benno Kast", "he would stay")],
    ),
    "an agency is the source of a quotation": (
        '"We stay," Governor Benno Kast said, according to Reuters.',
        [("Benno Kast", "We stay")],
    ),
    "an agency comes first": (
        "Reuters reported that Governor Benno Kast rejected the plan.",
        [("Benno Kast", "rejected the plan")],
    ),
    "an agency tells of itself": (
        "Talks will resume on Monday, Reuters reported.",
        [("Reuters", "Talks will resume on Monday")],
    ),
    "according to": (
        "According to the ministry, two men were hurt.",
        [("ministry", "two men were hurt")],
    ),
    "according to, behind": (
        "Two men were hurt, according to Benno Kast, a gunner who saw it.",
        [("Benno Kast", "Two men were hurt")],
    ),
    "a document's author": (
        "A statement by the council said the truce was over.",
        [("council", "the truce was over")],
    ),
    "a document's owner": (
        "The council's statement called for a truce.",
        [("council", "called for a truce")],
    ),
    "plural": ("Residents say the well is dry.", [("Residents", "the well is dry")]),
    "brackets": (
        "The High Council (HC) said the truce was over.",
        [("High Council", "the truce was over")],
    ),
    "headline": ("President rules out early vote", [("President", "rules out early vote")]),
    "headline, colon": ("General: No troops will leave", [("General", "No troops will leave")]),
    "headline, holder last": (
        "Sanctions 'will bite': Treasury",
        [("Treasury", "Sanctions 'will bite'")],
    ),
    "headline, dash": ('"We will fight on" — Brask', [("Brask", "We will fight on")]),
    "dateline": (
        "BRENN, Oct. 4 - The mayor said the road was open.",
        [("mayor", "the road was open")],
    ),
    "behind a colon": ('Mara Venn was blunt: "No."', [("Mara Venn", "No.")]),
    "aside with a that of its own": (
        "An observer told the court, in a letter that was leaked, that boxes were missing.",
        [("observer", "boxes were missing")],
    ),
    "apposition that no comma closes": (
        "Ada Brune, head of the party told a newspaper that talks were over.",
        [("Ada Brune", "talks were over")],
    ),
    "because, she says": (
        "Mara Venn stayed because, she says, nobody else wanted the post.",
        [("Mara Venn", "nobody else wanted the post")],
    ),
    "semicolon": ("The army said it had won; rain fell.", [("army", "it had won")]),
    "demonstrative that": ("Critics say that is unfair.", [("Critics", "that is unfair")]),
    "one of them": (
        '"For parking?" said one of the villagers, a beekeeper.',
        [("one of the villagers", "For parking?")],
    ),
    "plain word before a full stop": (
        "Exiles say the king is ill. Courtiers say he is resting.",
        [("Exiles", "the king is ill"), ("Courtiers", "he is resting")],
    ),
    "not only": ("Not only Russia rejected the plan.", [("Russia", "rejected the plan")]),
    "a no in another clause": (
        "There was nothing new and Mara Venn said the troops would leave.",
        [("Mara Venn", "the troops would leave")],
    ),
    "a no of somebody's own": (
        "The leader of a party with no seats in the hall said the troops would leave.",
        [("leader of a party", "the troops would leave")],
    ),
    "together": ("Russia and China rejected it all.", [("Russia and China", "rejected it all")]),
    "together, with an article": (
        "The United States and Russia say the truce will hold.",
        [("United States and Russia", "the truce will hold")],
    ),
    "together, three": (
        "Talks ended, Israel, the United States and Qatar said.",
        [("Israel, United States and Qatar", "Talks ended")],
    ),
    "together, with a comma before the last": (
        "Mara Venn, Oss Tal, and Ivo Kast said the road was open.",
        [("Mara Venn, Oss Tal and Ivo Kast", "the road was open")],
    ),
    "together, headline": (
        "Venn and Brask: No troops will leave",
        [("Venn and Brask", "No troops will leave")],
    ),
    "together, behind an opener": (
        "Separately, Russia and China called for a truce.",
        [("Russia and China", "called for a truce")],
    ),
    "together, behind a quotation": (
        '"We stay," said Mara Venn and Oss Tal.',
        [("Mara Venn and Oss Tal", "We stay")],
    ),
    "together, as a source": (
        "According to Mara Venn and Oss Tal, the road is open.",
        [("Mara Venn and Oss Tal", "the road is open")],
    ),
    "together, with titles": (
        "President Oss Tal and General Ivo Kast said the road was open.",
        [("Oss Tal and Ivo Kast", "the road was open")],
    ),
    "together, a body and a name": (
        "The army and Mara Venn said the road was open.",
        [("army and Mara Venn", "the road was open")],
    ),
    "together, saying": (
        "Mara Venn and Oss Tal left, saying the road was open.",
        [("Mara Venn and Oss Tal", "the road was open")],
    ),
    "people from two places": (
        "Officials from Russia and China said the road was open.",
        [("Officials", "the road was open")],
    ),
    "when asked": ("When asked, Mara Venn said it rained.", [("Mara Venn", "it rained")]),
    "two clauses with and": (
        "Talks failed in Russia and China rejected the plan.",
        [("China", "rejected the plan")],
    ),
    "two clauses with and, an object": (
        "Mara Venn met Oss Tal and Ivo Kast said the truce would hold.",
        [("Ivo Kast", "the truce would hold")],
    ),
    "two posts of one": (
        "The president and defence minister Mara Venn said the road was open.",
        [("Mara Venn", "the road was open")],
    ),
    "two fields of one": (
        "Trade and Industry Minister Mara Venn said the road was open.",
        [("Mara Venn", "the road was open")],
    ),
    "a body with and in its name": (
        "The Ministry of Trade and Industry said the road was open.",
        [("Ministry of Trade", "the road was open")],
    ),
    "a state with and in its name": (
        "Bosnia and Herzegovina rejected the plan. It called for a truce.",
        [
            ("Bosnia and Herzegovina", "rejected the plan"),
            ("Bosnia and Herzegovina", "called for a truce"),
        ],
    ),
    "writer's comment": (
        "The army said it had won, a claim that the rebels denied.",
        [("army", "it had won")],
    ),
}


@pytest.mark.parametrize(("article", "expected"), CASES.values(), ids=CASES.keys())
def test_found(article: str, expected: list[tuple[str, str]]) -> None:
    found = statements_from_text(article)
    assert [(item.holder, item.text) for item in found] == expected
    assert all(item.certain and item.candidates == () for item in found)
    assert all(article[item.start : item.end] == item.text for item in found)
    assert all(article[item.cue_start : item.cue_end] for item in found)


@pytest.mark.parametrize(
    "article",
    [
        "",
        " \n\n ",
        "Rain fell all week.",
        "The minister did not say when troops would leave.",
        "The mayor never said that the bridge was for sale.",
        "If the council says yes, the road opens.",
        "The army will leave if Russia rejects the plan.",
        "Talks go on unless Mara Venn rejects the plan.",
        "Whether Mara Venn said that troops will leave is unclear.",
        "When Mara Venn said the troops will leave, the crowd cheered.",
        "Had Mara Venn rejected the plan, the army would have left.",
        "Had the council rejected the plan, the army would have left.",
        "What Asmara asked for was the removal of the guard.",
        "What we asked for was the removal of the guard.",
        "The governor would not say who was to blame.",
        "Nobody said that it was safe.",
        "Neither the army nor the government rejected the plan.",
        "Neither Mara Venn nor Oss Tal said that troops will leave.",
        "Not a single minister rejected the plan.",
        "Not one of the ministers said the troops will leave.",
        "The plan was rejected by neither the army nor the government.",
        '"We stay," said neither the mayor nor the governor.',
        "The plan was rejected by nobody.",
        "The spokesman declined to comment.",
        "The minister refused to comment.",
        "The mayor said nothing.",
        "Venn rejected that.",
        'The so-called "peace road" is closed.',
        'A banner reads "Together" in red.',
        '"We stay." The order hangs on the wall.',
        "The bridge is said to be safe.",
        "The teacher explained the map to the children.",
        "The plan is bold. It calls for a truce.",
        "The council's offer stands.",
        "The power to the disputed town was cut.",
        "The party backs onto the river.",
        "The engineer in charge was away.",
        "The song tells of a lost city.",
        "Nor did he deny that they had been paid.",
        "Two men were hurt, according to a report.",
    ],
)
def test_nothing_is_attributed(article: str) -> None:
    assert statements_from_text(article) == []


def test_cues_and_kinds() -> None:
    article = (
        '"We go," Mara Venn said. "We go now." According to the army, the road is open. '
        "The council called for a truce."
    )
    found = statements_from_text(article)
    assert [(item.cue, item.kind) for item in found] == [
        ("said", "direct"),
        ("", "direct"),
        ("According to", "reported"),
        ("called for", "reported"),
    ]
    assert {article[item.cue_start : item.cue_end] for item in found[:2]} == {"said"}


def test_a_quotation_may_be_introduced_by_the_sentence_before() -> None:
    article = 'The mayor took the floor. "We stay," he said. "We stay here."'
    assert [item.holder for item in statements_from_text(article)] == ["mayor", "mayor"]


def test_offsets_count_characters() -> None:
    article = "Ünal Çelik, der Bürgermeister — 🙂\n\nThe mayor said the bridge 🙂 was shut."
    [found] = statements_from_text(article)
    assert article[found.start : found.end] == found.text == "the bridge 🙂 was shut"


@pytest.mark.parametrize("wrong", [None, b"text", 3, ["text"]])
def test_not_text(wrong: object) -> None:
    with pytest.raises(DataError, match=f"article: expected text, got {type(wrong).__name__}"):
        statements_from_text(wrong)  # type: ignore[arg-type]


def test_a_statement_is_frozen() -> None:
    [found] = statements_from_text("The mayor said the bridge was shut.")
    assert isinstance(found, AttributedStatement)
    with pytest.raises(AttributeError):
        found.holder = "king"  # type: ignore[misc]
    assert hash(found) == hash(statements_from_text("The mayor said the bridge was shut.")[0])
