import type { Protocol } from '@voltbus/contracts';
import { MAX_CONTENT_201 } from '../limits';
import type { Message } from './display-message';

/** What a station has told of its display (DisplayMessageCtrlr); null: nothing. */
export interface DisplayLimits {
  formats: readonly string[] | null;
  priorities: readonly string[] | null;
  states: readonly string[] | null;
  /** 2.1; null: it has no such variable. */
  languages: readonly string[] | null;
  /** The most messages that it keeps. */
  messages: number | null;
}

/** Why the message cannot be set at a station of that version, and where in the request; null: it can be tried. */
interface DisplayFault {
  path: string;
  message: string;
}

const ONLY_21_STATES: ReadonlySet<string> = new Set(['Suspended', 'Discharging']);

/** What the version itself does not have (O01; 2.0.1 and 2.1). */
export function beyondVersion(protocol: Protocol, message: Message): DisplayFault | null {
  if (protocol === 'ocpp2.1') return null;
  if (message.contents.length > 1) return { path: '/contents/1', message: 'OCPP 2.0.1 has one content for each message' };
  const [first] = message.contents;
  if (first?.format === 'QRCODE') return { path: '/contents/0/format', message: 'OCPP 2.0.1 has no format QRCODE' };
  if ((first?.content.length ?? 0) > MAX_CONTENT_201)
    return { path: '/contents/0/content', message: `OCPP 2.0.1 has contents of at most ${MAX_CONTENT_201} characters` };
  if (message.state !== null && ONLY_21_STATES.has(message.state))
    return { path: '/state', message: `OCPP 2.0.1 has no state ${message.state}` };
  return null;
}

/** What the station would refuse (O01.FR.02 to 04, O01.FR.18, O01.FR.19, O02.FR.03 to 05, O02.FR.11). `others`: messages that it keeps beside this one. */
export function beyondDisplay(message: Message, limits: DisplayLimits, others: number): DisplayFault | null {
  const { formats, priorities, states, languages } = limits;
  for (const [nth, { format, language }] of message.contents.entries()) {
    const place = `/contents/${nth}`;
    if (!has(formats, format)) return { path: `${place}/format`, message: `the station shows ${listed(formats)}` };
    if (language !== null && !has(languages, language))
      return { path: `${place}/language`, message: `the station knows ${listed(languages)}` };
  }
  if (message.contents.length > 1 && languages === null && formats !== null)
    return { path: '/contents/1', message: 'the station has no variable DisplayMessageCtrlr.Language, so it takes one language' };
  if (!has(priorities, message.priority)) return { path: '/priority', message: `the station has ${listed(priorities)}` };
  if (message.state !== null && !has(states, message.state)) return { path: '/state', message: `the station has ${listed(states)}` };
  if (limits.messages !== null && others >= limits.messages)
    return { path: '', message: `the station keeps ${limits.messages} messages, and has them` };
  return null;
}

/** Names are compared without regard to case: languages are (RFC 5646), and some stations write the rest as they like. */
function has(known: readonly string[] | null, wanted: string): boolean {
  return known === null || known.some((one) => one.toLowerCase() === wanted.toLowerCase());
}

function listed(known: readonly string[] | null): string {
  return known === null || known.length === 0 ? 'none' : known.join(', ');
}

/** A list of members as a station writes it: with commas, some with blanks; empty: it has told nothing. */
export function membersIn(value: string | null): readonly string[] | null {
  const members = (value ?? '')
    .split(',')
    .map((member) => member.trim())
    .filter((member) => member !== '');
  return members.length === 0 ? null : members;
}
