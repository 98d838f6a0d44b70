/**
 * What the page has to know at its start: whether somebody has taken an engine along in this browser,
 * and who was here last while the server could say it. People share browsers, so each has what is their own.
 */
import { browser } from "../../ui/storage.ts";

const TAKEN = "charla.offline.taken";
const WHO = "charla.offline.who";

export const isTaken = (): boolean => browser.recall(TAKEN) !== null;
export const setTaken = (yes: boolean): void => browser.remember(TAKEN, yes ? "yes" : null);

/** Id of a person, or "solo" where there are no accounts; null when nobody is known to be here. */
export const whoIsHere = (): string | null => browser.recall(WHO);
export const setWho = (who: string | null): void => browser.remember(WHO, who);
