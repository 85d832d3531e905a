import { instant, defineList, oneOf, text, type Resource } from '@voltbus/http';
import { z } from 'zod';
import {
  DISPLAY_STATES,
  FORMATS,
  PRIORITIES,
  STATION_STATES,
  differs,
  takesRoom,
  type DisplayMessage,
  type Message,
} from '../domain/display-message';
import { MAX_CONTENT, MAX_CONTENTS } from '../limits';

/** Characters of a language tag, as OCPP has them. */
const MAX_LANGUAGE = 8;
/** Characters of a transaction id of OCPP 2.x. */
const MAX_TRANSACTION = 36;

const contentSchema = z
  .strictObject({
    format: z.enum(FORMATS).describe('`QRCODE` only for stations of OCPP 2.1'),
    language: text.min(1).max(MAX_LANGUAGE).nullable().default(null).describe('RFC 5646: `en`, `de-AT` ...; null: not told'),
    content: text.min(1).max(MAX_CONTENT).describe('At most 512 characters for stations of OCPP 2.0.1'),
  })
  .superRefine(({ format, content }, context) => {
    // the formats of which the specification says what is in them
    if (format === 'ASCII' && !/^[\x20-\x7e\s]*$/.test(content))
      context.addIssue({ code: 'custom', path: ['content'], message: 'is not ASCII' });
    if (format === 'URI' && !URL.canParse(content)) context.addIssue({ code: 'custom', path: ['content'], message: 'is no URI' });
  })
  .meta({ id: 'DisplayContentPut', description: 'What is shown, in one language' });

const members = {
  priority: z
    .enum(PRIORITIES)
    .default('NormalCycle')
    .describe('`AlwaysFront`: alone, one for each station; `InFront`: before the normal cycle; `NormalCycle`: in turn with others'),
  state: z.enum(STATION_STATES).nullable().default(null).describe('Shown in this state of the station only; null: in all'),
  startsAt: instant.nullable().default(null).describe('Null: shown at once'),
  endsAt: instant.nullable().default(null).describe('The station removes it then; null: it stays until it is cleared'),
  ocppTransactionId: text
    .min(1)
    .max(MAX_TRANSACTION)
    .nullable()
    .default(null)
    .describe('Shown during this transaction (O02), after which the station removes it; null: for everybody'),
};

/** `POST /v1/stations/{station}/display-messages`, `PUT` of one. */
export const messagePutSchema = z
  .strictObject({
    contents: z
      .array(contentSchema)
      .min(1)
      .max(MAX_CONTENTS)
      .describe('The message; for stations of OCPP 2.1 that have several languages, the same in further ones'),
    ...members,
  })
  .meta({ id: 'DisplayMessagePut', description: 'What a station shall show' });

export const messageResource: Resource<typeof messagePutSchema, Message> = {
  noun: 'display message',
  schema: messagePutSchema,
  writtenAs: ({ contents, ...rest }) => ({ ...rest, contents: contents.map((content) => ({ ...content })) }),
};

const shownContentSchema = z
  .object({
    format: z.enum(FORMATS).describe('How it is written'),
    language: z.string().nullable().describe('RFC 5646; null: not told'),
    content: z.string().describe('The text, the address, or what the QR code says'),
  })
  .meta({ id: 'DisplayContent', description: 'What is shown, in one language' });
const shownMembers = {
  contents: z.array(shownContentSchema).describe('The message, and the same in other languages'),
  priority: z.enum(PRIORITIES).describe('How it is shown among others'),
  state: z.enum(STATION_STATES).nullable().describe('In which state of the station it is shown; null: in all'),
  startsAt: z.iso.datetime().nullable().describe('Shown from then on; null: at once'),
  endsAt: z.iso.datetime().nullable().describe('Removed by the station then; null: it stays'),
  ocppTransactionId: z.string().nullable().describe('The transaction during which it is shown'),
};

const reportedSchema = z.object(shownMembers).meta({ id: 'ReportedDisplayMessage', description: 'A message as its station reported it' });

const standSchema = z.enum(DISPLAY_STATES).meta({
  id: 'DisplayMessageStand',
  description:
    '`requested`: the station has not answered; `set`: it has the message; `clearing`: it was asked to remove it; `refused`; `cleared`: it does not have it any more; `missing`: it was set, and is not on the list of the station; `replaced`: by another one in front of all; `foreign`: the station has it, and it was not set here',
});

export const displayMessageSchema = z
  .object({
    station: z.string(),
    id: z.int().describe('Identifies it at its station'),
    stand: standSchema.describe('How it stands with the station'),
    ...shownMembers,
    over: z.boolean().describe('Its end has passed, or it is not at the station'),
    answer: z.string().nullable().describe('The last answer of the station, or how the command ended instead'),
    reported: reportedSchema.nullable().describe('As the station last reported it; null: it has not'),
    reportedAt: z.iso.datetime().nullable().describe('When the station last reported it; null: it has not'),
    differs: z.boolean().describe('The station reported something else than was asked for'),
    changedAt: z.iso.datetime().describe('When `stand` or the message last changed'),
  })
  .meta({ id: 'DisplayMessage', description: 'A message on the display of a station' });
export type ShownMessage = z.output<typeof displayMessageSchema>;

/** `GET /v1/stations/{station}/display-messages`. */
export const displayMessageList = defineList({
  item: displayMessageSchema,
  keys: ['id'],
  filters: { stand: oneOf(DISPLAY_STATES).optional().describe('How it stands with the station') },
  sorts: ['changedAt'],
  defaultSort: '-changedAt',
});

export function displayMessageView(station: string, message: DisplayMessage, now: Date): ShownMessage {
  const { id, state: stand, wanted, reported, answer, reportedAt, changedAt } = message;
  const shown = wanted ?? reported;
  if (shown === null) throw new Error('a message that nobody has asked for was reported');
  return {
    ...{ station, id, stand, ...shownMessage(shown), over: !takesRoom(message, now.getTime()), answer },
    reported: reported === null ? null : shownMessage(reported),
    ...{ reportedAt: reportedAt?.toISOString() ?? null, differs: differs(message), changedAt: changedAt.toISOString() },
  };
}

function shownMessage({ contents, priority, state, startsAt, endsAt, ocppTransactionId }: Message) {
  const shown = contents.map(({ format, language, content }) => ({ format, language, content }));
  return { contents: shown, priority, state, startsAt, endsAt, ocppTransactionId };
}
