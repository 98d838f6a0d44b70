/**
 * The port of the page: what a room is, and the places in which it can show something. A room is a
 * folder of `panels/` whose `room.tsx` exports one of these, and a line in `rooms.ts`. It knows the
 * page's core (`chat/`, `ui/`), the desk, and itself; no room knows another.
 */
import type { ComponentType, ReactNode } from "react";
import type { Brought, BroughtImage, Parts as StoredParts } from "../../src/core/parts.ts";
import type { ChatMessage, Settings } from "../../src/features/conversations/api.ts";
import type { Desk } from "./desk.ts";
import type { IconName } from "./ui/icons.tsx";
import type { Reference } from "./ui/references.ts";

/** A short text in both languages; longer ones stand in the room's `words.ts`. */
export interface Both {
  readonly en: string;
  readonly es: string;
}

export interface Room extends Partial<SlotComponents> {
  /** Of the folder. */
  readonly name: string;
  /** The feature of the server without which there is nothing to show. */
  readonly needs?: string;
  /** What `offered` of its panels and items looks at, besides the desk. */
  readonly store?: { subscribe(listener: () => void): () => void };
  readonly panels?: readonly Panel[];
  readonly pages?: readonly Page[];
  /** Stands around the whole page and shows it, or something else first. */
  readonly Around?: ComponentType<{ children: ReactNode }>;
  /** How parts of messages look, by their type. */
  readonly parts?: { readonly [Type in keyof Parts]?: ComponentType<PartProps<Type>> };
  /** In the "+" menu of the composer; a page without any has no "+". */
  readonly plus?: readonly Item[];
  /** In the menu of a chat, which stands in the list and above the open chat. */
  readonly chatMenu?: readonly ChatItem[];
  /** In the menu above the list of chats. */
  readonly listMenu?: readonly Item[];
  /** In the palette, besides its panels and what it has in menus. */
  commands?(desk: Desk): readonly Command[];
  /** A field in the settings of a chat or an assistant. */
  setting?(): Promise<Setting>;
  /** In the menus under a message. */
  ofMessage?(message: ChatMessage): readonly MessageItem[];
  /** More facts in the details of an answer: name and value. */
  details?(message: ChatMessage): readonly Fact[];
  /** Asked before a text goes to the server; false leaves it where it was written. */
  beforeSending?(text: string): Promise<boolean>;
  /** What goes along with the next question; told once the server has taken it. */
  readonly brings?: {
    files(): readonly (Brought | BroughtImage)[];
    taken(files: readonly (Brought | BroughtImage)[]): void;
  };
  /** What marks in the text of a message lead to. */
  references?(message: Pick<ChatMessage, "parts" | "content">): readonly Reference[];
  /** Headers that go to the server with a question. What it throws keeps the question where it was. */
  along?(): Promise<Readonly<Record<string, string>>>;
  /** Called once, when the page is shown to somebody who may see it. */
  start?(): void;
  /** Forgets what the browser shows of who leaves; of who was erased, all of it. */
  forget?(erased: boolean): void;
}

/** Places that hold any number of rooms, in their order in `rooms.ts`, with what each is told. */
export interface Slots {
  /** Under the header: what concerns the whole page. */
  Banner: object;
  /** Where nothing can be shown, since the server is away. */
  Away: object;
  /** In the header, before the title. */
  Header: object;
  /** The page of a chat that has no messages, above the composer. */
  Welcome: object;
  /** Under the composer of a chat that has no messages. */
  Beginning: object;
  /** Above an answer's buttons: what a reader should know without asking. */
  Notice: { readonly message: ChatMessage };
  /** Under an answer and its row. */
  Below: { readonly message: ChatMessage };
  /** At the end of the row under an answer: who wrote it. */
  Byline: { readonly message: ChatMessage };
  /** Under the thread while the model has not taken a question. */
  Asking: object;
  AboveComposer: object;
  /** A button in the composer, before the text. */
  InComposer: object;
  /** Under the list of chats, above the menu of the panels. */
  Foot: object;
  /** What is chosen for this browser: at the door, and on pages of their own. */
  Choices: object;
  /** Below a person in the list of people. */
  OfPerson: { readonly person: string };
  /** Over the page: a dialog that opens by itself. */
  Over: object;
}
type SlotComponents = { readonly [Name in keyof Slots]: ComponentType<Slots[Name]> };

/** A field in the settings of a chat or an assistant, and what it says when they are saved. */
export interface Setting {
  readonly Field: ComponentType<{ settings: Settings }>;
  /** It stands above the others. */
  readonly first?: true;
  /** What stands below all fields. */
  readonly More?: ComponentType<{ settings: Settings }>;
  /** The settings that it is about; in a chat they have a panel of their own. */
  readonly apart?: readonly (keyof Settings)[];
  read(form: FormData): Partial<Settings>;
}

/**
 * The groups of the menu under the list, in their order: what is about the list itself, what goes
 * into one's chats, what answers and how well, what can be relied on, and the page.
 */
export const GROUPS = ["list", "yours", "models", "trust", "page"] as const;
type Group = (typeof GROUPS)[number];

/** A dialog, and the button that opens it. */
export interface Panel {
  readonly name: string;
  readonly label: Both;
  readonly icon: IconName;
  /** Where it is opened: in a group of the menu under the list, or above the open chat. */
  readonly place: Group | "chat";
  /** A single key that opens it, too. */
  readonly key?: string;
  offered?(desk: Desk): boolean;
  /** Whether something in it is not as usual, which a dot on its button tells; and in words, what. */
  readonly mark?: { readonly label: Both; shown(desk: Desk): boolean };
  /** `lazy()` unless it is small. */
  readonly Panel: ComponentType<PanelProps>;
}
export interface PanelProps {
  /** The panel's label in the reader's language. */
  readonly title: string;
  onClose(): void;
}

/** A page of its own address, which stands before the door. */
export interface Page {
  readonly path: RegExp;
  readonly Page: ComponentType;
}

/** A line of a menu. */
export interface Item {
  readonly icon: IconName;
  readonly label: Both;
  /** Something is lost by it. */
  readonly danger?: boolean;
  offered?(desk: Desk): boolean;
  run(desk: Desk): void;
}
export interface ChatItem extends Omit<Item, "run"> {
  /** @param chat its id */
  run(chat: string, desk: Desk): void;
}

/** A line of the palette, in which everything can be found by its name. */
export interface Command extends Item {
  readonly group: "actions" | "chat" | "models" | "settings";
}

/** A line of a menu under a message. */
export interface MessageItem extends Item {
  /** Beside "Copy", beside "Another answer", or among what else can be done. */
  readonly beside: "copy" | "again" | "more";
}

export type Fact = readonly [name: string, value: ReactNode];

/** What a message can consist of; the types beside its text are the core's. */
export interface Parts extends StoredParts {
  text: { readonly text: string };
}
export interface PartProps<Type extends keyof Parts> {
  readonly part: Parts[Type];
  readonly role: ChatMessage["role"];
  /** Whether it is the last of its message, which is still being written. */
  readonly running: boolean;
  /** Absent where a chat is only shown, as behind a link. */
  readonly message?: ChatMessage;
}

let all: readonly Room[] = [];

/** Called once, before anything is shown. */
export const furnish = (rooms: readonly Room[]): void => {
  all = rooms;
};

/** All rooms of the page, in their order. */
export const rooms = (): readonly Room[] => all;
