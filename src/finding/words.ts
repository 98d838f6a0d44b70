/**
 * The words of a text as a search knows them: without case, accents and endings, by the language of the
 * text. Languages without a stemmer here keep their words whole.
 */

import { stemmer as english } from "@orama/stemmers/english";
import { stemmer as french } from "@orama/stemmers/french";
import { stemmer as german } from "@orama/stemmers/german";
import { stemmer as italian } from "@orama/stemmers/italian";
import { stemmer as portuguese } from "@orama/stemmers/portuguese";
import { stemmer as spanish } from "@orama/stemmers/spanish";
import { fold } from "../core/folded.ts";

const STEMMERS = {
  ...{ en: english, es: spanish, fr: french, de: german, it: italian, pt: portuguese },
} as const;
export type Stemmed = keyof typeof STEMMERS;
/** "other" where it is none of them, or nobody can tell. */
export type Language = Stemmed | "other";

/** Words that every text has and that tell nothing of it, but the language. */
const COMMON: Readonly<Record<Stemmed, ReadonlySet<string>>> = {
  en: set(`a about after all also an and any are as at be because been but by can could did do does for
    from had has have he her here him his how if in into is it its just like me more most my no not of
    on one only or other our out over she should so some such than that the their them then there these
    they this those to up us was we were what when where which who whom whose why will with would you
    your tell please mean means`),
  es: set(`a al algo ante aqui asi aun aunque bajo cada como con cual cuales cuando cuanta cuantas cuanto
    cuantos de del desde donde dos e el ella ellas ellos en entre era eran es esa esas ese eso esos esta
    estan estas este esto estos fue fueron ha han hasta hay he la las le les lo los mas me mi mis mucho
    muy ni no nos o os otra otras otro otros para pero por porque que quien quienes se segun ser si sido
    sin sobre solo son su sus tal tambien te tiene tienen toda todas todo todos tu tus un una unas uno
    unos y ya yo dime favor significa`),
  fr: set(`au aux avec ce ces cette comme dans de des dont du elle elles en est et etre eux il ils je la
    le les leur leurs lui mais me meme mes moi mon ne nos notre nous on ou par pas plus pour qu quand que
    quel quelle quelles quels qui sa sans se ses si son sont sur ta te tes ton tu un une vos votre vous y
    a comment pourquoi`),
  de: set(`aber als am an auch auf aus bei bin bis das dass dem den der des die doch du durch ein eine
    einem einen einer eines er es fur hat ich ihr ihre im in ist ja kann mit nach nicht noch nur oder sein
    sich sie sind so uber um und uns von vor war was wenn wer wie wir wird zu zum zur`),
  it: set(`ai al alla alle anche che chi ci come con cosa da dal dalla degli dei del della delle di e ed
    essere gli ha hanno ho i il in io la le lei lo loro lui ma mi ne nei nel nella no noi non nostro o per
    perche piu quale quali quando quanto quello questa queste questi questo se si sono sua suo sul sulla
    tra tu un una uno vi voi`),
  pt: set(`a ao aos as ate com como da das de dela dele do dos e ela elas ele eles em entre era essa esse
    esta este eu foi ha isso isto ja la lhe mais mas me mesmo meu minha muito na nao nas nem no nos o os
    ou para pela pelo por qual quando que quem se sem ser seu seus so sua suas tambem te tem tu um uma
    voce`),
};

function set(words: string): ReadonlySet<string> {
  return new Set(words.trim().split(/\s+/));
}

const WORD = /[\p{L}\p{N}]+(?:[.,]\p{N}+)*/gu;
/** Scripts that write no spaces: two letters in a row are a word. */
const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]/u;

/** Characters that are looked at to tell a language, from the middle: fronts are full of names. */
const SAMPLE = 20_000;

export function languageOf(text: string): Language {
  const from = Math.max(0, Math.floor((text.length - SAMPLE) / 2));
  const words = fold(text.slice(from, from + SAMPLE)).match(WORD) ?? [];
  let best: Language = "other";
  let most = 0;
  for (const [language, common] of Object.entries(COMMON) as [Stemmed, ReadonlySet<string>][]) {
    const count = words.reduce((sum, word) => sum + Number(word.length > 1 && common.has(word)), 0);
    if (count > most) [best, most] = [language, count];
  }
  // Prose has one in three; tables, code and other languages hardly any.
  return most >= Math.min(2, words.length) && most >= words.length * 0.08 ? best : "other";
}

/** Of each stem that was seen lately; a text says the same words again and again. */
const stems = new Map<string, string>();
const MOST_STEMS = 100_000;

function stem(word: string, language: Language): string {
  if (language === "other" || /\p{N}/u.test(word)) return fold(word);
  const key = `${language} ${word}`;
  const known = stems.get(key);
  if (known !== undefined) return known;
  const made = fold(STEMMERS[language](word.toLowerCase()));
  if (stems.size >= MOST_STEMS) stems.clear();
  stems.set(key, made);
  return made;
}

/** The terms of a text, each as often as it occurs. */
export function termsOf(text: string, language: Language): string[] {
  const terms: string[] = [];
  for (const [word] of text.normalize("NFKC").matchAll(WORD)) {
    if (!UNSPACED.test(word)) terms.push(stem(word, language));
    else {
      const letters = [...word];
      if (letters.length === 1) terms.push(word);
      for (let at = 0; at + 1 < letters.length; at++)
        terms.push(`${letters[at]}${letters[at + 1]}`);
    }
  }
  return terms;
}

/** The words of a question that say what it is about, as they were written. */
export function contentWords(question: string): string[] {
  const words = question.normalize("NFKC").match(WORD) ?? [];
  const language = languageOf(question);
  const common = language === "other" ? [COMMON.en, COMMON.es] : [COMMON[language]];
  return words.filter((word) => {
    const folded = fold(word);
    return (folded.length > 1 || /\p{N}/u.test(folded)) && !common.some((some) => some.has(folded));
  });
}
