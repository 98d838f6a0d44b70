"""What the reference implementations say of pairs, words and ratings that come as JSON on the standard input.

Of short answers the definitions stand here, from SQuAD's evaluate-v2.0.py and MLQA's evaluation script, which no
package has.
"""

import collections
import json
import re
import string
import sys
import time
import unicodedata

import krippendorff
import numpy
from nltk.stem.porter import PorterStemmer
from nltk.stem.snowball import SpanishStemmer
from rouge_score import rouge_scorer
from sacrebleu.metrics import BLEU, CHRF, TER

KINDS = ["rouge1", "rouge2", "rougeL", "rougeLsum"]
ARTICLES = {"en": r"\b(a|an|the)\b", "es": r"\b(un|una|unos|unas|el|la|los|las)\b"}
PUNCTUATION = {
    "en": set(string.punctuation),
    "es": {chr(c) for c in range(sys.maxunicode) if unicodedata.category(chr(c)).startswith("P")}
    | set(string.punctuation),
}


def normalised(text, language):
    text = "".join(c for c in text.lower() if c not in PUNCTUATION[language])
    return re.sub(ARTICLES[language], " ", text).split()


def f1(mine, gold, language):
    mine, gold = normalised(mine, language), normalised(gold, language)
    if language == "en" and (not mine or not gold):
        return float(mine == gold)
    common = sum((collections.Counter(mine) & collections.Counter(gold)).values())
    if common == 0:
        return 0.0
    precision, recall = common / len(mine), common / len(gold)
    return 2 * precision * recall / (precision + recall)


METRICS = {
    **{f"bleu-{tok}": BLEU(tokenize=tok, effective_order=True) for tok in ["13a", "intl", "char"]},
    "bleu-floor": BLEU(smooth_method="floor", effective_order=True),
    "bleu-add-k": BLEU(smooth_method="add-k", effective_order=True),
    "bleu-none": BLEU(smooth_method="none"),
    "bleu-lc": BLEU(lowercase=True, effective_order=True),
    "chrf": CHRF(),
    "chrf++": CHRF(word_order=2),
    "ter": TER(),
}
ROUGE = {
    "rouge": rouge_scorer.RougeScorer(KINDS, use_stemmer=False),
    "rouge-stem": rouge_scorer.RougeScorer(KINDS, use_stemmer=True),
}


def of_pair(pair):
    h, r, language = pair["hypothesis"], pair["references"], pair["language"]
    said = {name: metric.sentence_score(h, r).score for name, metric in METRICS.items()}
    for name, scorer in ROUGE.items():
        said[name] = [list(scorer.score_multi(r, h)[kind]) for kind in KINDS]
    said["f1"] = max(f1(h, gold, language) for gold in r)
    said["exact"] = any(normalised(h, language) == normalised(gold, language) for gold in r)
    return said


def of_corpus(pairs):
    width = max(len(pair["references"]) for pair in pairs)
    references = [[(pair["references"] + [None] * width)[n] for pair in pairs] for n in range(width)]
    hypotheses = [pair["hypothesis"] for pair in pairs]
    corpus = {
        "bleu-13a": BLEU(),
        "bleu-intl": BLEU(tokenize="intl"),
        "chrf": CHRF(),
        "chrf++": CHRF(word_order=2),
        "ter": TER(),
    }
    scores = {name: metric.corpus_score(hypotheses, references).score for name, metric in corpus.items()}
    return {"scores": scores, "signature": str(corpus["bleu-13a"].get_signature())}


def alphas(ratings):
    table = numpy.array([[numpy.nan if value is None else value for value in row] for row in ratings])
    said = {}
    for level in ["nominal", "ordinal", "interval", "ratio"]:
        try:
            said[level] = float(krippendorff.alpha(reliability_data=table, level_of_measurement=level))
        except ValueError:
            said[level] = None
    return said


def timed(pairs):
    """Processor seconds for BLEU, chrF and ROUGE of each pair, as the speed of Charla's is compared with."""
    bleu, chrf, rouge = BLEU(effective_order=True), CHRF(), ROUGE["rouge"]
    began = time.process_time()
    for pair in pairs:
        bleu.sentence_score(pair["hypothesis"], pair["references"])
        chrf.sentence_score(pair["hypothesis"], pair["references"])
        rouge.score_multi(pair["references"], pair["hypothesis"])
    return time.process_time() - began


asked = json.load(sys.stdin)
said = {}
if "pairs" in asked:
    said["pairs"] = [of_pair(pair) for pair in asked["pairs"]]
    said["corpus"] = of_corpus(asked["pairs"])
if "words" in asked:
    porter, spanish = PorterStemmer(), SpanishStemmer()
    said["porter"] = [porter.stem(word) for word in asked["words"]]
    said["spanish"] = [spanish.stem(word) for word in asked["words"]]
if "ratings" in asked:
    said["alphas"] = [alphas(one) for one in asked["ratings"]]
if "timed" in asked:
    said["seconds"] = timed(asked["timed"])
json.dump(said, sys.stdout)
