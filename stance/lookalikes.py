"""Letters that readers take for Latin ones: Unicode's confusables, UTS #39."""

from __future__ import annotations

__all__ = ["LOOKALIKES"]

LOOKALIKES: dict[str, str] = {
    "A": "АΑᎪᗅꓮ𖽀𐊠",
    "B": "ВΒꞴᏴᗷꓐ𐊂𐊡𐌁",
    "C": "СⲤᏟꓚ𐊢𐌂𐐕𐔜",
    "D": "Ꭰᗞᗪꓓ",
    "E": "ЕΕⴹᎬꓰ𑢦𑢮𐊆",
    "F": "ꞘϜᖴꓝ𑣂𑢢𐊇𐊥𐔥",
    "G": "ԌᏀᏳꓖ",
    "H": "НΗⲎᎻᕼꓧ𐋏",
    "I": "ІΙ",
    "J": "ЈꞲͿᎫᒍꓙ",
    "K": "КΚⲔᏦᛕꓗ𐔘",
    "L": "ⳐᏞᒪꓡ𖼖𑢣𑢲𐐛𐔦",
    "M": "МΜϺⲘᎷᗰᛖꓟ𐊰𐌑",
    "N": "ΝⲚꓠ𐔓",
    "O": "ОΟⲞՕⵔዐଠ𐓂ꓳ𑢵𐊒𐊫𐐄𐔖",
    "P": "РΡⲢᏢᑭꓑ𐊕",
    "Q": "ⵕ",
    "R": "ƦᎡᏒ𐒴ᖇꓣ𖼵",
    "S": "ЅՏᏕᏚꓢ𖼺𐊖𐐠",
    "T": "ТΤⲦᎢꓔ𖼊𑢼𐊗𐊱𐌕",
    "U": "Սሀ𐓎ᑌꓴ𖽂𑢸",
    "V": "ѴⴸᏙᐯꛟꓦ𖼈𑢠𐔝",
    "W": "ԜᎳᏔꓪ",
    "X": "ХΧꞳⲬⵝᚷꓫ𐊐𐊴𐌗𐔧",
    "Y": "ΥⲨУҮᎩᎽꓬ𖽃𑢤𐊲",
    "Z": "ΖᏃꓜ𑢩",
    "a": "аαɑ",
    "b": "ƄЬᏏᑲᖯ",
    "c": "сᴄⲥꮯ𐐽",
    "d": "ԁᏧᑯꓒ",
    "e": "еꬲҽ",
    "f": "ꬵꞙẝք",
    "g": "ɡᶃƍց",
    "h": "һհᏂ",
    "i": "іιıɪɩꙇӏꭵᎥ𑣃",
    "j": "јϳ",
    "k": "κ",
    "l": "ƖǀⲒӀⵏᛁꓲ𖼨𐊊𐌉",
    "n": "ոռ",
    "o": "оοᴏᴑꬽσⲟჿօഠဝ𐓪𑣈𑣗𐐬",
    "p": "рρⲣ",
    "q": "ԛգզ",
    "r": "ꭇꭈᴦⲅгꮁ",
    "s": "ѕꜱƽꮪ𑣁𐑈",
    "t": "τ",
    "u": "υꞟᴜꭎꭒʋս𐓶𑣘",
    "v": "νᴠѵ𑜆ꮩ𑣀",
    "w": "ԝɯᴡѡա𑜊𑜎𑜏ꮃ",
    "x": "хχᕁᕽ",
    "y": "уɣᶌʏỿꭚγүყ𑣜",
    "z": "ᴢꮓ𑣄",
}
"""For each letter of the Latin alphabet, the letters of any script that look like it.

Those that NFKC makes Latin anyway (full-width and mathematical letters) are not among them.
"""
