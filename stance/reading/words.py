"""The words that reading goes by: verbs of speech, titles, roles, groups. Data only."""

from __future__ import annotations

__all__ = [
    "ACTS",
    "ADDRESSING",
    "ADVERBS",
    "ASIDES",
    "AUXILIARIES",
    "BLANKS",
    "CONJUNCTIONS",
    "DAYS",
    "DETERMINERS",
    "DOCUMENTS",
    "EMPTY",
    "FEMALE",
    "GROUPS",
    "HONORIFICS",
    "INANIMATE",
    "INTRODUCTIONS",
    "IRREGULAR",
    "LEADS",
    "MALE",
    "MODALS",
    "NEGATIONS",
    "OUTLETS",
    "OUTLET_INITIALS",
    "PARTICLES",
    "PLACES",
    "PREPOSITIONS",
    "PROMISES",
    "PRONOUNS",
    "ROLES",
    "SAYING",
    "STRONG",
    "SUBORDINATORS",
    "TIMES",
    "VERBLIKE",
    "WEAK",
    "word_set",
]


def word_set(text: str) -> frozenset[str]:
    """The words of a text, as a set."""
    return frozenset(text.split())


SAYING = word_set(
    """
    say add state announce note explain argue insist stress claim maintain declare assert contend
    remark observe comment reply respond answer counter retort continue recall tell warn
    acknowledge admit concede confirm suggest predict estimate report reveal disclose complain joke
    quip shout cry whisper ask wonder believe think fear conclude emphasise emphasize reiterate
    write tweet caution testify boast lament muse protest allege affirm object reason exclaim
    mutter murmur sigh promise pledge vow threaten propose rule find read point shoot inform assure
    remind notify agree swear charge speculate clarify signal demand urge recommend deny plead
    chant hope
    """
)
"""Verbs whose complement is a clause or a quotation: what was said."""

ACTS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(
        word_set(
            """
            reject deny welcome condemn denounce criticise criticize praise accuse blame demand
            urge oppose endorse dismiss propose request reaffirm reiterate defend dispute
            recommend confirm support back express reserve hail decry deplore slam applaud
            promise pledge question favour favor protest lambast disown repudiate rebuff commend
            pardon
            """
        ),
        (),
    ),
    "call": ("for", "on", "upon", "*"),
    "describe": ("*",),
    "ask": ("for", "to", "*to"),
    "appeal": ("for", "to"),
    "plead": ("for", "with"),
    "press": ("for",),
    "push": ("for",),
    "insist": ("on", "upon"),
    "warn": ("against", "of"),
    "vow": ("to", "*"),
    "refuse": ("to",),
    "offer": ("to",),
    "threaten": ("to",),
    "undertake": ("to",),
    "agree": ("to",),
    "rule": ("out",),
    "say": ("no to", "yes to"),
    "speak": ("against", "out against", "in favour of", "in favor of"),
    "apologise": ("for", "to"),
    "apologize": ("for", "to"),
    "object": ("to",),
    "protest": ("against", "*"),
    "campaign": ("for", "against"),
    "argue": ("for", "against"),
}
"""Verbs that do something by saying it, so that the verb belongs to the statement; and what must
follow: nothing in particular where there is no particle, ``*`` any object, ``*to`` an object
and "to"."""

WEAK = word_set(
    """
    charge find rule read continue recall reason signal wonder comment reply respond answer retort
    object protest shout cry whisper exclaim mutter murmur sigh joke quip lament muse chant demand
    urge recommend deny propose plead testify remark observe agree reveal disclose clarify
    speculate hope
    """
)
"""Verbs of saying after which a clause needs "that" or a question word."""
STRONG = word_set("say believe think insist argue maintain fear tell warn assert contend swear")
"""Verbs of saying after which a clause is the rule, with "that" or without."""
VERBLIKE = word_set(
    """
    is are was were be been am has have had do does did will would can could may might must should
    shall cannot came went left hit fell rose took gave made got kept held lost won began broke
    knew saw sent sold spent stood brought bought built caught chose cut drew drove ate fought flew
    forgot grew heard hid hurt led lay let met paid put ran set shot shut slept spread stole struck
    taught threw understood woke wore became need needs want wants go goes come comes stay stays
    """
)
"""Words that are verbs, so that what holds one is a clause."""
EMPTY = word_set("comment say answer discuss be give speak elaborate confirm name talk identify")
"""What "refused to" says nothing with."""
ADDRESSING = word_set("tell inform assure remind notify ask")
"""Verbs whose first object is who listens."""
PROMISES = word_set("promise pledge threaten vow warn insist argue agree protest")
"""Acts that are sayings where "that" follows."""

IRREGULAR = {
    "say": ("says", "said", "saying"),
    "tell": ("tells", "told", "telling"),
    "think": ("thinks", "thought", "thinking"),
    "write": ("writes", "wrote", "writing"),
    "swear": ("swears", "swore", "swearing"),
    "shoot": ("shoots", "shot", "shooting"),
    "find": ("finds", "found", "finding"),
    "read": ("reads", "read", "reading"),
    "undertake": ("undertakes", "undertook", "undertaking"),
    "speak": ("speaks", "spoke", "speaking"),
    "admit": ("admits", "admitted", "admitting"),
    "quip": ("quips", "quipped", "quipping"),
    "rebuff": ("rebuffs", "rebuffed", "rebuffing"),
    "slam": ("slams", "slammed", "slamming"),
}
PARTICLES = {"point": "out", "shoot": "back"}
"""Verbs that speak only with a particle after them."""

PRONOUNS = {
    "he": "male",
    "she": "female",
    "it": "group",
    "they": "plural",
}
DETERMINERS = word_set(
    """
    the a an his her its their our my this that these those one two three four five six seven eight
    nine ten several some many most both all another each every no few other dozens hundreds
    """
)
AUXILIARIES = word_set("has have had")
MODALS = word_set(
    """
    will would could can cannot may might should must shall did does do to didn't doesn't don't
    won't wouldn't couldn't can't
    """
)
NEGATIONS = word_set("not never nobody none neither nor no nothing hardly without cannot")
ADVERBS = word_set(
    """
    also later then again earlier today yesterday tonight tomorrow repeatedly recently now once
    nevertheless nonetheless however meanwhile afterwards still yet instead even further already
    always often long since ever simply just only first thus therefore online back so too there
    here soon though
    """
)
CONJUNCTIONS = word_set("and but yet or while whereas although though then")
SUBORDINATORS = word_set(
    """
    if whether when what that which whom whose unless until where how why than as
    """
)
PREPOSITIONS = word_set(
    """
    in on at to by from during after before through via over with under outside inside between near
    since within across along behind around about against for of into despite amid following
    throughout upon onto until without
    """
)
LEADS = word_set("because that but and yet although though since as if")
"""What may stand before the holder of a statement that follows: "But, Oss said, …"."""
ASIDES = word_set("which who whose where when as though although because")
"""What a remark of the writer begins with: "…, | which surprised many"."""
INTRODUCTIONS = PREPOSITIONS | word_set(
    """
    asked speaking reached pressed questioned answering responding replying addressing standing
    once when while although though if as because instead later earlier meanwhile however still yet
    then today yesterday now afterwards nevertheless besides moreover
    """
)
DAYS = word_set("monday tuesday wednesday thursday friday saturday sunday")
TIMES = DAYS | word_set(
    """
    january february march april may june july august september october november december spring
    summer autumn winter night morning evening afternoon week month year weekend day today yesterday
    """
)
BLANKS = word_set(
    """
    otherwise likewise nothing little so no yes much anything something more less goodbye hello
    sorry it this that
    """
)
"""What makes a saying empty: "said nothing", "rejected that"."""

HONORIFICS = word_set("mr mrs ms miss dr mr. mrs. ms. dr. prof. prof")
MALE = word_set(
    """
    mr mr. sir king prince lord father brother uncle son husband spokesman chairman emperor duke
    policeman businessman fisherman salesman boy man grandfather nephew widower monk sheikh emir
    grandson brother-in-law son-in-law
    """
)
FEMALE = word_set(
    """
    mrs mrs. ms ms. miss queen princess lady madam mother sister aunt daughter wife spokeswoman
    chairwoman empress duchess policewoman businesswoman girl woman grandmother niece widow nun
    midwife prioress abbess granddaughter daughter-in-law sister-in-law
    """
)
ROLES = (
    MALE
    | FEMALE
    | word_set(
        """
    minister president premier chancellor secretary envoy ambassador negotiator mediator
    spokesperson commander general colonel captain admiral major marshal lieutenant sergeant
    governor mayor deputy leader chief chair chairperson head director bishop archbishop patriarch
    cardinal judge lawyer senator lawmaker official officer diplomat adviser advisor aide
    representative delegate resident farmer teacher professor surgeon doctor engineer speaker
    prosecutor ombudsman candidate author analyst economist witness source priest imam rabbi elder
    inspector soldier fighter activist journalist attorney counterpart successor predecessor critic
    protector vice-president governor-general secretary-general councillor commissioner coordinator
    monitor observer rebel militant warlord trader merchant worker driver carpenter pilot sailor
    student shopkeeper pharmacist historian expert co-chair opponent supporter villager refugee
    returnee survivor relative member founder owner gov. gen. col. capt. adm. lt. sgt. maj. amb.
    sen. rep. rev. prof. premier-designate brigadier commandant nurse poet musician mechanic guest
    host grocer baker baroness baron manager executive boss veteran reverend pastor provost cleric
    scholar clerk mother-in-law foreman postman preacher
    """
    )
)
"""Heads of words for single persons; each also in the plural."""

GROUPS = word_set(
    """
    ministry government council party army navy police court commission committee union association
    board office delegation movement front coalition alliance opposition agency mission parliament
    assembly cabinet administration authority presidency palace bank company airline league guard
    guild group organisation organization federation foundation institute cooperative bloc faction
    brigade militia command staff bureau department secretariat treasury congress senate junta
    family clinic hospital team side force service forum network society chamber club church news
    radio television newspaper embassy consulate regime leadership majority minority community
    watch accord observatory monitor university ngo charity firm relief fund centre center house
    tribe clan camp
    """
)
"""Heads of words for bodies that speak as one."""

OUTLETS = word_set(
    """
    reuters tass interfax xinhua anadolu ukrinform unian yonhap kyodo bloomberg tanjug novosti
    jazeera arabiya armenpress azertac belta kommersant izvestia haaretz politico axios
    france-presse newspaper newspapers broadcaster broadcasters media television tv radio
    """
)
"""Last words of the names of news outlets, and of what they are called."""

OUTLET_INITIALS = word_set("AP AFP TASS RIA BBC CNN DPA EFE ANSA IRNA ISNA SANA WAFA KCNA NPR")
"""News outlets that are written in capitals: small, some are names of people."""

DOCUMENTS = word_set(
    """
    statement communiqué communique bulletin letter report memorandum memo release declaration
    message post review note appeal resolution document paper study dispatch manifesto
    """
)
"""What speaks for whoever wrote it."""

INANIMATE = word_set(
    """
    sign notice plaque banner poster placard inscription text draft poll survey law treaty
    agreement map chart figure image photograph rumour rumor order road rule decree tax wall clause
    article graffiti label caption headline charter constitution story legend saying bell clock
    word date exchange offer plan proposal move step announcement comment claim remark view
    response demand threat warning pledge promise question call vote attack war talk deal truce
    ceasefire result data news event crisis history number toll case issue speech interview idea
    rain storm price
    """
)
"""What does not speak for a holder."""

PLACES = word_set(
    """
    port cape mount lake north south east west upper lower new fort saint st st. river castle
    northern southern eastern western central greater old
    """
)
